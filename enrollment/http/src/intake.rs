//! Bodies of requests, bounded in size and time.

use crate::{
    limits::{BODY_TIME, MAX_REQUEST_OCTETS},
    reply::Reply,
};
use bytes::{Bytes, BytesMut};
use http::{
    HeaderMap, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE},
};
use http_body_util::{BodyExt as _, combinators::UnsyncBoxBody};
use hyper::body::Body as _;
use std::time::Duration;
use tokio::time::timeout;

/// Why a body broke off.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a request while it arrives, whichever HTTP brings it.
pub type Arriving = UnsyncBoxBody<Bytes, BoxError>;

/// What a body may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Its octets.
    pub octets: usize,
    /// How long it may take to arrive.
    pub time: Duration,
}

/// What a message of TS 102 941 may be.
impl Default for Bounds {
    fn default() -> Self {
        Self { octets: MAX_REQUEST_OCTETS, time: BODY_TIME }
    }
}

/// Checks that a body is of a type, as it is.
///
/// # Errors
/// 415.
pub fn check_type(headers: &HeaderMap, expected: &str) -> Result<(), Reply> {
    let refused = |what: String| Reply::refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, what);
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case(expected) {
        return Err(refused(format!("the content type is not {expected}")));
    }
    match headers.get(CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => Err(refused("encoded content is not read".to_owned())),
        Some(_) | None => Ok(()),
    }
}

/// Reads a body within bounds. One that says that it is longer is refused unread, one that turns out to be as
/// soon as it does.
///
/// # Errors
/// 413 for a longer body, 408 for one that takes too long, 400 for one that breaks off.
pub async fn read(headers: &HeaderMap, body: Arriving, bounds: Bounds) -> Result<Bytes, Reply> {
    let most = bounds.octets;
    let too_long = || {
        let reason = format!("the body is longer than {most} octets");
        Reply::refused(StatusCode::PAYLOAD_TOO_LARGE, reason)
    };
    let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|announced| announced > most as u64) || body.size_hint().lower() > most as u64 {
        return Err(too_long());
    }
    match timeout(bounds.time, collect(body, most)).await {
        Ok(Ok(Some(octets))) if announced.is_some_and(|announced| announced != octets.len() as u64) => {
            Err(Reply::bad("the body is not as long as it was said to be"))
        }
        Ok(Ok(Some(octets))) => Ok(octets),
        Ok(Ok(None)) => Err(too_long()),
        Ok(Err(_)) => Err(Reply::bad("the body broke off")),
        Err(_) => Err(Reply::refused(StatusCode::REQUEST_TIMEOUT, "the body took too long")),
    }
}

/// All of a body; `None` when it is longer.
async fn collect(mut body: Arriving, most: usize) -> Result<Option<Bytes>, BoxError> {
    let mut octets = BytesMut::new();
    while let Some(frame) = body.frame().await {
        // Trailers say nothing here.
        let Ok(data) = frame?.into_data() else { continue };
        if octets.len().saturating_add(data.len()) > most {
            return Ok(None);
        }
        octets.extend_from_slice(&data);
    }
    Ok(Some(octets.freeze()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn status(fields: &[(http::HeaderName, &'static str)]) -> Option<StatusCode> {
        let fields = fields.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        let checked = check_type(&fields.collect(), "application/x-its-request");
        checked.err().map(|reply| reply.status())
    }

    #[test]
    fn a_type_is_read_without_regard_to_case_and_parameters() {
        assert_eq!(status(&[(CONTENT_TYPE, "application/x-its-request")]), None);
        assert_eq!(status(&[(CONTENT_TYPE, "Application/X-ITS-Request; charset=binary")]), None);
    }

    #[test]
    fn other_types_and_encoded_bodies_are_not_taken() {
        let wrong = Some(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(status(&[]), wrong);
        assert_eq!(status(&[(CONTENT_TYPE, "application/json")]), wrong);
        let encoded = [(CONTENT_TYPE, "application/x-its-request"), (CONTENT_ENCODING, "gzip")];
        assert_eq!(status(&encoded), wrong);
    }
}
