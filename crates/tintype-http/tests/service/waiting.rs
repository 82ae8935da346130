//! Origins and resizers that take too long.

use std::time::Duration;

use crate::support::*;

/// An origin whose body goes on like this after its first 100 bytes.
fn body(then: Vec<Event>) -> TestHost {
    let mut events = pieces(&jpeg(100), 100);
    events.extend(then);
    TestHost::new().origin(move |_| Reply::status(200).body(events.clone()))
}

fn head(before: Event) -> TestHost {
    TestHost::new().origin(move |_| Reply::image(&jpeg(300)).after(before.clone()))
}

#[test]
fn an_origin_has_the_time_to_connect_and_to_send_its_first_byte() {
    assert_eq!(head(Event::Pause(7 * SECOND)).get(PHOTO).status, 200);
    let host = head(Event::Pause(9 * SECOND));
    assert_eq!(host.get(PHOTO).error(), (504, "origin-timeout".into()));
    assert_eq!(host.log_line()["total_ms"], 8000.0);
    let host = head(Event::Silence).with("TINTYPE_TIMEOUT_TOTAL", "2s");
    assert_eq!(host.get(PHOTO).error(), (504, "origin-timeout".into()));
    assert_eq!(host.log_line()["total_ms"], 2000.0);
}

#[test]
fn an_origin_that_stops_in_the_middle_times_out() {
    for (event, status) in [
        (Event::Pause(4 * SECOND), 200),
        (Event::Pause(Duration::from_millis(5_200)), 200),
        (Event::Pause(6 * SECOND), 504),
        (Event::Silence, 504),
    ] {
        let answer = body(vec![event.clone()]).get(PHOTO);
        assert_eq!(answer.status, status, "{event:?}");
        assert!(status == 200 || answer.error().1 == "origin-timeout");
    }
}

#[test]
fn an_origin_that_trickles_is_to_blame_for_the_total_time() {
    for pace in [100, 900, 1_000] {
        let pause = Event::Pause(Duration::from_millis(pace));
        let trickle = pieces(&jpeg(300), 1).into_iter().flat_map(|piece| [pause.clone(), piece]).collect();
        let host = body(trickle);
        let answer = host.get(PHOTO);
        assert_eq!(answer.error(), (504, "origin-timeout".into()), "{pace}");
        let total = host.log_line()["total_ms"].as_f64().unwrap();
        assert!((15_000.0..=15_250.0).contains(&total), "{total}");
    }
}

#[test]
fn an_overloaded_server_does_not_blame_the_origin() {
    assert_eq!(head(Event::Late(SECOND)).get(PHOTO).error(), (503, "overloaded".into()));
    let late = Event::Late(SECOND);
    let answer = body(vec![late.clone(), late.clone(), late.clone(), late]).get(PHOTO);
    assert_eq!((answer.error(), answer.header("retry-after")), ((503, "overloaded".into()), "1"));
    // The bytes are there, but only after the total time.
    assert_eq!(body(vec![Event::Late(60 * SECOND)]).get(PHOTO).error(), (503, "overloaded".into()));
    // What the resizer does on such a server is slow, too.
    let slow = body(vec![Event::Late(SECOND), Event::Bytes(jpeg(50).into())]);
    let slow = slow.resizer(|options| Echo { slowness: 9 * SECOND, ..Echo::new(options) });
    assert_eq!(slow.get(PHOTO).error(), (503, "overloaded".into()));
    let once = body(vec![Event::Late(SECOND), Event::Bytes(jpeg(50).into())]).get(PHOTO);
    assert_eq!((once.status, once.body.len()), (200, 150));
}

/// A resizer that takes a second for each write, and a source of this many.
fn slow_resizer(writes: usize) -> TestHost {
    TestHost::new()
        .origin(move |_| Reply::status(200).body(pieces(&jpeg(writes << 10), 1 << 10)))
        .resizer(|options| Echo { slowness: SECOND, ..Echo::new(options) })
}

#[test]
fn a_rendition_that_takes_too_long_is_given_up() {
    assert_eq!(slow_resizer(15).get(PHOTO).status, 200);
    let host = slow_resizer(40);
    let answer = host.get(PHOTO);
    assert_eq!(answer.error(), (504, "timeout".into()));
    assert!(answer.json()["detail"].as_str().unwrap().contains("TINTYPE_TIMEOUT_TOTAL"));
    assert_eq!(host.taken.get(), 16);
    let line = host.log_line();
    assert_eq!((&line["error"], &line["decode_ms"]), (&"timeout".into(), &16_000.0.into()));
}

#[test]
fn a_large_piece_is_written_in_parts_so_that_the_time_is_checked() {
    let host = slow_resizer(1).origin(|_| Reply::status(200).body(pieces(&jpeg(4 << 20), 4 << 20)));
    assert_eq!(host.get(PHOTO).error(), (504, "timeout".into()));
    assert_eq!(host.log_line()["total_ms"], 16_000.0);
}

#[test]
fn one_long_step_of_the_resizer_is_no_overload() {
    let host = TestHost::new()
        .origin(|_| Reply::status(200).body(vec![Event::Bytes(jpeg(100).into()), Event::Silence]))
        .resizer(|options| Echo { slowness: 20 * SECOND, ..Echo::new(options) });
    assert_eq!(host.get(PHOTO).error(), (504, "timeout".into()));
}

/// An origin that sends 17 MiB at this pace, a MiB at a time.
fn slow_origin(pace: Duration) -> TestHost {
    TestHost::new().origin(move |_| {
        let pieces = pieces(&jpeg(17 << 20), 1 << 20).into_iter();
        Reply::status(200).body(pieces.flat_map(|piece| [Event::Pause(pace), piece]).collect())
    })
}

#[test]
fn a_slow_origin_is_not_cut_off_once_its_answer_has_begun() {
    for target in [PHOTO, &format!("{PHOTO}&passthrough=all")] {
        let host = slow_origin(SECOND * 11 / 10);
        let answer = host.get(target);
        assert_eq!((answer.status, answer.body.len()), (200, 17 << 20), "{target}");
        assert!(answer.broken.is_none(), "{target}: {:?}", answer.broken);
        let line = host.log_line();
        assert!(line["total_ms"].as_f64() > Some(18_000.0) && line.get("error").is_none(), "{line}");
    }
    // Until then the total time holds, and after that the pauses are still bounded.
    assert_eq!(slow_origin(4 * SECOND).get(PHOTO).error(), (504, "origin-timeout".into()));
    let pausing = slow_origin(SECOND).with("TINTYPE_TIMEOUT_BETWEEN_BYTES", "500ms");
    assert_eq!(pausing.get(PHOTO).error(), (504, "origin-timeout".into()));
}

#[test]
fn an_answer_that_runs_out_of_time_is_broken_off_and_logged() {
    for target in [PHOTO, &format!("{PHOTO}&passthrough=all")] {
        let host = slow_origin(SECOND).with("TINTYPE_TIMEOUT_ANSWER", "10s");
        let answer = host.get(target);
        assert_eq!(answer.broken.map(|failure| failure.kind().slug()), Some("origin-timeout"), "{target}");
        let line = host.log_line();
        assert_eq!((&line["status"], &line["error"]), (&200.into(), &"origin-timeout".into()));
        let total = line["total_ms"].as_f64().unwrap();
        assert!((15_000.0..=15_500.0).contains(&total), "{total}");
    }
}

#[test]
fn a_body_that_a_host_gives_up_is_charged_to_whoever_took_the_time() {
    for (pace, pause, error) in
        [(SECOND, Duration::ZERO, "origin-timeout"), (Duration::ZERO, SECOND, "timeout")]
    {
        let host = slow_origin(pace).with("TINTYPE_TIMEOUT_ANSWER", "4900ms");
        let mut response = host.begin(request("GET", &format!("{PHOTO}&passthrough=all"), &[]));
        while response.body().patience().is_some() {
            block_on(response.body_mut().next()).unwrap().unwrap();
            host.clock.pass(pause);
        }
        drop(response);
        let line = host.log_line();
        assert_eq!((&line["status"], &line["error"]), (&200.into(), &error.into()));
    }
}

#[test]
fn a_client_that_is_slow_to_take_the_body_is_no_overload() {
    let host = TestHost::new().origin(|_| Reply::status(200).body(pieces(&jpeg(8 << 20), 1 << 20)));
    for target in [PHOTO, &format!("{PHOTO}&passthrough=all")] {
        let mut response = host.begin(request("GET", target, &[]));
        assert!(block_on(response.body_mut().next()).unwrap().is_ok());
        host.clock.pass(119 * SECOND);
        assert!(block_on(response.body_mut().next()).unwrap().is_ok());
        host.clock.pass(2 * SECOND);
        let failure = block_on(response.body_mut().next()).unwrap().unwrap_err();
        assert_eq!(failure.kind().slug(), "timeout", "{target}");
        assert!(block_on(response.body_mut().next()).is_none());
    }
}

#[test]
fn a_client_has_30_seconds_for_the_next_bytes_and_two_minutes_for_all() {
    let host = TestHost::new();
    let mut response = host.begin(request("GET", PHOTO, &[]));
    let body = response.body_mut();
    let left = |body: &tintype_http::AnswerBody<'_, TestHost>| Some(body.patience()? - host.clock.now());
    assert_eq!(left(body), Some(30 * SECOND));
    assert!(block_on(body.next()).unwrap().is_ok());
    host.clock.pass(85 * SECOND);
    assert_eq!(left(body), Some(30 * SECOND));
    host.clock.pass(20 * SECOND);
    assert_eq!(left(body), Some(15 * SECOND));
    host.clock.pass(16 * SECOND);
    assert_eq!(left(body), None);
    // All of it has been handed out, but the client has not taken it.
    assert!(block_on(body.next()).is_none());
    drop(response);
    let line = host.log_line();
    assert_eq!((&line["status"], &line["error"]), (&200.into(), &"timeout".into()));
}

#[test]
fn what_was_not_even_handed_out_in_time_is_an_error() {
    let host = TestHost::new().with("TINTYPE_TIMEOUT_ANSWER", "10s");
    let mut response = host.begin(request("GET", PHOTO, &[]));
    host.clock.pass(11 * SECOND);
    let failure = block_on(response.body_mut().next()).unwrap().unwrap_err();
    assert!(failure.detail().unwrap().contains("TINTYPE_TIMEOUT_ANSWER"), "{failure}");
    assert!(block_on(response.body_mut().next()).is_none());
    drop(response);
    assert_eq!(host.log_line()["error"], "timeout");
}

#[test]
fn a_body_that_is_absent_or_done_in_time_is_no_error() {
    for method in ["GET", "HEAD"] {
        let host = TestHost::new();
        let mut response = host.begin(request(method, PHOTO, &[]));
        host.clock.pass(if method == "HEAD" { 121 * SECOND } else { 119 * SECOND });
        while let Some(piece) = block_on(response.body_mut().next()) {
            piece.unwrap();
        }
        drop(response);
        assert!(host.log_line().get("error").is_none(), "{method}");
    }
}

#[test]
fn a_client_may_take_its_time_once_the_image_is_made() {
    let host = TestHost::new()
        .origin(|_| Reply::status(200).body(pieces(&jpeg(100), 100)))
        .resizer(|options| Echo { copies: 100_000, at_end: true, ..Echo::new(options) });
    let mut response = host.begin(request("GET", PHOTO, &[]));
    let mut sizes = Vec::new();
    while let Some(piece) = block_on(response.body_mut().next()) {
        sizes.push(piece.unwrap().len());
        host.clock.pass(if sizes.len() == 1 { 5 * SECOND } else { SECOND });
    }
    assert_eq!(sizes.iter().sum::<usize>(), 10_000_000);
    assert!(sizes.len() > 15, "{sizes:?}");
}

#[test]
fn the_time_of_each_phase_is_measured() {
    let events = vec![
        Event::Pause(2 * SECOND),
        Event::Bytes(jpeg(100).into()),
        Event::Pause(3 * SECOND),
        Event::Bytes(jpeg(50).into()),
    ];
    let host = TestHost::new()
        .origin(move |_| Reply::status(200).body(events.clone()).after(Event::Pause(SECOND)))
        .resizer(|options| Echo { slowness: SECOND / 2, ..Echo::new(options) });
    let answer = host.get(PHOTO);
    let expected = "origin;dur=6000.0, decode;dur=1000.0, encode;dur=0.0, total;dur=7000.0";
    assert_eq!(answer.header("server-timing"), expected);
    let line = host.log_line();
    assert_eq!((&line["origin_ms"], &line["decode_ms"]), (&6_000.0.into(), &1_000.0.into()));
}

#[test]
fn a_request_ends_when_its_time_is_up_even_while_it_computes() {
    let computing = |last_steps| {
        let resizer =
            move |options: &_| Echo { last_steps, slowness: SECOND, at_end: true, ..Echo::new(options) };
        TestHost::new().resizer(resizer)
    };
    let host = computing(10);
    assert_eq!(host.get(PHOTO).status, 200);
    assert_eq!(host.pauses.get(), 9, "between the steps, the host can see that a client has gone");
    let host = computing(1000);
    assert_eq!(host.get(PHOTO).error(), (504, "timeout".into()));
    assert!(host.log_line()["total_ms"].as_f64().unwrap() < 17_000.0);
}
