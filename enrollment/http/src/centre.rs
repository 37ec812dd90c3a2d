//! Distribution centre and CPOC.

use crate::reply::Reply;
use bytes::Bytes;
use enrollment_dc::{DistributionCentre, PublishError};
use enrollment_protocol::resource::Resource;
use http::{
    HeaderMap, HeaderValue,
    header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH},
};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use v2x_crypto::sha256;
use v2x_security::{
    certificate::Certificate,
    clock::Clock,
    trust::{Role, TrustStore},
};

/// What is handed out, with its tags.
#[derive(Clone)]
pub struct Centre {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    centre: DistributionCentre,
    /// What was asked for since the last change. As bounded as the centre is.
    served: BTreeMap<Resource, Served>,
}

#[derive(Clone)]
struct Served {
    octets: Bytes,
    tag: HeaderValue,
}

/// Whoever keeps a list asks whether it is still the one: a revocation must not wait in a cache.
const ALWAYS_ASK: HeaderValue = HeaderValue::from_static("no-cache");

impl Centre {
    /// Hands out what `centre` has.
    #[must_use]
    pub fn new(centre: DistributionCentre) -> Self {
        Self { inner: Arc::new(Mutex::new(Inner { centre, served: BTreeMap::new() })) }
    }

    /// Takes a list.
    ///
    /// # Errors
    /// [`PublishError`]: what was handed out before still is.
    pub fn publish(&self, clock: &Clock, list: &[u8]) -> Result<Resource, PublishError> {
        let mut inner = self.lock();
        let published = inner.centre.publish(clock, list);
        inner.served.clear();
        published
    }

    /// Takes a link certificate message and the certificate that it leads to.
    ///
    /// # Errors
    /// [`PublishError`].
    pub fn publish_link(
        &self,
        clock: &Clock,
        message: &[u8],
        next: Certificate,
    ) -> Result<Role, PublishError> {
        let mut inner = self.lock();
        let published = inner.centre.publish_link(clock, message, next);
        inner.served.clear();
        published
    }

    /// Changes whom the centre trusts. What it hands out stays.
    pub fn change(&self, change: impl FnOnce(&mut TrustStore)) {
        change(self.lock().centre.trust());
    }

    /// Hands it out, unless the client has it already.
    pub(crate) fn reply(&self, resource: Resource, headers: &HeaderMap) -> Reply {
        let Some(Served { octets, tag }) = self.find(resource) else { return Reply::nothing_here() };
        let reply = if has(headers, &tag) {
            Reply::not_modified(tag)
        } else {
            Reply::ok(resource.content_type(), octets).with(ETAG, tag)
        };
        reply.with(CACHE_CONTROL, ALWAYS_ASK)
    }

    fn find(&self, resource: Resource) -> Option<Served> {
        let mut inner = self.lock();
        if let Some(served) = inner.served.get(&resource) {
            return Some(served.clone());
        }
        let octets = Bytes::copy_from_slice(inner.centre.find(resource)?);
        let served = Served { tag: tag(&octets)?, octets };
        inner.served.insert(resource, served.clone());
        Some(served)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sixteen octets of the hash of what it is.
fn tag(octets: &[u8]) -> Option<HeaderValue> {
    let mut tag = String::from("\"");
    for octet in sha256(octets).iter().take(16) {
        let _ = write!(tag, "{octet:02x}");
    }
    HeaderValue::from_str(&(tag + "\"")).ok()
}

/// Whether the client says that it has this state (RFC 9110 clause 13.1.2).
fn has(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let tags = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut tags = tags.flat_map(|tags| tags.split(',')).map(|tag| tag.trim().trim_start_matches("W/"));
    tags.any(|known| known == "*" || known.as_bytes() == tag.as_bytes())
}
