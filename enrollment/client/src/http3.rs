//! HTTP/3 (RFC 9114), for addresses that begin with `https`.

use crate::{
    bounded::{Bounded, Incoming, Opener},
    client::{Arriving, BoxError, Exchange},
    limits::{CONNECT_TIME, HTTP3_KEEP_ALIVE, HTTP3_SILENCE, MAX_HTTP3_HEAD_OCTETS, MAX_HTTP3_OCTETS},
};
use bytes::{Buf as _, Bytes};
use h3::client::{RequestStream, SendRequest};
use http::{Request, Response, Uri};
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame};
use quinn::{ClientConfig, Endpoint, TransportConfig, crypto::rustls::QuicClientConfig};
use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use std::{
    fmt,
    future::poll_fn,
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};
use thiserror::Error;
use tokio::time::timeout;

/// Whom a client believes to be the server that a name or address of the network belongs to.
#[derive(Clone)]
pub struct ServerTrust(ClientConfig);

/// Why certificates cannot be trusted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the TLS certificates to trust cannot be used: {0}")]
pub struct BadTrust(String);

impl fmt::Debug for ServerTrust {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ServerTrust")
    }
}

impl ServerTrust {
    /// The holders of these certificates in PEM, and whom they vouch for.
    ///
    /// # Errors
    /// [`BadTrust`].
    pub fn from_pem(certificates: &[u8]) -> Result<Self, BadTrust> {
        let bad = |error: &dyn fmt::Display| BadTrust(error.to_string());
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(certificates) {
            roots.add(certificate.map_err(|error| bad(&error))?).map_err(|error| bad(&error))?;
        }
        if roots.is_empty() {
            return Err(bad(&"there is none"));
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(|error| bad(&error))?;
        let mut tls = tls.with_root_certificates(roots).with_no_client_auth();
        tls.alpn_protocols = vec![b"h3".to_vec()];
        let tls = QuicClientConfig::try_from(tls).map_err(|error| bad(&error))?;
        let mut config = ClientConfig::new(Arc::new(tls));
        let mut transport = TransportConfig::default();
        let silence = HTTP3_SILENCE.try_into().map_err(|error| bad(&error))?;
        transport.max_idle_timeout(Some(silence)).keep_alive_interval(Some(HTTP3_KEEP_ALIVE));
        config.transport_config(Arc::new(transport));
        Ok(Self(config))
    }
}

/// Exchanges over HTTP/3, on one connection with whoever was asked last.
#[derive(Debug)]
pub(crate) struct Http3 {
    trust: ServerTrust,
    known: Mutex<Option<Known>>,
}

type Requests = SendRequest<Opener, Bytes>;

#[derive(Clone)]
struct Known {
    authority: String,
    /// It ends with its last connection.
    _endpoint: Endpoint,
    requests: Requests,
}

impl fmt::Debug for Known {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.authority)
    }
}

impl Http3 {
    pub(crate) const fn new(trust: ServerTrust) -> Self {
        Self { trust, known: Mutex::new(None) }
    }

    /// The head of an answer, and the body while it comes.
    pub(crate) async fn exchange(&self, exchange: &Exchange) -> Result<Response<Arriving>, BoxError> {
        if let Some(known) = self.known(&exchange.uri) {
            match ask(known, exchange).await {
                Ok(response) => return Ok(response),
                // The server may have ended the connection since.
                Err(_) => self.set_known(None),
            }
        }
        let known = timeout(CONNECT_TIME, self.connect(&exchange.uri)).await??;
        self.set_known(Some(known.clone()));
        let response = ask(known, exchange).await;
        if response.is_err() {
            self.set_known(None);
        }
        response
    }

    fn known(&self, uri: &Uri) -> Option<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        known.filter(|known| {
            Some(known.authority.as_str()) == uri.authority().map(|authority| authority.as_str())
        })
    }

    fn set_known(&self, known: Option<Known>) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }

    async fn connect(&self, uri: &Uri) -> Result<Known, BoxError> {
        let authority = uri.authority().ok_or("an address without a host")?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let mut found = tokio::net::lookup_host((host, authority.port_u16().unwrap_or(443))).await?;
        let address = found.next().ok_or_else(|| io::Error::from(io::ErrorKind::AddrNotAvailable))?;
        let endpoint = Endpoint::client(any_port(address))?;
        let connection = endpoint.connect_with(self.trust.0.clone(), address, host)?.await?;
        let mut builder = h3::client::builder();
        builder.max_field_section_size(MAX_HTTP3_HEAD_OCTETS);
        let (mut driver, requests) = builder.build(Bounded::new(connection, MAX_HTTP3_OCTETS)).await?;
        tokio::spawn(async move {
            // When the connection fails, so does whatever is asked on it: nobody else needs to know.
            let _ = poll_fn(|cx| driver.poll_close(cx)).await;
        });
        Ok(Known { authority: authority.to_string(), _endpoint: endpoint, requests })
    }
}

const fn any_port(to: SocketAddr) -> SocketAddr {
    match to {
        SocketAddr::V4(_) => SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0),
        SocketAddr::V6(_) => SocketAddr::new(std::net::IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0),
    }
}

async fn ask(mut known: Known, exchange: &Exchange) -> Result<Response<Arriving>, BoxError> {
    let mut request = Request::builder().method(exchange.method.clone()).uri(exchange.uri.clone());
    for (name, value) in &exchange.headers {
        request = request.header(name, value);
    }
    let mut stream = known.requests.send_request(request.body(())?).await?;
    // A server may refuse a request before it has read all of it, and then has answered.
    if !exchange.body.is_empty() {
        let _ = stream.send_data(exchange.body.clone()).await;
    }
    let _ = stream.finish().await;
    let response = stream.recv_response().await?;
    Ok(response.map(|()| Receiving { stream, _known: known }.boxed_unsync()))
}

/// What comes in of an answer, which keeps its connection.
struct Receiving {
    stream: RequestStream<Incoming<h3_quinn::BidiStream<Bytes>>, Bytes>,
    _known: Known,
}

impl Body for Receiving {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Poll::Ready(match ready!(self.stream.poll_recv_data(cx)) {
            Ok(Some(mut data)) => Some(Ok(Frame::data(data.copy_to_bytes(data.remaining())))),
            Ok(None) => None,
            Err(error) => Some(Err(error.into())),
        })
    }
}
