//! Servers for tests over loopback: one that says what a test wants, and a distribution centre and CPOC as they are run.
#![allow(dead_code, reason = "each suite is a crate of its own and uses a part of this")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

use std::collections::VecDeque;
use std::future::Future;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use enrollment_client::AccessPoint;
use enrollment_dc::DistributionCentre;
use enrollment_http::centre::Centre;
use enrollment_http::clock;
use enrollment_http::metrics::Metrics;
use enrollment_http::server::Server;
use enrollment_http::site::Site;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use v2x_ca::lab::{Lab, Plan};
use v2x_codec::time::{Time32, Time64};
use v2x_crypto::RustCrypto;
use v2x_security::clock::Clock;

use super::exchange::listed::station;

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

fn url(address: SocketAddr, path: &str) -> AccessPoint {
    format!("http://{address}/{path}").parse().unwrap()
}

/// How a server answers a request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// It closes the connection without a word.
    Hang,
    /// It has no time.
    Busy,
    /// It refuses, with this status.
    Status(&'static str),
    /// It answers.
    Answer(Vec<u8>),
}

/// A request or an answer as it came.
#[derive(Clone)]
pub(crate) struct Heard {
    pub(crate) line: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Heard {
    fn read(connection: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(connection);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let line = lines.remove(0);
        let split = |line: String| {
            line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        };
        let mut heard = Self { line, headers: lines.into_iter().filter_map(split).collect(), body: vec![] };
        let length = heard.header("content-length").map_or(0, |length| length.parse().unwrap());
        heard.body = vec![0; length];
        reader.read_exact(&mut heard.body).ok()?;
        Some(heard)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

/// A server that replies as it was told, and remembers what it heard.
pub(crate) struct Scripted {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<Heard>>>,
    runtime: Runtime,
}

impl Scripted {
    pub(crate) fn new(replies: Vec<Reply>) -> Self {
        let mut replies = VecDeque::from(replies);
        Self::serving(move || move |_: &Heard| replies.pop_front().unwrap_or(Reply::Hang))
    }

    /// With a reply that depends on the request, by something that is made in the server's own thread.
    pub(crate) fn serving<F: FnMut(&Heard) -> Reply>(make: impl FnOnce() -> F + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heard);
        // It ends with the test's process.
        thread::spawn(move || {
            let mut answer = make();
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                let Some(request) = Heard::read(&connection) else { continue };
                kept.lock().unwrap().push(request.clone());
                reply(&mut connection, answer(&request));
            }
        });
        Self { address, heard, runtime: runtime() }
    }

    pub(crate) fn url(&self, path: &str) -> AccessPoint {
        url(self.address, path)
    }

    pub(crate) fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }
}

fn reply(connection: &mut TcpStream, reply: Reply) {
    let (status, body) = match reply {
        Reply::Hang => return,
        Reply::Busy => ("503 Service Unavailable", Vec::new()),
        Reply::Status(status) => (status, Vec::new()),
        Reply::Answer(body) => ("200 OK", body),
    };
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    connection.write_all(&[head.as_bytes(), &body].concat()).unwrap();
}

/// An answer, and its status.
pub(crate) struct Answered {
    pub(crate) status: u16,
    heard: Heard,
    pub(crate) body: Vec<u8>,
}

impl Answered {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.heard.header(name)
    }
}

/// A distribution centre and CPOC for the root and the TLM of a lab, by the clock of the machine.
pub(crate) struct Served {
    pub(crate) lab: Lab,
    /// When its lists are made.
    pub(crate) made: Time64,
    address: SocketAddr,
    centre: Centre,
    runtime: Runtime,
    _stop: watch::Sender<bool>,
}

impl Served {
    pub(crate) fn new() -> Self {
        let start = Time32::from_seconds(clock::now().unwrap().time32().unwrap().seconds() - 60);
        let plan = Plan::new("served", start);
        let lab = Lab::new(&plan, &RustCrypto, &mut ChaCha20Rng::seed_from_u64(9)).unwrap();
        let trusted = [&lab.root.certificate, &lab.trust_list_manager.certificate];
        let centre = Centre::new(DistributionCentre::new(station(&trusted)));
        let site = Site { dc: Some(centre.clone()), cpoc: Some(centre.clone()), ..Site::default() };
        let (runtime, (stop, stopping)) = (runtime(), watch::channel(false));
        let here = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = Server::bind(here, Arc::new(site), Arc::new(Metrics::new()));
        let server = runtime.block_on(server).unwrap();
        let address = server.address().unwrap();
        runtime.spawn(server.run(stopping));
        Self { lab, made: start.into(), address, centre, runtime, _stop: stop }
    }

    /// The issuer hands in a list.
    pub(crate) fn publish(&self, list: &[u8]) {
        self.centre.publish(&Clock::exact(clock::now().unwrap()), list).unwrap();
    }

    pub(crate) fn url(&self, path: &str) -> AccessPoint {
        url(self.address, path)
    }

    pub(crate) fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// What is answered to a request without a body.
    pub(crate) fn ask(&self, method: &str, path: &str) -> Answered {
        let mut connection = TcpStream::connect(self.address).unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        );
        connection.write_all(request.as_bytes()).unwrap();
        let heard = Heard::read(&connection).unwrap();
        let status = heard.line.split(' ').nth(1).unwrap().parse().unwrap();
        Answered { status, body: heard.body.clone(), heard }
    }
}
