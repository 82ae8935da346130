//! Requests as such: paths, methods, configuration, scripts of other sites, several at once.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::support::*;

#[test]
fn every_path_has_its_response() {
    let host = TestHost::new();
    let health = host.get("/healthz");
    assert_eq!((health.status, health.body.as_slice()), (200, &br#"{"status":"ok"}"#[..]));
    assert_eq!(host.get("/nowhere").error(), (404, "not-found".into()));
    assert_eq!(host.get("/config").error(), (404, "not-found".into()));
    assert_eq!(host.get(&format!("/explain{PHOTO}")).json()["options"]["width"], "8");
    assert!(host.asked.borrow().is_empty());
    let debug = TestHost::new().with("TINTYPE_DEBUG", "1").with("TINTYPE_KEY", "736563726574");
    let config = debug.get("/config");
    assert_eq!(config.json()["TINTYPE_DEBUG"]["value"], "1");
    assert!(!String::from_utf8_lossy(&config.body).contains("736563726574"));
}

#[test]
fn a_signed_url_has_one_spelling() {
    let host = TestHost::new()
        .with("TINTYPE_KEY", "736563726574")
        .with("TINTYPE_SALT", "68656C6C6F")
        .with("TINTYPE_SOURCES", "http://photos.test");
    let signature = "6U4eyqGTC3rL-1PgncWspp8q2-kNLegg6u3rq9QlLuE";
    let path = "/rs:fit:32:24/plain/http://photos.test/photo.jpg@png";
    for (target, status, error) in [
        (format!("/{signature}{path}?"), 400, "unknown-parameter"),
        (format!("/{signature}{path}?past=the-cache"), 400, "unknown-parameter"),
        (format!("/{signature}={path}"), 403, "signature-invalid"),
        (format!("/{signature}=={path}"), 403, "signature-invalid"),
        (format!("//{signature}{path}"), 403, "signature-missing"),
        (format!("/{signature}/{path}"), 403, "signature-invalid"),
        (format!("/{signature}{path}/"), 403, "signature-invalid"),
    ] {
        assert_eq!(host.get(&target).error(), (status, error.into()), "{target}");
        assert!(host.asked.borrow().is_empty(), "{target}");
    }
    assert_eq!(host.get(&format!("/{signature}{path}")).status, 200);
}

#[test]
fn a_method_that_a_path_does_not_have_gets_the_list_of_the_others() {
    let host = TestHost::new();
    let answer = host.send(request("DELETE", PHOTO, &[]));
    assert_eq!(answer.error(), (405, "method-not-allowed".into()));
    assert_eq!(answer.header("allow"), "GET, HEAD, POST, OPTIONS");
    assert_eq!(host.post("/healthz", vec![]).header("allow"), "GET, HEAD, OPTIONS");
    let options = host.send(request("OPTIONS", "/", &[]));
    assert_eq!((options.status, options.header("allow")), (204, "GET, HEAD, POST, OPTIONS"));
    assert!(options.is_absent);
}

#[test]
fn the_prefix_is_removed_before_anything_else() {
    let host = TestHost::new().with("TINTYPE_PREFIX", "/img").with("TINTYPE_DEBUG", "1");
    let photo = format!("/img{PHOTO}");
    for target in ["/img/healthz", "/healthz", "/img/config", &photo, PHOTO] {
        assert_eq!(host.get(target).status, 200, "{target}");
    }
    assert_eq!(host.get("/img/unsafe/w:8/plain/https://photos.example.com/").status, 200);
    assert_eq!(host.post("/img/?width=9", pieces(&jpeg(300), 100)).status, 200);
    assert_eq!(host.get("/imgs").error(), (404, "not-found".into()));
    let signed = TestHost::new().with("TINTYPE_PREFIX", "/img").with("TINTYPE_KEY", "736563726574");
    let signed = signed.with("TINTYPE_SALT", "68656C6C6F").with("TINTYPE_SOURCES", "http://photos.test");
    let target = "/?url=http://photos.test/photo.jpg&width=32&s=KFdbD-2BZro9FOJfmeolrj-K6Lfg7Dim0dtvT0gMbCo";
    assert_eq!(signed.get(&format!("/img{target}")).status, 200);
    assert_eq!(signed.get(target).status, 200);
    assert_eq!(signed.get(&target.replace("32", "33")).error(), (403, "signature-invalid".into()));
    assert_eq!(signed.get(PHOTO).error(), (403, "signature-missing".into()));
}

#[test]
fn an_explanation_takes_the_signature_of_what_it_explains() {
    let host = TestHost::new()
        .with("TINTYPE_KEY", "736563726574")
        .with("TINTYPE_SALT", "68656C6C6F")
        .with("TINTYPE_PRESET_secret", "w:8");
    let target = "/?url=http://photos.test/photo.jpg&width=32&s=KFdbD-2BZro9FOJfmeolrj-K6Lfg7Dim0dtvT0gMbCo";
    let explained = host.get(&format!("/explain{target}")).json();
    assert_eq!((&explained["signature"], &explained["options"]["width"]), (&"valid".into(), &"32".into()));
    for (target, error) in [
        (target.replace("32", "33"), "signature-invalid"),
        ("/?url=http://photos.test/photo.jpg".into(), "signature-missing"),
        ("/unsafe/pr:secret/plain/x".into(), "signature-missing"),
        ("/unsafe/pr:other/plain/x".into(), "signature-missing"),
    ] {
        let answer = host.get(&format!("/explain{target}"));
        assert_eq!(answer.error(), (403, error.into()), "{target}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("secret"), "{target}");
    }
    let open = host.with("TINTYPE_ALLOW_UNSIGNED", "1").get("/explain/unsafe/pr:secret/plain/x").json();
    assert_eq!((&open["signature"], &open["options"]["width"]), (&"not required".into(), &"8".into()));
}

#[test]
fn a_request_that_came_from_this_service_is_a_loop() {
    for via in ["1.1 tintype", "1.1 cdn, 1.1 tintype"] {
        let host = TestHost::new();
        assert_eq!(host.get_with(PHOTO, &[("via", via)]).error(), (508, "loop".into()));
        assert!(host.asked.borrow().is_empty());
        assert_eq!(host.get_with("/healthz", &[("via", via)]).status, 200);
    }
    assert_eq!(TestHost::new().get_with(PHOTO, &[("via", "1.1 cdn")]).status, 200);
}

#[test]
fn a_variable_that_cannot_be_read_fails_every_request() {
    let host = TestHost::new().with("TINTYPE_TIMEOUT_TOTAL", "soon");
    for (method, target) in [("GET", "/healthz"), ("GET", PHOTO), ("POST", "/"), ("GET", "/nowhere")] {
        let answer = host.send(request(method, target, &[]));
        assert_eq!(answer.error(), (500, "configuration".into()), "{target}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains("TINTYPE_TIMEOUT_TOTAL") && !message.contains("soon"), "{message}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert_eq!(host.log.borrow().len(), 4);
    assert!(host.log.borrow()[0].contains(r#""error":"configuration""#));
}

#[test]
fn scripts_of_listed_sites_may_read_every_response() {
    let host = TestHost::new().with("TINTYPE_CORS", "https://www.example.com");
    let from = |origin| [("origin", origin)];
    for target in [PHOTO, "/nowhere", "/healthz"] {
        let answer = host.get_with(target, &from("https://www.example.com"));
        assert_eq!(answer.header("access-control-allow-origin"), "https://www.example.com", "{target}");
        assert_eq!(answer.header("vary"), "origin");
        let answer = host.get_with(target, &from("https://evil.example.net"));
        assert_eq!(answer.header("access-control-allow-origin"), "", "{target}");
    }
    let preflight = host.send(request("OPTIONS", "/", &from("https://www.example.com")));
    assert_eq!(preflight.header("access-control-allow-methods"), "GET, HEAD, POST, OPTIONS");
    let auto = host.get(&format!("{PHOTO}&format=auto"));
    assert_eq!(auto.header("vary"), "accept, origin");
    let silent = TestHost::new().get_with(PHOTO, &from("https://www.example.com"));
    assert_eq!((silent.header("access-control-allow-origin"), silent.header("vary")), ("", ""));
}

#[test]
fn an_error_is_a_problem_for_clients_that_ask_for_one() {
    let host = TestHost::new();
    let plain = host.get_with("/?width=0", &[("x-request-id", "7")]);
    assert_eq!(plain.header("content-type"), "application/json");
    assert_eq!((&plain.json()["code"], &plain.json()["request_id"]), (&400.into(), &"7".into()));
    assert!(plain.json().get("type").is_none());
    let problem = host.get_with("/?width=0", &[("accept", "application/problem+json")]);
    assert_eq!((problem.status, problem.header("content-type")), (400, "application/problem+json"));
    assert_eq!(problem.json()["type"], "tag:tintype,2026:invalid-parameter");
    assert_eq!(problem.json()["title"], plain.json()["message"]);
}

#[test]
fn requests_at_once_on_one_host_do_not_mix() {
    let host = TestHost::new().with("TINTYPE_CORS", "https://a.example.com,https://b.example.com").origin(
        |request| {
            // Each path is the length of its image.
            let length = request.uri().path()[1..].parse().unwrap();
            let body = pieces(&jpeg(length), 100).into_iter().flat_map(|piece| [Event::Pending, piece]);
            Reply::status(200)
                .body(body.collect())
                .after(Event::Pending)
                .header("etag", &format!("\"{length}\""))
        },
    );
    let config = host.config();
    let send = |length: usize, options: &str, site: &str, id: &str| {
        let target = format!("/?url=https://photos.example.com/{length}&{options}");
        let request = request("GET", &target, &[("x-request-id", id), ("origin", site)]);
        let request = request.map(|events| host.body(events));
        async { Answer::read(tintype_http::answer(&host, &config, request).await).await }
    };
    let (a, b) = (
        send(5000, "width=9", "https://a.example.com", "a"),
        send(700, "width=8&format=png", "https://b.example.com", "b"),
    );
    let (a, b) = block_on(both(a, b));
    for (answer, length, media_type, site, id) in [
        (a, 5000, "image/webp", "https://a.example.com", "a"),
        (b, 700, "image/png", "https://b.example.com", "b"),
    ] {
        assert_eq!((answer.status, answer.body), (200, jpeg(length)));
        let header = |name: &str| answer.headers[name].to_str().unwrap();
        assert_eq!(header("content-type"), media_type);
        assert_eq!(header("content-length"), length.to_string());
        assert_eq!((header("x-request-id"), header("access-control-allow-origin")), (id, site));
    }
    // The shorter one is done first: they really were on their way at once.
    let log = host.log.borrow();
    assert!(log[0].contains(r#""id":"b""#) && log[0].contains(r#""bytes_out":700"#), "{log:?}");
    assert!(log[1].contains(r#""id":"a""#) && log[1].contains(r#""bytes_out":5000"#), "{log:?}");
}

/// Polls two futures in turn until both are ready.
async fn both<T>(a: impl Future<Output = T>, b: impl Future<Output = T>) -> (T, T) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut first, mut second) = (None, None);
    let mut context = Context::from_waker(Waker::noop());
    while first.is_none() || second.is_none() {
        if first.is_none()
            && let Poll::Ready(value) = a.as_mut().poll(&mut context)
        {
            first = Some(value);
        }
        if second.is_none()
            && let Poll::Ready(value) = b.as_mut().poll(&mut context)
        {
            second = Some(value);
        }
    }
    (first.unwrap(), second.unwrap())
}

#[test]
fn a_request_that_is_given_up_before_its_response_is_logged_as_such() {
    let host = TestHost::new().origin(|_| Reply::image(&jpeg(300)).after(Event::Pending));
    let config = host.config();
    let request = request("GET", PHOTO, &[]).map(|events| host.body(events));
    {
        let mut answer = pin!(tintype_http::answer(&host, &config, request));
        assert!(answer.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    let line = host.log_line();
    assert_eq!((&line["status"], &line["source_host"]), (&499.into(), &"photos.example.com".into()));
}
