//! Distribution centre and CPOC: hand out trust lists, revocation lists and TLM certificates (TS 102 941 V2.2.1 annexes D and
//! E), as a core without I/O.
//!
//! What is handed in is verified before anything else happens: a list whose signer is not trusted here, whose signature does not
//! verify or that is older than the one at hand is refused, so that a mistake or a break-in at who publishes does not reach the
//! stations as an old list. What is handed out are the octets that came in.
//!
//! A station fetches by [`Resource`], which is the path of the request as well.

pub mod limits;

use std::collections::{BTreeMap, BTreeSet};

use enrollment_protocol::resource::Resource;
use thiserror::Error;
use v2x_codec::time::Time64;
use v2x_security::{
    certificate::Certificate,
    clock::Clock,
    id::HashedId8,
    links::{self, LinkError},
    lists::{self, Head, ListKind},
    refusal::Refusal,
    trust::{Role, TrustStore},
    verifier::Verifier,
};

use limits::{MAX_ISSUERS, MAX_LIST_OCTETS};

/// What is handed out, and whose lists are taken.
pub struct DistributionCentre {
    verifier: Verifier,
    held: BTreeMap<Resource, Held>,
}

struct Held {
    octets: Vec<u8>,
    /// What makes one newer than another: when a list was made, or a certificate's validity starts.
    made: Time64,
}

/// Why something is not handed out. What was handed out before still is.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PublishError {
    /// The list is not believed here.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The link certificate message is not believed here.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// One that is as new is handed out already.
    #[error("{resource} is of {held}; the one at hand is of {offered}")]
    NotNewer {
        /// What would be replaced.
        resource: Resource,
        /// When that was made.
        held: Time64,
        /// When the one at hand was made.
        offered: Time64,
    },
    /// It has more than [`MAX_LIST_OCTETS`] octets.
    #[error("{0} octets; a list has at most {MAX_LIST_OCTETS}")]
    TooLong(usize),
    /// There are lists of [`MAX_ISSUERS`] issuers already.
    #[error("lists of {MAX_ISSUERS} issuers are handed out already")]
    Full,
}

impl DistributionCentre {
    /// A centre that takes the lists of the roots and TLMs that `verifier` trusts, and hands out the certificates of the latter.
    #[must_use]
    pub fn new(verifier: Verifier) -> Self {
        let mut centre = Self { verifier, held: BTreeMap::new() };
        let managers = centre.verifier.trust().iter().filter(|(_, role)| *role == Role::TrustListManager);
        let managers: Vec<Certificate> = managers.map(|(certificate, _)| certificate.clone()).collect();
        managers.iter().for_each(|manager| centre.hold_manager(manager));
        centre
    }

    /// Whose lists are taken, to change that.
    pub const fn trust(&mut self) -> &mut TrustStore {
        self.verifier.trust_mut()
    }

    /// What is asked for, as it came in.
    #[must_use]
    pub fn find(&self, resource: Resource) -> Option<&[u8]> {
        self.held.get(&resource).map(|held| held.octets.as_slice())
    }

    /// Takes a full or delta list or a revocation list, and says by what it is found from now on. The same octets again are no
    /// error.
    ///
    /// # Errors
    /// [`PublishError::Refused`], [`PublishError::NotNewer`], [`PublishError::TooLong`], [`PublishError::Full`].
    pub fn publish(&mut self, clock: &Clock, list: &[u8]) -> Result<Resource, PublishError> {
        if list.len() > MAX_LIST_OCTETS {
            return Err(PublishError::TooLong(list.len()));
        }
        if let Some((resource, _)) = self.held.iter().find(|(_, held)| held.octets == list) {
            return Ok(*resource);
        }
        let head = lists::read(&mut self.verifier, clock, list)?;
        let (resource, made) = (name(&head), head.made);
        self.check_newer(resource, made)?;
        self.check_room(head.issuer)?;
        self.hold(resource, list, made);
        if let Resource::DeltaEctl(tlm, Some(_)) = resource {
            self.hold_latest(Resource::DeltaEctl(tlm, None), list, made);
        }
        Ok(resource)
    }

    /// Takes the link certificate message by which a root or TLM that is trusted here vouches for `next`. Its lists are taken from
    /// now on, and of a TLM both certificate and message are handed out.
    ///
    /// # Errors
    /// [`PublishError::Link`], [`PublishError::TooLong`].
    pub fn publish_link(
        &mut self,
        clock: &Clock,
        message: &[u8],
        next: Certificate,
    ) -> Result<Role, PublishError> {
        if message.len() > MAX_LIST_OCTETS {
            return Err(PublishError::TooLong(message.len()));
        }
        let role = links::follow(self.verifier.trust_mut(), clock, message, next.clone())?;
        if role == Role::TrustListManager {
            self.hold_manager(&next);
            let (id, made) = (next.hashed_id8(), next.validity().begin());
            self.hold(Resource::TlmLinkCertificate(Some(id)), message, made);
            self.hold_latest(Resource::TlmLinkCertificate(None), message, made);
        }
        Ok(role)
    }

    fn hold_manager(&mut self, manager: &Certificate) {
        let (id, made) = (manager.hashed_id8(), manager.validity().begin());
        self.hold(Resource::TlmCertificate(Some(id)), manager.octets(), made);
        self.hold_latest(Resource::TlmCertificate(None), manager.octets(), made);
    }

    fn hold(&mut self, resource: Resource, octets: &[u8], made: Time64) {
        self.held.insert(resource, Held { octets: octets.to_vec(), made });
    }

    fn hold_latest(&mut self, resource: Resource, octets: &[u8], made: Time64) {
        if self.check_newer(resource, made).is_ok() {
            self.hold(resource, octets, made);
        }
    }

    fn check_newer(&self, resource: Resource, offered: Time64) -> Result<(), PublishError> {
        match self.held.get(&resource).map(|held| held.made) {
            Some(held) if held >= offered => Err(PublishError::NotNewer { resource, held, offered }),
            Some(_) | None => Ok(()),
        }
    }

    /// A root has a full list, a revocation list and at most 256 deltas: so issuers are what must be counted.
    fn check_room(&self, issuer: HashedId8) -> Result<(), PublishError> {
        let issuers: BTreeSet<_> = self.held.keys().filter_map(|held| issuer_of(*held)).collect();
        if issuers.contains(&issuer) || issuers.len() < MAX_ISSUERS {
            Ok(())
        } else {
            Err(PublishError::Full)
        }
    }
}

/// By what a list is found.
const fn name(head: &Head) -> Resource {
    match (head.kind, head.delta) {
        (ListKind::Ctl, None) => Resource::Ctl(head.issuer),
        (ListKind::Ctl, Some(number)) => Resource::DeltaCtl(head.issuer, number),
        (ListKind::Ectl, None) => Resource::Ectl(head.issuer),
        (ListKind::Ectl, delta @ Some(_)) => Resource::DeltaEctl(head.issuer, delta),
        (ListKind::Crl, _) => Resource::Crl(head.issuer),
    }
}

const fn issuer_of(resource: Resource) -> Option<HashedId8> {
    match resource {
        Resource::Ctl(issuer)
        | Resource::DeltaCtl(issuer, _)
        | Resource::Crl(issuer)
        | Resource::Ectl(issuer)
        | Resource::DeltaEctl(issuer, _) => Some(issuer),
        Resource::TlmCertificate(_) | Resource::TlmLinkCertificate(_) => None,
    }
}

#[cfg(test)]
mod tests;
