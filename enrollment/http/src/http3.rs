//! HTTP/3: the same requests over QUIC (RFC 9114), within the same limits.

use crate::{
    intake::{Arriving, BoxError},
    limits::{
        HTTP3_LINGER, MAX_HEAD_OCTETS, MAX_HEADERS, MAX_HTTP3_CONTROL_STREAMS, MAX_HTTP3_OCTETS,
        MAX_HTTP3_STREAMS, STREAM_WINDOW,
    },
    metrics::Metrics,
    reply::Reply,
    server::{Activity, Busy, Handler, Patience, Shared, answer, stopped},
};
use bytes::{Buf as _, Bytes};
use enrollment_client::bounded::{Bounded, Incoming};
use h3::server::{RequestResolver, RequestStream};
use http::{Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Frame};
use quinn::{Endpoint, ServerConfig, TransportConfig, VarInt, crypto::rustls::QuicServerConfig};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use thiserror::Error;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::timeout,
};

/// Who a server is to clients of TLS: a certificate and those above it, and its key.
pub struct ServerIdentity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// Why HTTP/3 cannot be served.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Http3Error {
    /// What should be certificates in PEM is not.
    #[error("the TLS certificate cannot be read: {0}")]
    Certificate(String),
    /// What should be a private key in PEM is not.
    #[error("the TLS key cannot be read")]
    Key,
    /// Certificate and key are not for each other, or of a kind that TLS 1.3 has not.
    #[error("the TLS certificate and key cannot be used: {0}")]
    Unusable(String),
    /// The address cannot be had.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl ServerIdentity {
    /// A chain of certificates, the server's own first, and its key, both in PEM.
    ///
    /// # Errors
    /// [`Http3Error::Certificate`], [`Http3Error::Key`], neither with anything of the key.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, Http3Error> {
        let chain = CertificateDer::pem_slice_iter(certificates).collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(|error| Http3Error::Certificate(error.to_string()))?;
        if chain.is_empty() {
            return Err(Http3Error::Certificate("there is none".to_owned()));
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| Http3Error::Key)?;
        Ok(Self { chain, key })
    }

    fn server(self, patience: Patience) -> Result<ServerConfig, Http3Error> {
        let unusable = |error: String| Http3Error::Unusable(error);
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(|error| unusable(error.to_string()))?
            .with_no_client_auth()
            .with_single_cert(self.chain, self.key);
        let mut tls = tls.map_err(|error| unusable(error.to_string()))?;
        tls.alpn_protocols = vec![b"h3".to_vec()];
        let tls = QuicServerConfig::try_from(tls).map_err(|error| unusable(error.to_string()))?;
        let mut config = ServerConfig::with_crypto(Arc::new(tls));
        config.transport_config(Arc::new(transport(patience)?)).migration(true);
        Ok(config)
    }
}

fn transport(patience: Patience) -> Result<TransportConfig, Http3Error> {
    let idle =
        patience.idle.try_into().map_err(|_| Http3Error::Unusable("too long an idle time".to_owned()))?;
    let mut transport = TransportConfig::default();
    transport
        .max_idle_timeout(Some(idle))
        .max_concurrent_bidi_streams(VarInt::from_u32(MAX_HTTP3_STREAMS))
        .max_concurrent_uni_streams(VarInt::from_u32(MAX_HTTP3_CONTROL_STREAMS))
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW))
        .receive_window(VarInt::from_u32(STREAM_WINDOW * MAX_HTTP3_STREAMS))
        .datagram_receive_buffer_size(None);
    Ok(transport)
}

/// A listener that takes connections once it runs.
pub struct Http3Server {
    endpoint: Endpoint,
    connections: usize,
    patience: Patience,
    shared: Arc<Shared>,
}

impl Http3Server {
    /// Listens at an address of UDP, for at most so many connections at once. It is called within an executor.
    ///
    /// # Errors
    /// [`Http3Error`].
    pub fn bind(
        address: SocketAddr,
        identity: ServerIdentity,
        (connections, patience): (usize, Patience),
        handler: Arc<dyn Handler>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, Http3Error> {
        let mut config = identity.server(patience)?;
        config.max_incoming(connections);
        let endpoint = Endpoint::server(config, address)?;
        Ok(Self { endpoint, connections, patience, shared: Arc::new(Shared::new(handler, metrics)) })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.endpoint.local_addr()
    }

    /// Serves until `stop` turns true, and ends as [`Server::run`](crate::server::Server::run) does.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let room = Arc::new(Semaphore::new(self.connections));
        loop {
            let incoming = tokio::select! {
                incoming = self.endpoint.accept() => incoming,
                () = stopped(&mut stop) => break,
            };
            let Some(incoming) = incoming else { break };
            self.take(incoming, &room, stop.clone());
        }
        self.endpoint.set_server_config(None);
        let all = u32::try_from(self.connections).unwrap_or(u32::MAX);
        if timeout(self.patience.stop, room.acquire_many(all)).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
        self.endpoint.close(VarInt::from_u32(0), b"");
        // Whoever is not told finds out by silence.
        let _ = timeout(HTTP3_LINGER, self.endpoint.wait_idle()).await;
    }

    fn take(&self, incoming: quinn::Incoming, room: &Arc<Semaphore>, stop: watch::Receiver<bool>) {
        if room.available_permits() * 2 < self.connections && !incoming.remote_address_validated() {
            // Half of the room is for those who are where they say that they are. One who cannot be told so tries again.
            let _ = incoming.retry();
            return;
        }
        let Ok(place) = Arc::clone(room).try_acquire_owned() else {
            self.shared.metrics.not_connected();
            incoming.refuse();
            return;
        };
        self.shared.metrics.connected();
        tokio::spawn(serve(incoming, Arc::clone(&self.shared), self.patience, stop, Arc::new(place)));
    }
}

/// One connection, to its end: its own, that of its patience, or that of the server.
async fn serve(
    incoming: quinn::Incoming,
    shared: Arc<Shared>,
    patience: Patience,
    mut stop: watch::Receiver<bool>,
    place: Arc<OwnedSemaphorePermit>,
) {
    let Ok(Ok(quic)) = timeout(patience.head, incoming.into_future()).await else { return };
    let mut builder = h3::server::builder();
    builder.max_field_section_size(MAX_HEAD_OCTETS as u64);
    let building = builder.build::<_, Bytes>(Bounded::new(quic.clone(), MAX_HTTP3_OCTETS));
    let Ok(Ok(mut connection)) = timeout(patience.head, building).await else { return };
    let (activity, mut is_ending) = (Arc::new(Activity::new()), false);
    loop {
        tokio::select! {
            accepted = connection.accept() => match accepted {
                Ok(Some(request)) => {
                    let one = One { shared: Arc::clone(&shared), patience, _busy: activity.begin(), _place: Arc::clone(&place) };
                    tokio::spawn(one.answer(request));
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::debug!(reason = %error, "a connection broke");
                    return;
                }
            },
            () = activity.idle(patience.idle) => return,
            // A client may stay for long after it was told that no more is taken.
            () = activity.quiet(), if is_ending => break,
            () = stopped(&mut stop), if !is_ending => {
                is_ending = true;
                if connection.shutdown(0).await.is_err() {
                    return;
                }
            }
        }
    }
    // An answer that was sent has not arrived yet, and would be lost with the connection.
    let _ = timeout(HTTP3_LINGER, quic.closed()).await;
}

/// A request under way, which keeps its connection's place.
struct One {
    shared: Arc<Shared>,
    patience: Patience,
    _busy: Busy,
    _place: Arc<OwnedSemaphorePermit>,
}

impl One {
    async fn answer(self, request: RequestResolver<Bounded, Bytes>) {
        let resolved = timeout(self.patience.head, request.resolve_request()).await;
        let Ok(Ok((request, stream))) = resolved else { return };
        let (mut sending, receiving) = stream.split();
        let response = if request.headers().len() > MAX_HEADERS {
            let reply = Reply::refused(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "too many header fields");
            reply.into_response(request.method())
        } else {
            answer(&self.shared, request.map(|()| arriving(receiving))).await
        };
        // One that nobody reads is given up.
        let _ = timeout(self.patience.idle, send(&mut sending, response)).await;
    }
}

async fn send(
    sending: &mut RequestStream<h3_quinn::SendStream<Bytes>, Bytes>,
    response: Response<Full<Bytes>>,
) -> Result<(), BoxError> {
    let (head, body) = response.into_parts();
    sending.send_response(Response::from_parts(head, ())).await?;
    let body = body.collect().await?.to_bytes();
    if !body.is_empty() {
        sending.send_data(body).await?;
    }
    Ok(sending.finish().await?)
}

/// What comes in of a request.
struct Receiving(RequestStream<Incoming<h3_quinn::RecvStream>, Bytes>);

fn arriving(receiving: RequestStream<Incoming<h3_quinn::RecvStream>, Bytes>) -> Arriving {
    Receiving(receiving).boxed_unsync()
}

impl Body for Receiving {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Poll::Ready(match ready!(self.0.poll_recv_data(cx)) {
            Ok(Some(mut data)) => Some(Ok(Frame::data(data.copy_to_bytes(data.remaining())))),
            Ok(None) => None,
            Err(error) => Some(Err(error.into())),
        })
    }
}
