//! Answers to HTTP requests.

use crate::limits::{RETRY_AFTER_BUSY, RETRY_AFTER_FAILURE};
use bytes::Bytes;
use http::{
    HeaderName, HeaderValue, Method, Response, StatusCode,
    header::{ALLOW, CONTENT_TYPE, ETAG, RETRY_AFTER, WWW_AUTHENTICATE},
};
use http_body_util::Full;

/// An answer: a status, some header fields, a body.
#[derive(Clone, Debug)]
pub struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

/// The content type of sentences for people.
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

impl Reply {
    /// Status 200 with a body.
    #[must_use]
    pub fn ok(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        let headers = vec![(CONTENT_TYPE, HeaderValue::from_static(content_type))];
        Self { status: StatusCode::OK, headers, body: body.into() }
    }

    /// A status and a sentence that says why.
    #[must_use]
    pub fn refused(status: StatusCode, reason: impl Into<String>) -> Self {
        let body = Bytes::from(reason.into() + "\n");
        Self { status, headers: vec![(CONTENT_TYPE, TEXT)], body }
    }

    /// 400.
    #[must_use]
    pub fn bad(reason: impl Into<String>) -> Self {
        Self::refused(StatusCode::BAD_REQUEST, reason)
    }

    /// 404.
    #[must_use]
    pub fn nothing_here() -> Self {
        Self::refused(StatusCode::NOT_FOUND, "nothing here")
    }

    /// 405, with the methods that there are.
    #[must_use]
    pub fn only(methods: &'static str) -> Self {
        let reply = Self::refused(StatusCode::METHOD_NOT_ALLOWED, format!("only {methods}"));
        reply.with(ALLOW, HeaderValue::from_static(methods))
    }

    /// 401, with how to come.
    #[must_use]
    pub fn unauthorized() -> Self {
        let reply = Self::refused(StatusCode::UNAUTHORIZED, "a token is needed");
        reply.with(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 503: nothing was done, and the same request may come again at once.
    #[must_use]
    pub fn busy() -> Self {
        Self::unavailable("busy", RETRY_AFTER_BUSY)
    }

    /// 503: the authority cannot serve anybody until somebody has looked.
    #[must_use]
    pub fn out_of_order() -> Self {
        Self::unavailable("out of order", RETRY_AFTER_FAILURE)
    }

    fn unavailable(reason: &str, seconds: u32) -> Self {
        let reply = Self::refused(StatusCode::SERVICE_UNAVAILABLE, reason);
        reply.with(RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// 304: what the client has is what there is.
    #[must_use]
    pub fn not_modified(tag: HeaderValue) -> Self {
        let reply = Self { status: StatusCode::NOT_MODIFIED, headers: Vec::new(), body: Bytes::new() };
        reply.with(ETAG, tag)
    }

    /// With another header field.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Its status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// As HTTP has it; HEAD has no body.
    pub(crate) fn into_response(self, method: &Method) -> Response<Full<Bytes>> {
        let body = if method == Method::HEAD { Bytes::new() } else { self.body };
        let mut response = Response::new(Full::new(body));
        *response.status_mut() = self.status;
        response.headers_mut().extend(self.headers);
        response
    }
}
