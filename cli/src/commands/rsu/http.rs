//! A page or two over HTTP/1.1, for a scraper: GET alone, one request a connection, bounded in every direction.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::signals::Asked;

/// Octets of a request's head: a scraper sends a few hundred.
const MAX_HEAD: usize = 8_192;
/// How long one client may take in all; others wait behind it.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often somebody looks whether to stop.
const PERIOD: Duration = Duration::from_millis(50);

/// Serves pages until somebody asks to stop.
pub(super) struct Server(TcpListener);

impl Server {
    pub(super) fn bind(address: SocketAddr) -> Result<Self> {
        let listener =
            TcpListener::bind(address).with_context(|| format!("--metrics {address}: cannot listen"))?;
        listener.set_nonblocking(true)?;
        Ok(Self(listener))
    }

    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.0.local_addr().ok()
    }

    /// Answers one client after the other: `page` is asked for what a path holds.
    pub(super) fn run(&self, asked: &Asked, page: impl Fn(&str) -> Option<String>) {
        while !asked.is_stopped() {
            match self.0.accept() {
                // A client that fails has no answer; it will ask again.
                Ok((client, _)) => drop(answer(client, &page)),
                Err(_) => std::thread::sleep(PERIOD),
            }
        }
    }
}

fn answer(mut client: TcpStream, page: &impl Fn(&str) -> Option<String>) -> std::io::Result<()> {
    client.set_nonblocking(false)?;
    client.set_write_timeout(Some(PATIENCE))?;
    let head = head(&mut client)?;
    let line = head.split(|octet| *octet == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut words = line.split(' ');
    let (status, body) = match (words.next(), words.next(), words.next()) {
        (Some("GET"), Some(path), Some("HTTP/1.0" | "HTTP/1.1")) => match page(path) {
            Some(body) => ("200 OK", body),
            None => ("404 Not Found", "there are /metrics and /healthz\n".to_owned()),
        },
        (Some(_), Some(_), Some("HTTP/1.0" | "HTTP/1.1")) => {
            ("405 Method Not Allowed", "only GET\n".to_owned())
        }
        _ => ("400 Bad Request", "not a request\n".to_owned()),
    };
    let length = body.len();
    client.write_all(
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
        .as_bytes(),
    )
}

/// What comes before the empty line.
fn head(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let (deadline, mut head) = (Instant::now() + PATIENCE, Vec::with_capacity(MAX_HEAD));
    let mut some = [0; 1_024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || head.len() >= MAX_HEAD {
            return Err(ErrorKind::TimedOut.into());
        }
        client.set_read_timeout(Some(left))?;
        match client.read(&mut some)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            count => head.extend_from_slice(some.get(..count).unwrap_or_default()),
        }
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(requests: &[&str]) -> Vec<String> {
        let server = Server::bind("127.0.0.1:0".parse().expect("an address")).expect("it listens");
        let (address, asked) = (server.address().expect("it has one"), Asked::default());
        std::thread::scope(|scope| {
            let page = |path: &str| (path == "/metrics").then(|| "figures\n".to_owned());
            let (server, asked) = (&server, &asked);
            scope.spawn(move || server.run(asked, page));
            let answers = requests.iter().map(|request| {
                let mut client = TcpStream::connect(address).expect("it accepts");
                client.write_all(request.as_bytes()).expect("it is sent");
                let mut answer = String::new();
                // A client that is sent away may find the connection reset.
                let _ = client.read_to_string(&mut answer);
                answer
            });
            let answers = answers.collect();
            asked.stop();
            answers
        })
    }

    #[test]
    fn a_page_is_served_and_what_is_none_is_told_so() {
        let answers = ask(&[
            "GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n",
            "GET /other HTTP/1.1\r\n\r\n",
            "POST /metrics HTTP/1.1\r\n\r\n",
            "hello\r\n\r\n",
        ]);
        let starts = ["HTTP/1.1 200 OK\r\n", "HTTP/1.1 404 ", "HTTP/1.1 405 ", "HTTP/1.1 400 "];
        assert!(answers.iter().zip(starts).all(|(answer, start)| answer.starts_with(start)), "{answers:?}");
        assert!(answers[0].ends_with("\r\n\r\nfigures\n"), "{answers:?}");
    }

    #[test]
    fn a_client_that_says_nothing_or_never_stops_is_sent_away_and_the_next_is_served() {
        let endless = "x".repeat(2 * MAX_HEAD);
        let answers = ask(&["", &endless, "GET /metrics HTTP/1.1\r\n\r\n"]);
        assert_eq!((answers[0].as_str(), answers[1].as_str()), ("", ""));
        assert!(answers[2].starts_with("HTTP/1.1 200 OK\r\n"), "{answers:?}");
    }
}
