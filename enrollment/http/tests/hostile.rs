//! Requests that are wrong, huge, slow or too many.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking, in their helpers too"
)]

mod common;

use common::{PATIENCE, Setting, World, now, read_all};
use enrollment_client::{Client, ClientError, Protocol};
use enrollment_http::{intake::Bounds, limits::MAX_REQUEST_OCTETS, server::Patience};
use std::{
    io::Write as _,
    sync::{Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

const REQUEST: &str = "Content-Type: application/x-its-request\r\n";

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

#[test]
fn requests_that_are_wrong_get_the_status_that_says_what() {
    let world = World::new(Setting::default());
    let root = world.lab.root.certificate.hashed_id8();
    let list = format!("/dc/getctl/{root}");
    for (method, path, headers, body, expected) in [
        ("POST", "/", REQUEST, &b"x"[..], 404),
        ("POST", "/ea/other", REQUEST, b"x", 404),
        ("POST", "/aa/validation", REQUEST, b"x", 404),
        ("GET", "/ea", "", b"", 405),
        ("PUT", "/aa", REQUEST, b"x", 405),
        ("POST", &list, REQUEST, b"x", 405),
        ("POST", "/ea", "", b"x", 415),
        ("POST", "/ea", "Content-Type: application/json\r\n", b"{}", 415),
        ("POST", "/aa", &format!("{REQUEST}Content-Encoding: gzip\r\n"), b"x", 415),
        ("POST", "/ea", REQUEST, b"", 400),
        ("GET", "/dc/getctl/nonsense", "", b"", 400),
        ("GET", &format!("{list}/256"), "", b"", 400),
        ("GET", &format!("{list}/1/2"), "", b"", 404),
        ("GET", "/dc/getroots", "", b"", 404),
        ("GET", "/dc", "", b"", 404),
        ("GET", &list, "", b"", 200),
        ("HEAD", &list, "", b"", 200),
        ("POST", "/ea/", REQUEST, b"noise", 200),
    ] {
        let answer = world.ask(method, path, headers, body);
        assert_eq!(status(&answer), expected, "{method} {path}: {answer}");
    }
    let refused = world.ask("GET", "/ea", "", b"").to_lowercase();
    assert!(refused.contains("allow: post"), "{refused}");
    let head = world.ask("HEAD", &list, "", b"");
    assert!(head.ends_with("\r\n\r\n"), "HEAD has no body: {head}");
    assert_eq!(status(&world.raw(b"nonsense\r\n\r\n")), 400);
}

#[test]
fn a_body_of_one_octet_too_many_is_refused_before_it_is_sent() {
    let world = World::new(Setting::default());
    let head = format!(
        "POST /ea HTTP/1.1\r\nHost: here\r\n{REQUEST}Content-Length: {}\r\n\r\n",
        MAX_REQUEST_OCTETS + 1
    );
    let began = Instant::now();
    assert_eq!(status(&world.raw(head.as_bytes())), 413);
    assert!(began.elapsed() < PATIENCE, "nobody waited for the body");
    let most = world.ask("POST", "/ea", REQUEST, &vec![0; MAX_REQUEST_OCTETS]);
    assert_eq!(status(&most), 200, "the largest is read, and refused in a message");
}

#[test]
fn a_body_without_an_end_is_refused_when_it_is_too_long_and_not_read_on() {
    let world = World::new(Setting::default());
    let head = format!("POST /ea HTTP/1.1\r\nHost: here\r\n{REQUEST}Transfer-Encoding: chunked\r\n\r\n");
    let mut connection = world.connect();
    connection.write_all(head.as_bytes()).unwrap();
    let chunk = [b"1000\r\n".as_slice(), &[0; 0x1000], b"\r\n"].concat();
    let mut sent = 0_usize;
    // Whatever fits into the buffers of two sockets goes out; then the server has hung up.
    let hung_up = (0..65_536).any(|_| {
        sent += chunk.len();
        connection.write_all(&chunk).is_err()
    });
    assert!(hung_up, "{sent} octets were taken");
    assert_eq!(world.metrics.count("enrolment", http::StatusCode::PAYLOAD_TOO_LARGE), 1);
}

/// Tests do not wait for as long as links may take.
fn hasty() -> Setting {
    let short = Duration::from_millis(300);
    let patience = Patience { head: short, idle: 2 * short, stop: Duration::from_secs(5) };
    Setting { patience, bounds: Bounds { time: short, ..Bounds::default() }, ..Setting::default() }
}

#[test]
fn a_body_that_takes_too_long_is_given_up() {
    let world = World::new(hasty());
    let mut connection = world.connect();
    let head = format!("POST /ea HTTP/1.1\r\nHost: here\r\n{REQUEST}Content-Length: 100\r\n\r\nx");
    connection.write_all(head.as_bytes()).unwrap();
    assert_eq!(status(&read_all(&mut connection)), 408);
}

#[test]
fn connections_that_say_nothing_or_say_it_too_slowly_are_closed() {
    let world = World::new(hasty());
    for start in
        ["", "P", "PRI * HTTP/2.0\r\n", "POST /ea HTTP/1.1\r\nHost: he", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]
    {
        let mut connection = world.connect();
        connection.write_all(start.as_bytes()).unwrap();
        let began = Instant::now();
        read_all(&mut connection);
        assert!(began.elapsed() < Duration::from_secs(5), "{start}");
    }
    // One octet at a time does not help.
    let mut connection = world.connect();
    let began = Instant::now();
    while connection.write_all(b"G").is_ok() && began.elapsed() < Duration::from_secs(10) {
        thread::sleep(Duration::from_millis(50));
    }
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn slow_connections_do_not_keep_an_honest_station_from_its_credential() {
    let world = World::new(Setting { workers: 2, places: 4, connections: 256, ..Setting::default() });
    let mut slow: Vec<_> = (0..200).map(|_| world.connect()).collect();
    for connection in &mut slow {
        connection.write_all(b"POST /ea HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\nX: ").unwrap();
    }
    let client = Client::new(Protocol::Http1);
    for _ in 0..4 {
        // An octet each: heads that never end take no worker and no place.
        slow.iter_mut().for_each(|connection| connection.write_all(b"x").unwrap());
        world.enrol(&client);
    }
    assert_eq!(world.metrics.count("enrolment", http::StatusCode::OK), 4);
    assert_eq!(world.ea.desk().inside(), 0);
}

#[test]
fn a_head_that_is_too_long_is_refused() {
    let world = World::new(Setting::default());
    let long = format!("GET /ea HTTP/1.1\r\nHost: here\r\nX: {}\r\n\r\n", "x".repeat(64 * 1024));
    assert!(matches!(status(&world.raw(long.as_bytes())), 0 | 431));
    let many = "X: y\r\n".repeat(200);
    let many = format!("GET /ea HTTP/1.1\r\nHost: here\r\n{many}\r\n");
    assert!(matches!(status(&world.raw(many.as_bytes())), 0 | 431));
}

#[test]
fn a_full_desk_says_when_to_come_again_and_who_does_is_served() {
    let world = World::new(Setting { workers: 1, places: 1, ..Setting::default() });
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    world.ea.desk().each(move |_| {
        let _ = held.lock().unwrap().recv();
    });
    let (first, second) = (world.enrolment().0, world.enrolment().0);
    thread::scope(|scope| {
        let client = Client::new(Protocol::Http1);
        let (world, request) = (&world, first.request());
        let waiting = scope.spawn(move || world.send(&client, "ea", request));
        while world.ea.desk().inside() == 0 {
            thread::sleep(Duration::from_millis(1));
        }
        let refused = world.ask("POST", "/ea", REQUEST, second.request());
        assert_eq!(status(&refused), 503, "{refused}");
        assert!(refused.to_lowercase().contains("retry-after: 1"), "{refused}");
        let client = Client::new(Protocol::Http1);
        let url = world.url("ea");
        let hasty = client.send(&url, second.request(), Duration::from_millis(500));
        let busy = world.runtime.block_on(hasty);
        assert!(matches!(busy, Err(ClientError::Status { status: 503, .. })), "{busy:?}");
        let patient = scope.spawn(move || world.send(&client, "ea", second.request()));
        drop(release);
        first.answer(&waiting.join().unwrap(), &mut world.trust(), now()).unwrap();
        assert!(!patient.join().unwrap().is_empty());
    });
}

#[test]
fn one_connection_too_many_is_closed_and_the_next_is_served_when_one_has_left() {
    let world = World::new(Setting { connections: 2, ..Setting::default() });
    let held = [world.connect(), world.connect()];
    thread::sleep(Duration::from_millis(200));
    assert_eq!(world.ask("GET", "/ea", "", b""), "");
    drop(held);
    let served = (0..50).any(|_| {
        thread::sleep(Duration::from_millis(100));
        status(&world.ask("GET", "/ea", "", b"")) == 405
    });
    assert!(served);
}

#[test]
fn a_worker_that_dies_of_a_request_costs_that_request_and_no_other() {
    let world = World::new(Setting { workers: 1, ..Setting::default() });
    world.ea.desk().each(|_| panic!("a test"));
    let client = Client::new(Protocol::Http1);
    world.enrol(&client);
}
