//! The listener: connections, their limits, and how they end.

use crate::{
    intake::Arriving,
    limits::{
        HEAD_TIME, IDLE_TIME, MAX_CONNECTIONS, MAX_HEAD_OCTETS, MAX_HEADERS, MAX_STREAMS, STOP_TIME,
        STREAM_WINDOW,
    },
    metrics::Metrics,
    random,
    reply::Reply,
};
use bytes::Bytes;
use http::{Extensions, HeaderName, HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use std::{
    convert::Infallible,
    future::Future,
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time::{Instant, sleep, sleep_until, timeout},
};

/// What answers requests.
pub trait Handler: Send + Sync + 'static {
    /// Answers a request. Everything that it waits for has a limit of its own.
    fn handle(&self, request: Request<Arriving>) -> Pin<Box<dyn Future<Output = Answered> + Send + '_>>;
}

/// An answer, and the name of the place that gave it, for figures and logs.
#[derive(Debug)]
pub struct Answered {
    /// One of a few words.
    pub place: &'static str,
    /// The answer.
    pub reply: Reply,
}

/// What a connection is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long the head of a request may take.
    pub head: Duration,
    /// How long nothing may happen.
    pub idle: Duration,
    /// How long requests may take to their end once the server stops.
    pub stop: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { head: HEAD_TIME, idle: IDLE_TIME, stop: STOP_TIME }
    }
}

/// A listener that takes connections once it runs.
pub struct Server {
    listener: TcpListener,
    connections: usize,
    patience: Patience,
    #[cfg(feature = "tls")]
    tls: Option<crate::tls::MutualTls>,
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    handler: Arc<dyn Handler>,
    pub(crate) metrics: Arc<Metrics>,
    /// Where request numbers start: they tell requests of one log apart, and nothing else.
    numbers: AtomicU64,
}

impl Shared {
    pub(crate) fn new(handler: Arc<dyn Handler>, metrics: Arc<Metrics>) -> Self {
        Self { handler, metrics, numbers: AtomicU64::new(random::number() << 24 >> 24) }
    }
}

impl Server {
    /// Listens at an address, and keeps whoever connects waiting until [`run`](Self::run).
    ///
    /// # Errors
    /// When the address cannot be had.
    pub async fn bind(
        address: SocketAddr,
        handler: Arc<dyn Handler>,
        metrics: Arc<Metrics>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let shared = Arc::new(Shared::new(handler, metrics));
        let (connections, patience) = (MAX_CONNECTIONS, Patience::default());
        Ok(Self {
            listener,
            connections,
            patience,
            #[cfg(feature = "tls")]
            tls: None,
            shared,
        })
    }

    /// With TLS, and clients that show certificates. Their names come with each request, as an extension
    /// [`ClientNames`](crate::tls::ClientNames).
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn with_tls(mut self, tls: crate::tls::MutualTls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// With another limit on connections that are open at once, at most [`MAX_CONNECTIONS`].
    #[must_use]
    pub fn with_connections(mut self, connections: usize) -> Self {
        self.connections = connections.clamp(1, MAX_CONNECTIONS);
        self
    }

    /// With other times.
    #[must_use]
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` turns true. Then no more connections are taken, and requests that were taken in are answered,
    /// for as long as its patience says.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let room = Arc::new(Semaphore::new(self.connections));
        loop {
            let accepted = tokio::select! {
                accepted = self.listener.accept() => accepted,
                () = stopped(&mut stop) => break,
            };
            match accepted {
                Ok((stream, _)) => self.take(stream, &room, stop.clone()),
                Err(error) => {
                    // Out of descriptors, mostly: somebody will leave.
                    tracing::warn!(reason = %error, "a connection was not taken");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        let Self { listener, connections, patience, .. } = self;
        drop(listener);
        let all = u32::try_from(connections).unwrap_or(u32::MAX);
        if timeout(patience.stop, room.acquire_many(all)).await.is_err() {
            tracing::warn!("some connections did not end in time");
        }
    }

    fn take(&self, stream: TcpStream, room: &Arc<Semaphore>, stop: watch::Receiver<bool>) {
        let Ok(place) = Arc::clone(room).try_acquire_owned() else {
            self.shared.metrics.not_connected();
            return;
        };
        self.shared.metrics.connected();
        let (shared, patience) = (Arc::clone(&self.shared), self.patience);
        // Answers are small, and waited for.
        let _ = stream.set_nodelay(true);
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls.clone() {
            tokio::spawn(async move {
                match timeout(patience.head, tls.accept(stream)).await {
                    Ok(Ok((stream, names))) => {
                        let mut about = Extensions::new();
                        about.insert(names);
                        serve(stream, about, shared, patience, stop).await;
                    }
                    Ok(Err(error)) => tracing::debug!(reason = %error, "a client was not let in"),
                    Err(_) => tracing::debug!("a client took too long to show who it is"),
                }
                drop(place);
            });
            return;
        }
        tokio::spawn(async move {
            serve(stream, Extensions::new(), shared, patience, stop).await;
            drop(place);
        });
    }
}

/// How often somebody looks whether a connection that ends has answered all.
#[cfg(feature = "http3")]
const QUIET_LOOK: Duration = Duration::from_millis(5);

/// How long nothing is accepted after a failure to accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Waits until it is time to stop.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // Whoever would say so has gone: that says it too.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// One connection, to its end: its own, that of its patience, or that of the server. What is known `about` the client comes with
/// each of its requests.
async fn serve<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
    about: Extensions,
    shared: Arc<Shared>,
    patience: Patience,
    mut stop: watch::Receiver<bool>,
) {
    let activity = Arc::new(Activity::new());
    let (answering, watched) = (Arc::clone(&activity), Arc::clone(&activity));
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(|body| body.map_err(Into::into).boxed_unsync());
        request.extensions_mut().extend(about.clone());
        let (shared, busy) = (Arc::clone(&shared), answering.begin());
        async move {
            let response = answer(&shared, request).await;
            drop(busy);
            Ok::<_, Infallible>(response)
        }
    });
    let builder = builder(patience);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut is_ending = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(reason = %error, "a connection broke");
                }
                return;
            }
            () = watched.idle(patience.idle) => return,
            () = stopped(&mut stop), if !is_ending => {
                is_ending = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

fn builder(patience: Patience) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.head)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_OCTETS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .max_header_list_size(MAX_HEAD_OCTETS as u32);
    builder
}

pub(crate) async fn answer(shared: &Shared, request: Request<Arriving>) -> Response<Full<Bytes>> {
    let (began, number) = (Instant::now(), shared.numbers.fetch_add(1, Ordering::Relaxed));
    let method = request.method().clone();
    let Answered { place, reply } = shared.handler.handle(request).await;
    let (took, status) = (began.elapsed(), reply.status());
    shared.metrics.answered(place, status, took);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    tracing::info!(request = format!("{number:x}"), place, status = status.as_u16(), micros, "answered");
    let mut response = reply.into_response(&method);
    if let Ok(value) = HeaderValue::from_str(&format!("{number:x}")) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

/// Whether a connection does anything, and since when not.
pub(crate) struct Activity {
    state: Mutex<State>,
}

struct State {
    requests: usize,
    since: Instant,
}

/// A request under way.
pub(crate) struct Busy(Arc<Activity>);

impl Activity {
    pub(crate) fn new() -> Self {
        Self { state: Mutex::new(State { requests: 0, since: Instant::now() }) }
    }

    fn change(&self, change: impl FnOnce(&mut usize)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state.requests);
        state.since = Instant::now();
    }

    pub(crate) fn begin(self: &Arc<Self>) -> Busy {
        self.change(|requests| *requests += 1);
        Busy(Arc::clone(self))
    }

    /// Waits until no request is under way.
    #[cfg(feature = "http3")]
    pub(crate) async fn quiet(&self) {
        while self.state.lock().unwrap_or_else(PoisonError::into_inner).requests > 0 {
            sleep(QUIET_LOOK).await;
        }
    }

    /// Waits until nothing was done for as long as a connection may be silent. It covers what hyper has no limit for: a
    /// first octet that never comes, a head of HTTP/2 that stops, and an answer that nobody reads.
    pub(crate) async fn idle(&self, patience: Duration) {
        loop {
            let end = {
                let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                if state.requests > 0 { Instant::now() + patience } else { state.since + patience }
            };
            if end <= Instant::now() {
                return;
            }
            sleep_until(end).await;
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.change(|requests| *requests = requests.saturating_sub(1));
    }
}
