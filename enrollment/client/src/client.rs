//! Sending and fetching, again and again if need be.

use crate::{
    AccessPoint, BadAccessPoint,
    limits::{ATTEMPT_TIME, CONNECT_TIME, FIRST_PAUSE, LONGEST_PAUSE, MAX_ANSWER_OCTETS, MAX_LIST_OCTETS},
};
use bytes::{Bytes, BytesMut};
use enrollment_protocol::resource::{REQUEST_TYPE, RESPONSE_TYPE, Resource};
use getrandom::{SysRng, rand_core::TryRng as _};
use http::{
    HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER},
};
use http_body_util::{BodyExt as _, Full, combinators::UnsyncBoxBody};
use hyper::body::Body as _;
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::TokioExecutor,
};
use std::time::Duration;
use thiserror::Error;
use tokio::time::{Instant, sleep, timeout};

/// Which HTTP is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1, as annex C says.
    Http1,
    /// HTTP/2 without asking, for servers that are known to speak it: many requests share a connection.
    Http2,
}

/// A client. Clones share connections.
#[derive(Clone, Debug)]
pub struct Client {
    inner: legacy::Client<HttpConnector, Full<Bytes>>,
    #[cfg(feature = "http3")]
    http3: Option<std::sync::Arc<crate::http3::Http3>>,
    #[cfg(feature = "tls")]
    identity: Option<crate::tls::ClientIdentity>,
}

/// Why an exchange broke off.
pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of an answer while it arrives, whichever HTTP brings it.
pub(crate) type Arriving = UnsyncBoxBody<Bytes, BoxError>;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClientError {
    /// The address is none.
    #[error(transparent)]
    Address(#[from] BadAccessPoint),
    /// Nobody is there, or the connection broke.
    #[error("{to} cannot be reached: {why}")]
    Unreachable {
        /// Who was asked.
        to: String,
        /// What went wrong.
        why: String,
    },
    /// There was no answer in time.
    #[error("{0} did not answer in time")]
    TimedOut(String),
    /// The server answered about the request as such.
    #[error("{to} answered {status}{}", colon(.says))]
    Status {
        /// Who was asked.
        to: String,
        /// The status.
        status: u16,
        /// What it said, in a line.
        says: String,
    },
    /// The answer has more octets than any has.
    #[error("{to} answered more than {most} octets")]
    TooLong {
        /// Who was asked.
        to: String,
        /// The limit.
        most: usize,
    },
}

fn colon(says: &str) -> String {
    if says.is_empty() { String::new() } else { format!(": {says}") }
}

/// What was fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The octets.
    pub octets: Vec<u8>,
    /// What the server calls this state of it.
    pub tag: Option<String>,
}

/// One exchange to try.
pub(crate) struct Exchange {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Bytes,
    most: usize,
}

/// An attempt that failed, and whether another may not.
struct Failed {
    error: ClientError,
    again: Again,
}

#[derive(Clone, Copy)]
enum Again {
    Never,
    After(Duration),
}

impl Client {
    /// A client that has no connection yet.
    #[must_use]
    pub fn new(protocol: Protocol) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIME));
        connector.set_nodelay(true);
        let mut builder = legacy::Client::builder(TokioExecutor::new());
        builder.http2_only(protocol == Protocol::Http2);
        Self {
            inner: builder.build(connector),
            #[cfg(feature = "http3")]
            http3: None,
            #[cfg(feature = "tls")]
            identity: None,
        }
    }

    /// The same client, which shows servers at addresses that begin with `https` who it is.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn with_identity(mut self, identity: crate::tls::ClientIdentity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// The same client, which speaks HTTP/3 with addresses that begin with `https`, and believes these servers.
    #[cfg(feature = "http3")]
    #[must_use]
    pub fn with_http3(mut self, trust: crate::http3::ServerTrust) -> Self {
        self.http3 = Some(std::sync::Arc::new(crate::http3::Http3::new(trust)));
        self
    }

    /// Sends a request to an EA or AA (annex C), the same octets until there is an answer, for as long as `patience`.
    ///
    /// # Errors
    /// [`ClientError`] of the last attempt.
    pub async fn send(
        &self,
        to: &AccessPoint,
        request: &[u8],
        patience: Duration,
    ) -> Result<Vec<u8>, ClientError> {
        let body = Bytes::copy_from_slice(request);
        let (method, uri) = (Method::POST, to.uri().clone());
        let headers = vec![
            (CONTENT_TYPE, HeaderValue::from_static(REQUEST_TYPE)),
            (ACCEPT, HeaderValue::from_static(RESPONSE_TYPE)),
        ];
        let exchange = Exchange { method, uri, headers, body, most: MAX_ANSWER_OCTETS };
        let fetched = self.persist(&exchange, patience).await?;
        Ok(fetched.map(|fetched| fetched.octets).unwrap_or_default())
    }

    /// Fetches from a distribution centre or CPOC (annexes D and E), for as long as `patience`. `None` when it is still
    /// what the server calls `known`.
    ///
    /// # Errors
    /// [`ClientError`] of the last attempt; status 404 when there is none.
    pub async fn fetch(
        &self,
        from: &AccessPoint,
        resource: Resource,
        known: Option<&str>,
        patience: Duration,
    ) -> Result<Option<Fetched>, ClientError> {
        let known = known.and_then(|tag| HeaderValue::from_str(tag).ok());
        let headers = known.map(|tag| (IF_NONE_MATCH, tag)).into_iter().collect();
        let (method, uri, body) = (Method::GET, from.resource(resource)?, Bytes::new());
        self.persist(&Exchange { method, uri, headers, body, most: MAX_LIST_OCTETS }, patience).await
    }

    /// Asks something of whoever administers an authority, once: with a body a POST, without a GET.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn administer(
        &self,
        to: &AccessPoint,
        token: Option<&str>,
        body: Option<(&'static str, Vec<u8>)>,
        patience: Duration,
    ) -> Result<Vec<u8>, ClientError> {
        let mut headers = Vec::new();
        let bearer = token.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok());
        headers.extend(bearer.map(|mut bearer| {
            bearer.set_sensitive(true);
            (AUTHORIZATION, bearer)
        }));
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let (content_type, body) = body.unwrap_or_default();
        headers.push((CONTENT_TYPE, HeaderValue::from_static(content_type)));
        let exchange =
            Exchange { method, uri: to.uri().clone(), headers, body: body.into(), most: MAX_LIST_OCTETS };
        let answered = timeout(patience, self.once(&exchange)).await;
        let answered = answered.map_err(|_| ClientError::TimedOut(exchange.to()))?;
        let fetched = answered.map_err(|failed| failed.error)?;
        Ok(fetched.map(|fetched| fetched.octets).unwrap_or_default())
    }

    async fn persist(&self, exchange: &Exchange, patience: Duration) -> Result<Option<Fetched>, ClientError> {
        let (deadline, mut pause) = (Instant::now() + patience, FIRST_PAUSE);
        loop {
            let failed = match self.attempt(exchange, deadline).await {
                Ok(fetched) => return Ok(fetched),
                Err(failed) => failed,
            };
            let Again::After(least) = failed.again else { return Err(failed.error) };
            let wait = least.max(jittered(pause));
            if Instant::now() + wait >= deadline {
                return Err(failed.error);
            }
            sleep(wait).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn attempt(&self, exchange: &Exchange, deadline: Instant) -> Result<Option<Fetched>, Failed> {
        let time = ATTEMPT_TIME.min(deadline.saturating_duration_since(Instant::now()));
        let answered = timeout(time, self.once(exchange)).await;
        answered.unwrap_or_else(|_| Err(exchange.failed(ClientError::TimedOut(exchange.to()))))
    }

    async fn once(&self, exchange: &Exchange) -> Result<Option<Fetched>, Failed> {
        let response = self.respond(exchange).await?;
        match response.status() {
            StatusCode::OK => exchange.take(response).await.map(Some),
            StatusCode::NOT_MODIFIED => Ok(None),
            _ => Err(exchange.refused(response).await),
        }
    }
}

impl Client {
    async fn respond(&self, exchange: &Exchange) -> Result<Response<Arriving>, Failed> {
        if exchange.uri.scheme_str() != Some("https") {
            return self.respond_in_the_clear(exchange).await;
        }
        #[cfg(feature = "tls")]
        if let Some(identity) = &self.identity {
            return identity.exchange(exchange).await.map_err(|error| exchange.unreachable(&*error));
        }
        #[cfg(feature = "http3")]
        if let Some(http3) = &self.http3 {
            return http3.exchange(exchange).await.map_err(|error| exchange.unreachable(&*error));
        }
        let (to, why) = (exchange.to(), "it is not said whose TLS certificates to trust".to_owned());
        Err(Failed { error: ClientError::Unreachable { to, why }, again: Again::Never })
    }

    /// Over HTTP/1.1 or HTTP/2, without TLS.
    async fn respond_in_the_clear(&self, exchange: &Exchange) -> Result<Response<Arriving>, Failed> {
        let response = self.inner.request(exchange.request()?).await;
        let response = response.map_err(|error| exchange.unreachable(&error))?;
        Ok(response.map(|body| body.map_err(BoxError::from).boxed_unsync()))
    }
}

impl Exchange {
    fn to(&self) -> String {
        self.uri.to_string()
    }

    /// An attempt after which another may do better.
    const fn failed(&self, error: ClientError) -> Failed {
        Failed { error, again: Again::After(Duration::ZERO) }
    }

    fn unreachable(&self, error: &dyn std::error::Error) -> Failed {
        let why = std::iter::successors(error.source(), |cause| cause.source()).last();
        let why = why.map_or_else(|| error.to_string(), ToString::to_string);
        self.failed(ClientError::Unreachable { to: self.to(), why })
    }

    fn request(&self) -> Result<Request<Full<Bytes>>, Failed> {
        let mut request = Request::builder().method(self.method.clone()).uri(self.uri.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.body(Full::new(self.body.clone())).map_err(|error| self.unreachable(&error))
    }

    async fn take(&self, response: Response<Arriving>) -> Result<Fetched, Failed> {
        let tag = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let octets = collect(response.into_body(), self.most).await;
        match octets.map_err(|error| self.unreachable(&*error))? {
            Some(octets) => Ok(Fetched { octets: octets.into(), tag }),
            None => {
                let error = ClientError::TooLong { to: self.to(), most: self.most };
                Err(Failed { error, again: Again::Never })
            }
        }
    }

    /// A server that is busy or behind a proxy that is says so; everything else will not change by itself.
    async fn refused(&self, response: Response<Arriving>) -> Failed {
        let status = response.status();
        let after = response.headers().get(RETRY_AFTER).and_then(|after| after.to_str().ok()?.parse().ok());
        let again = match status {
            StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::REQUEST_TIMEOUT
            | StatusCode::GATEWAY_TIMEOUT => Again::After(Duration::from_secs(after.unwrap_or(0))),
            _ => Again::Never,
        };
        let says = collect(response.into_body(), MAX_SAYING).await.ok().flatten().unwrap_or_default();
        let says = String::from_utf8_lossy(&says).lines().next().unwrap_or_default().trim().to_owned();
        Failed { error: ClientError::Status { to: self.to(), status: status.as_u16(), says }, again }
    }
}

/// Octets of what a server says about a request: a line or two.
const MAX_SAYING: usize = 1_024;

/// All of a body; `None` when it is longer.
async fn collect(mut body: Arriving, most: usize) -> Result<Option<Bytes>, BoxError> {
    if body.size_hint().lower() > most as u64 {
        return Ok(None);
    }
    let mut octets = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        if octets.len().saturating_add(data.len()) > most {
            return Ok(None);
        }
        octets.extend_from_slice(&data);
    }
    Ok(Some(octets.freeze()))
}

/// Between half a pause and the whole: many that failed together do not come again together. Without randomness, the whole.
fn jittered(pause: Duration) -> Duration {
    let share = SysRng.try_next_u32().unwrap_or(u32::MAX);
    pause / 2 + (pause / 2).mul_f64(f64::from(share) / f64::from(u32::MAX))
}
