//! The table of requests and answers in `tests/cases/service.txt`, tried in this process and under `wasmtime serve`, and
//! the examples of `docs/http-api.md`.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use harness::client::{Reply, Server, request};
use harness::dist::root;
use harness::origin::{Answer, Asked};
use harness::{Origin, ServeProcess, Service};
use pictures::JpegStyle;
use pictures::{Picture, PngColor, PngStyle, orientation_chart, photograph, transparent_disc};

/// Where the origin is when it is made up.
const MADE_UP: &str = "http://photos.test";

/// `Last-Modified` of everything that has one.
const DATE: &str = "Sat, 01 Nov 2025 00:00:00 GMT";

/// Longer than any test waits.
const FOREVER: Duration = Duration::from_secs(600);

/// One request and what has to come back.
#[derive(Clone, Debug, Default)]
struct Case {
    line: usize,
    /// Tried in this process.
    made_up: bool,
    /// Tried under the real server.
    real: bool,
    method: String,
    target: String,
    request_headers: Vec<(String, String)>,
    body: Option<String>,
    status: u16,
    /// An error's name or a format's, and a size.
    facts: Vec<String>,
    headers: Vec<(String, String)>,
    holds: Vec<String>,
    asked: Vec<String>,
}

/// Cases with the same environment.
#[derive(Clone, Debug, Default)]
struct Section {
    environment: Vec<(String, String)>,
    cases: Vec<Case>,
}

fn sections(text: &str) -> Vec<Section> {
    let mut sections = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some((_, variables)) = line.strip_prefix('[').and_then(|line| line.split_once(']')) {
            let variables = variables.split(" TINTYPE").filter(|variable| !variable.trim().is_empty());
            let pairs = variables.map(|variable| format!("TINTYPE{}", variable.trim()));
            let environment =
                pairs.map(|pair| pair.split_once('=').map(|(k, v)| (k.into(), v.into())).unwrap()).collect();
            sections.push(Section { environment, cases: Vec::new() });
            continue;
        }
        let cases = &mut sections.last_mut().expect("a section comes first").cases;
        match line.strip_prefix("    ") {
            None => cases.push(read_case(number + 1, line)),
            Some(detail) => read_detail(cases.last_mut().expect("a case comes first"), detail),
        }
    }
    sections
}

fn read_case(line: usize, text: &str) -> Case {
    let (made_up, real, text) = match (text.strip_prefix("* "), text.strip_prefix("+ ")) {
        (Some(text), _) => (true, true, text),
        (_, Some(text)) => (false, true, text),
        _ => (true, false, text),
    };
    let (asked, expected) = text.split_once(" => ").unwrap_or_else(|| panic!("line {line} is no case"));
    let (method, target) = asked.split_once(' ').unwrap();
    let mut words = expected.split_whitespace().map(str::to_owned);
    let status = words.next().unwrap().parse().unwrap_or_else(|_| panic!("line {line} has no status"));
    let (method, target) = (method.to_owned(), target.to_owned());
    Case { line, made_up, real, method, target, status, facts: words.collect(), ..Case::default() }
}

fn read_detail(case: &mut Case, detail: &str) {
    let pair =
        |text: &str| text.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned())).unwrap();
    match detail.split_once(' ').unwrap() {
        (">", text) => case.request_headers.push(pair(text)),
        ("<", text) => case.headers.push(pair(text)),
        ("body", file) => case.body = Some(file.to_owned()),
        ("^", text) => case.asked.push(text.to_owned()),
        ("=", text) => case.holds.push(text.to_owned()),
        (other, _) => panic!("line {}: {other} is no kind of detail", case.line),
    }
}

/// The files of the origin, whichever folder they are asked for in.
fn file(name: &str) -> Option<Vec<u8>> {
    type Files = BTreeMap<&'static str, Vec<u8>>;
    static FILES: LazyLock<Files> = LazyLock::new(|| {
        let photo = photograph(640, 480).jpeg();
        let chart = orientation_chart(120, 80);
        let turned = JpegStyle { orientation: Some(6), ..JpegStyle::default() };
        BTreeMap::from([
            ("cut.jpg", photo[..150].to_vec()),
            ("half.jpg", photo[..photo.len() / 2].to_vec()),
            ("typed-as-html", photo.clone()),
            ("weak", photo.clone()),
            ("a%20b.jpg", photo.clone()),
            ("photo.jpg", photo),
            ("chart.png", chart.png()),
            ("scan.png", chart.png_as(&PngStyle { color: PngColor::Gray(16), ..PngStyle::default() })),
            ("turned.jpg", chart.stored_as(6).jpeg_as(&turned)),
            ("disc.png", transparent_disc(60, 60).png()),
            ("photo.webp", photograph(64, 48).webp()),
            ("anim.gif", photograph(40, 30).gif(&[photograph(40, 30)])),
            ("page.html", b"<!doctype html><html><body>nothing to see</body></html>".to_vec()),
            ("html-typed-as-jpeg", b"<!doctype html><html><body>nothing to see</body></html>".to_vec()),
            ("avif", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf and so on".to_vec()),
            ("svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"8\"/>".to_vec()),
            ("empty", Vec::new()),
        ])
    });
    FILES.get(name).cloned()
}

/// What the origin answers.
fn answer(origin: &str, asked: &Asked) -> Answer {
    let path = asked.path.split('?').next().unwrap();
    if let Some(rest) = path.strip_prefix("/redirect/") {
        let left: u32 = rest.parse().unwrap();
        return Answer::redirect(&if left > 1 {
            format!("/redirect/{}", left - 1)
        } else {
            "/photo.jpg".into()
        });
    }
    if let Some(control) = path.strip_prefix("/cache/") {
        return Answer::ok(file("photo.jpg").unwrap()).header("cache-control", control);
    }
    let name = path.rsplit('/').next().unwrap();
    if let Some(answer) = misbehaving(path) {
        return answer;
    }
    match name {
        "gone" => Answer::status(410),
        "forbidden" => Answer::status(403),
        "error" => Answer::status(500),
        "nocontent" => Answer::status(204),
        "partial" => Answer::status(206),
        "1" => Answer::redirect(&format!("{origin}/photo.jpg")),
        "redirect-private" => Answer::redirect("http://169.254.169.254/latest/meta-data/"),
        "redirect-elsewhere" => Answer::redirect("https://other.test/photo.jpg"),
        "redirect-nowhere" => Answer::status(302),
        "redirect-ftp" => Answer::redirect("ftp://photos.test/photo.jpg"),
        "redirect-userinfo" => Answer::redirect("http://user@photos.test/photo.jpg"),
        _ => match file(name) {
            None => Answer::status(404),
            Some(_) if unchanged(asked) => {
                Answer::status(304).header("etag", "\"v1\"").header("last-modified", DATE)
            }
            Some(bytes) => described(name, Answer::ok(bytes)),
        },
    }
}

/// What takes sockets: origins that stop, dribble, break off and lie about lengths.
fn misbehaving(path: &str) -> Option<Answer> {
    let (folder, name) = path.strip_prefix('/')?.split_once('/')?;
    let photo = || Answer::ok(file(name).unwrap_or_default());
    let length = file(name)?.len();
    Some(match folder {
        "silent" => photo().after(FOREVER),
        "stalling" => photo().in_pieces(3000, FOREVER),
        "trickling" => photo().in_pieces(1, Duration::from_millis(20)),
        "bytewise" => photo().in_pieces(1, Duration::ZERO),
        "breaking-off" => photo().broken_off_at(length / 2),
        "without-length" => photo().without_length(),
        "cut-without-length" => photo().without_length().broken_off_at(length / 2),
        "alleged-longer" => photo().of_alleged_length(length as u64 + 1000),
        "alleged-huge" => photo().of_alleged_length(1 << 40),
        "alleged-shorter" => photo().of_alleged_length(length as u64 / 2),
        "alleged-empty" => photo().of_alleged_length(0),
        _ => return None,
    })
}

fn unchanged(asked: &Asked) -> bool {
    asked.header("if-none-match").is_some_and(|tags| tags.contains("\"v1\""))
        || asked.header("if-modified-since") == Some(DATE)
}

fn described(name: &str, answer: Answer) -> Answer {
    let tag = if name == "weak" { "W/\"v1\"" } else { "\"v1\"" };
    let media_type = match name {
        "typed-as-html" => "text/html",
        "html-typed-as-jpeg" => "image/jpeg",
        _ => "application/octet-stream",
    };
    answer.header("etag", tag).header("last-modified", DATE).header("content-type", media_type)
}

/// Sends a case and finds out what is wrong with the answer.
fn try_case(case: &Case, server: &dyn Server, origin: &str, asked: &Mutex<Vec<Asked>>) -> Vec<String> {
    asked.lock().unwrap().clear();
    let here = |text: &str| text.replace("{o}", origin);
    let body =
        case.body.as_ref().map(|name| file(name.trim_start_matches('/')).expect("a file of the origin"));
    let mut sent = request(&case.method, &here(&case.target), body.unwrap_or_default());
    for (name, value) in &case.request_headers {
        sent.headers_mut().insert(
            hyper::header::HeaderName::from_bytes(name.as_bytes()).unwrap(),
            here(value).parse().unwrap(),
        );
    }
    let reply = server.send(sent);
    let mut wrong = Vec::new();
    if reply.status != case.status {
        wrong.push(format!("status {}: {}", reply.status, String::from_utf8_lossy(&reply.body)));
        return wrong;
    }
    check_facts(case, &reply, &mut wrong);
    for (name, value) in &case.headers {
        check_header(name, &here(value), &reply, &mut wrong);
    }
    for text in &case.holds {
        let body = String::from_utf8_lossy(&reply.body);
        let found = body.contains(text.strip_prefix('!').unwrap_or(text));
        if found == text.starts_with('!') {
            wrong.push(format!("body {body}"));
        }
    }
    let asked = asked.lock().unwrap();
    let lines: Vec<String> = asked.iter().flat_map(lines_of).collect();
    for text in &case.asked {
        let fine = match (text.as_str(), text.strip_prefix('!')) {
            ("(nothing)", _) => lines.is_empty(),
            (_, Some(text)) => !lines.iter().any(|line| line.contains(text)),
            (text, None) => lines.iter().any(|line| line.contains(text)),
        };
        if !fine {
            wrong.push(format!("asked {lines:?}, not {text}"));
        }
    }
    wrong
}

fn lines_of(asked: &Asked) -> Vec<String> {
    let headers = asked.headers.iter().map(|(name, value)| format!("{name}: {value}"));
    headers.chain([asked.path.clone()]).collect()
}

fn check_facts(case: &Case, reply: &Reply, wrong: &mut Vec<String>) {
    let Some(first) = case.facts.first() else { return };
    let media_type = reply.header("content-type");
    if !["jpeg", "png", "webp", "gif"].contains(&first.as_str()) {
        let json = reply.json();
        if json["error"] != *first || json["code"] != case.status || media_type != "application/json" {
            wrong.push(format!("{media_type} {json}"));
        }
        return;
    }
    if media_type != format!("image/{first}") {
        wrong.push(format!("type {media_type}"));
    }
    if reply.header("content-length") != reply.body.len().to_string() {
        wrong.push(format!("content-length {} of {}", reply.header("content-length"), reply.body.len()));
    }
    if let Some(size) = case.facts.get(1) {
        let picture = Picture::read(&reply.body);
        let got = format!("{}x{}", picture.width, picture.height);
        if got != *size {
            wrong.push(format!("size {got}"));
        }
    }
}

fn check_header(name: &str, expected: &str, reply: &Reply, wrong: &mut Vec<String>) {
    let got = reply.headers.get(name).map(|value| value.to_str().unwrap());
    let fine = match (expected, got) {
        ("(none)", got) => got.is_none(),
        (_, None) => false,
        (text, Some(got)) => match (text.strip_prefix('~'), text.strip_prefix('!')) {
            (Some(part), _) => got.contains(part),
            (_, Some(part)) => !got.contains(part),
            _ => got == text,
        },
    };
    if !fine {
        wrong.push(format!("{name}: {got:?}"));
    }
}

fn table() -> Vec<Section> {
    let path = root().join("host-tests/tests/cases/service.txt");
    sections(&std::fs::read_to_string(path).unwrap())
}

fn report(failures: &[String], count: usize) {
    assert!(failures.is_empty(), "{} of {count} cases failed:\n{}", failures.len(), failures.join("\n"));
    println!("{count} cases");
}

#[test]
fn the_service_answers_as_the_table_says() {
    let mut failures = Vec::new();
    let mut count = 0;
    for section in table() {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = asked.clone();
        let listed = section.environment.iter().any(|(name, _)| name == "TINTYPE_SOURCES");
        let mut service = Service::new().scripted(move |origin, request: &Asked| {
            seen.lock().unwrap().push(request.clone());
            answer(origin, request)
        });
        if !listed {
            service = service.env("TINTYPE_SOURCES", MADE_UP);
        }
        for (name, value) in &section.environment {
            service = service.env(name, &value.replace("{o}", MADE_UP));
        }
        for case in section.cases.iter().filter(|case| case.made_up) {
            count += 1;
            let wrong = try_case(case, &service, MADE_UP, &asked);
            if !wrong.is_empty() {
                failures.push(format!("line {}: {} {}: {wrong:?}", case.line, case.method, case.target));
            }
        }
    }
    assert!(count >= 250, "the table has {count} cases");
    report(&failures, count);
}

#[test]
fn wasmtime_serve_answers_as_the_table_says() {
    try_under_wasmtime_serve("tintype.wasm");
}

/// Tries the cases that are marked for the real server with a component of `dist/`.
pub(crate) fn try_under_wasmtime_serve(component: &str) {
    let mut failures = Vec::new();
    let (mut count, mut all) = (0, 0);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = asked.clone();
    let origin = Origin::start(move |request| {
        seen.lock().unwrap().push(request.clone());
        answer("", request)
    });
    // Sections with the same environment share a server.
    let mut groups: BTreeMap<Vec<(String, String)>, Vec<Case>> = BTreeMap::new();
    for section in table() {
        all += section.cases.len();
        let real = section.cases.into_iter().filter(|case| case.real);
        groups.entry(section.environment).or_default().extend(real);
    }
    for (environment, cases) in groups.into_iter().filter(|(_, cases)| !cases.is_empty()) {
        let url = origin.url();
        let mut variables =
            vec![("TINTYPE_SOURCES".to_owned(), url.clone()), ("TINTYPE_LOG".into(), "0".into())];
        for (name, value) in environment {
            variables.retain(|(known, _)| *known != name);
            variables.push((name, value.replace("{o}", &url)));
        }
        let variables: Vec<(&str, &str)> = variables.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let server = ServeProcess::start(env!("CARGO_BIN_EXE_wasmtime"), component, &variables);
        for case in &cases {
            count += 1;
            let wrong = try_case(case, &server, &url, &asked);
            if !wrong.is_empty() {
                failures.push(format!("line {}: {} {}: {wrong:?}", case.line, case.method, case.target));
            }
        }
    }
    assert!(count * 3 >= all, "{count} of {all} cases are tried under the real server");
    report(&failures, count);
}

/// Every `http` block of the document is a list of examples, each of which must return an image or, if it ends in
/// ` => 400` or the like, that status.
#[test]
fn the_examples_of_the_documentation_work() {
    let text = std::fs::read_to_string(root().join("docs/http-api.md")).unwrap();
    let service = Service::new()
        .scripted(answer)
        .env("TINTYPE_SOURCES", "https://images.example.com")
        .env("TINTYPE_BASE_URL", "https://images.example.com/")
        .env("TINTYPE_WATERMARK", "https://images.example.com/disc.png")
        .env("TINTYPE_PRESET_THUMB", "rs:fill:100:100");
    let blocks = text.split("```http\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut failures = Vec::new();
    let mut count = 0;
    for line in blocks.flat_map(str::lines) {
        let (asked, status) = line.split_once(" => ").unwrap_or((line, "200"));
        let (method, target) = asked.split_once(' ').expect("a method and a target");
        let body = if method == "POST" { file("photo.jpg").unwrap() } else { Vec::new() };
        let reply = service.send(request(method, target, body));
        count += 1;
        if reply.status.to_string() != status {
            failures.push(format!("{line}: {} {:?}", reply.status, String::from_utf8_lossy(&reply.body)));
        }
    }
    assert!(count > 50, "{count} examples");
    report(&failures, count);
}

/// What a client got can be asked for again without a download.
#[test]
fn a_tag_from_an_answer_revalidates_it() {
    for trusted in ["0", "1"] {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = asked.clone();
        let service = Service::new()
            .scripted(move |origin, request: &Asked| {
                seen.lock().unwrap().push(request.clone());
                answer(origin, request)
            })
            .env("TINTYPE_SOURCES", MADE_UP)
            .env("TINTYPE_TRUST_ORIGIN_ETAG", trusted);
        let target = format!("/?url={MADE_UP}/photo.jpg&width=8");
        let first = service.get(&target);
        let tag = first.header("etag").to_owned();
        for header in [tag.clone(), format!("\"other\", W/{tag}")] {
            let mut again = request("GET", &target, Vec::new());
            again.headers_mut().insert("if-none-match", header.parse().unwrap());
            let reply = service.send(again);
            assert_eq!(
                (reply.status, reply.header("etag"), reply.body.len()),
                (304, tag.as_str(), 0),
                "{trusted}"
            );
        }
        let conditional =
            asked.lock().unwrap().iter().filter(|asked| asked.header("if-none-match").is_some()).count();
        assert_eq!(conditional, if trusted == "1" { 2 } else { 0 });
        // Another variant of the same source has another tag.
        let mut other = request("GET", &format!("{target}&quality=9"), Vec::new());
        other.headers_mut().insert("if-none-match", tag.parse().unwrap());
        assert_eq!(service.send(other).status, 200);
    }
}

#[test]
fn each_request_writes_one_line_of_json() {
    let service = Service::new().scripted(answer).env("TINTYPE_SOURCES", MADE_UP);
    service.get(&format!("/?url={MADE_UP}/photo.jpg&width=8"));
    service.get(&format!("/unsafe/w:8/plain/{MADE_UP}/missing%3Fsecret=1"));
    service.get(&format!("/?url={MADE_UP}/half.jpg&width=8"));
    let log = service.stderr();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "{log}");
    assert_eq!(lines[0]["status"], 200);
    assert_eq!(lines[0]["grammar"], "query");
    assert_eq!(lines[0]["source_host"], "photos.test");
    assert_eq!(lines[0]["output"], serde_json::json!([8, 6]));
    assert!(lines[0]["bytes_in"].as_u64().unwrap() > 20_000);
    assert!(lines[0]["total_ms"].as_f64().unwrap() > 0.0);
    assert_eq!((&lines[1]["error"], &lines[1]["status"]), (&"source-not-found".into(), &404.into()));
    assert!(!log.contains("secret"));
    let damaged: Vec<_> = lines.iter().map(|line| line.get("damaged")).collect();
    assert_eq!(damaged, [None, None, Some(&true.into())]);
    let quiet = Service::new().env("TINTYPE_LOG", "0");
    quiet.get("/healthz");
    assert_eq!(quiet.stderr(), "");
}

#[test]
fn a_large_rendition_streams_without_its_length() {
    let picture = photograph(3200, 2400);
    let reply = Service::new().post("/?format=png", &picture.jpeg());
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "image/png");
    assert!(reply.body.len() > 5 << 20, "{}", reply.body.len());
    assert_eq!((reply.header("content-length"), reply.header("etag")), ("", ""));
    let read = Picture::read(&reply.body);
    assert_eq!((read.width, read.height), (3200, 2400));
}
