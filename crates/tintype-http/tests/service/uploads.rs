//! Uploads that do not arrive as they should.

use tintype_http::host::HostError;

use crate::support::*;

fn upload(then: &[Event]) -> Answer {
    let mut events = pieces(&jpeg(300), 100);
    events.extend(then.iter().cloned());
    TestHost::new().post("/?width=8", events)
}

#[test]
fn an_upload_that_is_broken_off_is_incomplete() {
    for reason in [HostError::BrokenOff, HostError::Other] {
        assert_eq!(upload(&[Event::Fail(reason)]).error(), (400, "incomplete-upload".into()));
    }
    assert_eq!(TestHost::new().post("/", vec![]).error(), (415, "unsupported-media".into()));
}

#[test]
fn an_upload_that_pauses_too_long_times_out() {
    let answer = upload(&[Event::Silence]);
    assert_eq!(answer.error(), (408, "request-timeout".into()));
    assert!(answer.json()["detail"].as_str().unwrap().contains("TINTYPE_TIMEOUT_BETWEEN_BYTES"));
    assert_eq!(upload(&[Event::Pause(6 * SECOND)]).error(), (408, "request-timeout".into()));
    assert_eq!(upload(&[Event::Pause(4 * SECOND)]).status, 200);
}

#[test]
fn an_upload_that_trickles_times_out_in_the_end() {
    let slow: Vec<Event> =
        pieces(&jpeg(300), 10).into_iter().flat_map(|piece| [Event::Pause(SECOND), piece]).collect();
    let host = TestHost::new();
    assert_eq!(host.post("/?width=8", slow).error(), (408, "request-timeout".into()));
    assert!(host.taken.get() < 20);
    let total = host.log_line()["total_ms"].as_f64().unwrap();
    assert!((15_000.0..15_500.0).contains(&total), "{total}");
}

#[test]
fn bytes_that_are_there_at_the_second_look_are_used() {
    let just_late = std::time::Duration::from_millis(5_200);
    let mut events = pieces(&jpeg(300), 100);
    events.insert(2, Event::Pause(just_late));
    // A timer that fires much too late, when the bytes are there.
    events.insert(1, Event::Late(2 * SECOND));
    let answer = TestHost::new().post("/?width=8", events);
    assert_eq!((answer.status, answer.body), (200, jpeg(300)));
}

#[test]
fn a_server_that_is_overloaded_blames_nobody_else() {
    for late in [Event::Late(SECOND), Event::Late(60 * SECOND)] {
        let answer = upload(&[late.clone(), late.clone(), late.clone(), late]);
        assert_eq!(answer.error(), (503, "overloaded".into()));
        assert_eq!((answer.header("retry-after"), answer.header("cache-control")), ("1", "no-store"));
    }
    // Too late once, and then nothing arrives although the host keeps up.
    assert_eq!(upload(&[Event::Late(SECOND), Event::Silence]).error(), (503, "overloaded".into()));
}

#[test]
fn a_form_is_refused_with_advice() {
    let form = "multipart/form-data; boundary=x";
    for media_type in [form, "Multipart/Form-Data;boundary=x", " multipart/mixed"] {
        let upload = request("POST", "/", &[("content-type", media_type)]).map(|_| pieces(&jpeg(300), 100));
        let host = TestHost::new();
        let answer = host.send(upload);
        assert_eq!(answer.error(), (415, "unsupported-media".into()), "{media_type}");
        assert!(answer.json()["detail"].as_str().unwrap().contains("--data-binary"));
        assert_eq!(host.taken.get(), 0);
    }
    let plain = request("POST", "/", &[("content-type", "application/x-www-form-urlencoded")]);
    assert_eq!(TestHost::new().send(plain.map(|_| pieces(&jpeg(300), 100))).status, 200);
}

#[test]
fn an_upload_is_bounded_whether_its_length_is_announced_or_counted() {
    for (announced, taken) in [(Some("99999999"), 0), (None, 11)] {
        let host = TestHost::new().with("TINTYPE_MAX_SOURCE_BYTES", "1000");
        let headers: Vec<_> = announced.map(|length| ("content-length", length)).into_iter().collect();
        let upload = request("POST", "/", &headers).map(|_| pieces(&jpeg(5000), 100));
        assert_eq!(host.send(upload).error(), (413, "source-too-large".into()));
        assert_eq!(host.taken.get(), taken);
    }
}
