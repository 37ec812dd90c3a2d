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
    tls::{ServerIdentity, TlsError},
};
use bytes::{Buf as _, Bytes};
use enrollment_client::bounded::{Bounded, Incoming};
use h3::server::{RequestResolver, RequestStream};
use http::{Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body, Frame};
use quinn::{Endpoint, ServerConfig, TransportConfig, VarInt, crypto::rustls::QuicServerConfig};
use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    time::timeout,
};

/// How a server shows itself, and what it gives a connection.
fn configuration(identity: ServerIdentity, patience: Patience) -> Result<ServerConfig, TlsError> {
    let tls = identity.alone(&[b"h3"])?;
    let tls = QuicServerConfig::try_from(tls).map_err(|error| TlsError::Unusable(error.to_string()))?;
    let mut config = ServerConfig::with_crypto(Arc::new(tls));
    config.transport_config(Arc::new(transport(patience)?));
    Ok(config)
}

fn transport(patience: Patience) -> Result<TransportConfig, TlsError> {
    let idle =
        patience.idle.try_into().map_err(|_| TlsError::Unusable("too long an idle time".to_owned()))?;
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
    /// [`TlsError`].
    pub fn bind(
        address: SocketAddr,
        identity: ServerIdentity,
        (connections, patience): (usize, Patience),
        handler: Arc<dyn Handler>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, TlsError> {
        let mut config = configuration(identity, patience)?;
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
