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

#[test]
fn a_client_that_is_slow_to_take_the_body_is_no_overload() {
    let host = TestHost::new().origin(|_| Reply::status(200).body(pieces(&jpeg(8 << 20), 1 << 20)));
    for target in [PHOTO, &format!("{PHOTO}&passthrough=all")] {
        let mut response = host.begin(request("GET", target, &[]));
        assert!(block_on(response.body_mut().next()).unwrap().is_ok());
        host.clock.pass(20 * SECOND);
        let failure = block_on(response.body_mut().next()).unwrap().unwrap_err();
        assert_eq!(failure.kind().slug(), "timeout", "{target}");
        assert!(block_on(response.body_mut().next()).is_none());
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
