//! The same requests over HTTP/3, and what is slow, huge or too much there.
#![cfg(feature = "http3")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking, in their helpers too")]

mod common;

use bytes::Bytes;
use common::{PATIENCE, Setting, World, now};
use enrollment_client::{AccessPoint, Client, ClientError, Protocol, ServerTrust};
use enrollment_http::{
    http3::Http3Server,
    intake::Bounds,
    limits::{MAX_HTTP3_OCTETS, MAX_REQUEST_OCTETS},
    server::Patience,
    tls::ServerIdentity,
};
use enrollment_protocol::resource::{REQUEST_TYPE, Resource};
use enrollment_station::authorization::{Privacy, Proof};
use h3::client::SendRequest;
use http::{Request, StatusCode};
use quinn::{ClientConfig, Connection, Endpoint, VarInt, crypto::rustls::QuicClientConfig};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use std::{
    fs,
    future::poll_fn,
    net::SocketAddr,
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// A world that is served over HTTP/3 as well.
struct Quic {
    world: World,
    address: SocketAddr,
    tls: Tls,
    running: JoinHandle<()>,
}

/// A certificate for this machine, and its key, as files.
struct Tls(TempDir);

impl Tls {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
            ])
            .args(["-subj", "/CN=wayseal test", "-addext", "subjectAltName=IP:127.0.0.1"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", "key", "-out", "certificate"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        Self(folder)
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.path().join(name)).unwrap()
    }
}

impl Quic {
    fn new(setting: Setting) -> Self {
        let (world, tls) = (World::new(setting), Tls::new());
        let identity = ServerIdentity::from_pem(&tls.read("certificate"), &tls.read("key")).unwrap();
        let (given, any) = ((setting.connections, setting.patience), "127.0.0.1:0".parse().unwrap());
        let handler = Arc::new(world.site.clone());
        let _inside = world.runtime.enter();
        let server = Http3Server::bind(any, identity, given, handler, Arc::clone(&world.metrics)).unwrap();
        let address = server.address().unwrap();
        let running = world.runtime.spawn(server.run(world.stop.subscribe()));
        Self { address, tls, running, world }
    }

    fn client(&self) -> Client {
        let trust = ServerTrust::from_pem(&self.tls.read("certificate")).unwrap();
        Client::new(Protocol::Http1).with_http3(trust)
    }

    fn url(&self, path: &str) -> AccessPoint {
        format!("https://{}/{path}", self.address).parse().unwrap()
    }

    fn send(&self, client: &Client, path: &str, request: &[u8]) -> Result<Vec<u8>, ClientError> {
        self.world.runtime.block_on(client.send(&self.url(path), request, PATIENCE))
    }

    /// A connection without HTTP on it.
    async fn connect(&self) -> Result<(Endpoint, Connection), quinn::ConnectionError> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&self.tls.read("certificate")) {
            roots.add(certificate.unwrap()).unwrap();
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider);
        let tls = tls.with_protocol_versions(&[&rustls::version::TLS13]).unwrap();
        let mut tls = tls.with_root_certificates(roots).with_no_client_auth();
        tls.alpn_protocols = vec![b"h3".to_vec()];
        let config = ClientConfig::new(Arc::new(QuicClientConfig::try_from(tls).unwrap()));
        let endpoint = Endpoint::client("127.0.0.1:0".parse().unwrap()).unwrap();
        let connection = endpoint.connect_with(config, self.address, "127.0.0.1").unwrap().await?;
        Ok((endpoint, connection))
    }

    /// A connection on which requests are sent by hand.
    async fn by_hand(&self) -> (Endpoint, SendRequest<h3_quinn::OpenStreams, Bytes>) {
        let (endpoint, connection) = self.connect().await.unwrap();
        let (mut driver, requests) = h3::client::new(h3_quinn::Connection::new(connection)).await.unwrap();
        tokio::spawn(async move { poll_fn(|cx| driver.poll_close(cx)).await });
        (endpoint, requests)
    }

    fn post(&self, length: Option<usize>) -> Request<()> {
        let request =
            Request::post(format!("https://{}/ea", self.address)).header("content-type", REQUEST_TYPE);
        match length {
            Some(length) => request.header("content-length", length).body(()).unwrap(),
            None => request.body(()).unwrap(),
        }
    }
}

#[test]
fn a_station_enrols_and_gets_tickets_over_http_3_and_the_same_request_gets_the_same_octets() {
    let quic = Quic::new(Setting::default());
    let (client, world) = (quic.client(), &quic.world);
    let (enrolment, key) = world.enrolment();
    let answer = quic.send(&client, "ea", enrolment.request()).unwrap();
    let credential = (enrolment.answer(&answer, &mut world.trust(), now()).unwrap(), key);
    assert_eq!(quic.send(&client, "ea", enrolment.request()), Ok(answer));
    for (privacy, proof) in [(Privacy::Hidden, Proof::OfPossession), (Privacy::Open, Proof::Omitted)] {
        let authorization = world.authorization(&credential, privacy, proof);
        let answer = quic.send(&client, "aa", authorization.request()).unwrap();
        authorization.answer(&answer, &mut world.trust(), now()).unwrap();
        let over_http_1 = world.send(&Client::new(Protocol::Http1), "aa", authorization.request());
        assert_eq!(over_http_1, answer, "whichever HTTP brings it");
    }
    let root = world.lab.root.certificate.hashed_id8();
    let fetch = |known: Option<&str>| {
        world.runtime.block_on(client.fetch(&quic.url("dc"), Resource::Ctl(root), known, PATIENCE))
    };
    let list = fetch(None).unwrap().unwrap();
    assert_eq!(fetch(list.tag.as_deref()), Ok(None), "a list that is known does not come again");
    assert_eq!(world.metrics.count("enrolment", StatusCode::OK), 2);
}

#[test]
fn a_server_that_is_not_trusted_is_sent_nothing() {
    let quic = Quic::new(Setting::default());
    let patience = Duration::from_millis(500);
    let other = ServerTrust::from_pem(&Tls::new().read("certificate")).unwrap();
    for client in [Client::new(Protocol::Http1).with_http3(other), Client::new(Protocol::Http1)] {
        let refused = quic.world.runtime.block_on(client.send(&quic.url("ea"), b"request", patience));
        assert!(matches!(refused, Err(ClientError::Unreachable { .. })), "{refused:?}");
    }
    assert!(ServerTrust::from_pem(b"no certificate").is_err());
    let (certificate, key) = (quic.tls.read("certificate"), Tls::new().read("key"));
    let identity = ServerIdentity::from_pem(&certificate, &key).unwrap();
    let _inside = quic.world.runtime.enter();
    let given = (1, Patience::default());
    let handler = Arc::new(quic.world.site.clone());
    let any = "127.0.0.1:0".parse().unwrap();
    let bound = Http3Server::bind(any, identity, given, handler, Arc::clone(&quic.world.metrics));
    assert!(bound.is_err(), "a key of another certificate");
    assert!(ServerIdentity::from_pem(&certificate, b"no key").is_err());
    assert!(ServerIdentity::from_pem(b"", &key).is_err());
}

#[test]
fn a_body_that_is_too_long_or_not_as_long_as_it_says_is_refused() {
    let quic = Quic::new(Setting::default());
    let client = quic.client();
    let too_long = quic.send(&client, "ea", &vec![0; MAX_REQUEST_OCTETS + 1]);
    assert!(matches!(too_long, Err(ClientError::Status { status: 413, .. })), "{too_long:?}");
    assert!(quic.send(&client, "ea", &vec![0; MAX_REQUEST_OCTETS]).is_ok(), "read, and refused in a message");
    quic.world.runtime.block_on(async {
        for (length, octets, expected) in
            [(None, 3 * MAX_REQUEST_OCTETS, 413), (Some(10), 9, 400), (Some(99_999), 1, 413)]
        {
            let (_endpoint, mut requests) = quic.by_hand().await;
            let mut stream = requests.send_request(quic.post(length)).await.unwrap();
            let _ = stream.send_data(vec![0; octets].into()).await;
            let _ = stream.finish().await;
            assert_eq!(stream.recv_response().await.unwrap().status().as_u16(), expected);
        }
    });
}

#[test]
fn a_head_that_is_too_long_and_frames_that_mean_nothing_are_not_taken_without_end() {
    let quic = Quic::new(Setting::default());
    quic.world.runtime.block_on(async {
        // The head of a request, and a frame of a kind that nobody knows, each of a gigabyte.
        for kind in [0x01, 0x21] {
            let (_endpoint, connection) = quic.connect().await.unwrap();
            let (mut sending, _receiving) = connection.open_bi().await.unwrap();
            sending.write_all(&[kind, 0xC0, 0, 0, 0, 0x40, 0, 0, 0]).await.unwrap();
            let mut sent = 0;
            while sent < 64 * MAX_HTTP3_OCTETS && sending.write_all(&[0; 4096]).await.is_ok() {
                sent += 4096;
            }
            assert!(sent < 4 * MAX_HTTP3_OCTETS, "{sent} octets were taken");
        }
        let (_endpoint, mut requests) = quic.by_hand().await;
        let mut request = quic.post(None);
        for number in 0..200 {
            let name = http::HeaderName::try_from(format!("x-{number}")).unwrap();
            request.headers_mut().insert(name, http::HeaderValue::from_static("x"));
        }
        let mut stream = requests.send_request(request).await.unwrap();
        let _ = stream.finish().await;
        assert_eq!(stream.recv_response().await.unwrap().status().as_u16(), 431);
    });
}

/// Tests do not wait for as long as links may take.
fn hasty() -> Setting {
    let short = Duration::from_millis(300);
    let patience = Patience { head: short, idle: 2 * short, stop: Duration::from_secs(5) };
    Setting { patience, bounds: Bounds { time: short, ..Bounds::default() }, ..Setting::default() }
}

#[test]
fn what_comes_too_slowly_or_not_at_all_is_given_up() {
    let quic = Quic::new(hasty());
    let began = Instant::now();
    quic.world.runtime.block_on(async {
        let (_endpoint, mut requests) = quic.by_hand().await;
        let mut stream = requests.send_request(quic.post(Some(100))).await.unwrap();
        stream.send_data(Bytes::from_static(b"x")).await.unwrap();
        assert_eq!(stream.recv_response().await.unwrap().status(), StatusCode::REQUEST_TIMEOUT);

        let (_endpoint, connection) = quic.connect().await.unwrap();
        let (mut sending, mut receiving) = connection.open_bi().await.unwrap();
        sending.write_all(&[0x01]).await.unwrap();
        let _ = receiving.read_to_end(100).await;
        let closed = connection.closed().await;
        assert!(!matches!(closed, quinn::ConnectionError::LocallyClosed), "a head that never ends: {closed}");

        let (_endpoint, connection) = quic.connect().await.unwrap();
        let keep_alive = async {
            loop {
                let _ = connection.open_uni().await.map(|mut stream| stream.reset(VarInt::from_u32(0)));
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::select! {
            _ = connection.closed() => {}
            () = keep_alive => {}
        }
    });
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

#[test]
fn as_many_connections_are_taken_as_there_is_room_for() {
    let quic = Quic::new(Setting { connections: 2, ..Setting::default() });
    quic.world.runtime.block_on(async {
        let first = quic.by_hand().await;
        let second = quic.by_hand().await;
        assert!(quic.connect().await.is_err(), "there is no room for a third");
        drop(first);
        let mut tries = 0;
        while quic.connect().await.is_err() {
            tries += 1;
            assert!(tries < 100);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        drop(second);
    });
}

#[test]
fn a_server_that_stops_answers_what_it_has_taken_in() {
    let quic = Quic::new(Setting::default());
    let Quic { world, running, .. } = &quic;
    let _ = running;
    let status = world.runtime.block_on(async {
        let (_endpoint, mut requests) = quic.by_hand().await;
        let mut stream = requests.send_request(quic.post(None)).await.unwrap();
        stream.send_data(Bytes::from_static(b"noi")).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        world.stop.send_replace(true);
        tokio::time::sleep(Duration::from_millis(100)).await;
        stream.send_data(Bytes::from_static(b"se")).await.unwrap();
        stream.finish().await.unwrap();
        stream.recv_response().await.unwrap().status()
    });
    assert_eq!(status, StatusCode::OK);
    let Quic { world, running, .. } = quic;
    world.runtime.block_on(async { tokio::time::timeout(PATIENCE, running).await.unwrap().unwrap() });
}
