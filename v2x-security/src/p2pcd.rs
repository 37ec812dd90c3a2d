//! Peer-to-peer certificate distribution in CAMs, both sides (TS 103 097 clause 7.1.1).
//!
//! Asking: a digest that names an unknown ticket, or a certificate whose issuer is unknown, puts the missing
//! certificate's short hash into `inlineP2pcdRequest` of our CAMs, until it is learned or was not met for two seconds.
//!
//! Answering: a request for our own ticket puts it into our next CAM as the signer. A request for an authority's
//! certificate that we hold puts that into `requestedCertificate` of our next CAM that names its signer by digest, unless
//! somebody else sends it first.
//!
//! Nothing learned here is trusted: a certificate from a peer goes through the chain rules like any other.

use std::collections::{BTreeMap, VecDeque};

use v2x_codec::time::Time64;

use crate::id::{HashedId3, HashedId8};
use crate::limits;
use crate::permission::Psid;
use crate::signer_policy::{SignerChoice, SignerPolicy};

/// What the security header of the next CAM carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CamHeader {
    /// How the signer is named.
    pub signer: SignerChoice,
    /// `inlineP2pcdRequest`; absent when empty.
    pub inline_p2pcd_request: Vec<HashedId3>,
    /// The authority whose certificate goes into `requestedCertificate`.
    pub requested_certificate: Option<HashedId8>,
}

/// What one station asks of its peers and owes them.
#[derive(Clone, Debug, Default)]
pub struct PeerCertificates {
    policy: SignerPolicy,
    /// What we lack, and when we last met it.
    lacking: BTreeMap<HashedId3, Time64>,
    /// What peers lack and we hold, oldest request first.
    owed: VecDeque<HashedId8>,
}

impl PeerCertificates {
    /// A station that has met nobody yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { policy: SignerPolicy::new(), lacking: BTreeMap::new(), owed: VecDeque::new() }
    }

    /// The station signs with another ticket from now on.
    pub const fn ticket_changed(&mut self) {
        self.policy.ticket_changed();
    }

    /// A CAM came in whose ticket was not known before, by digest or with its certificate: the sender will not know ours
    /// either.
    pub const fn new_station(&mut self) {
        self.policy.certificate_wanted();
    }

    /// A message named an unknown certificate: a CAM its ticket by digest, or any message's certificate its issuer.
    pub fn lacks(&mut self, now: Time64, certificate: HashedId8) {
        self.lacking.insert(certificate.to_hashed_id3(), now);
        if self.lacking.len() > limits::MAX_PEER_REQUESTS {
            self.forget_stalest();
        }
    }

    /// A certificate became known, from whatever source.
    pub fn learned(&mut self, certificate: HashedId8) {
        self.lacking.remove(&certificate.to_hashed_id3());
    }

    /// A verified CAM asked for certificates. `authority` finds a valid authority certificate that we hold.
    pub fn asked(
        &mut self,
        digests: &[HashedId3],
        own_ticket: HashedId8,
        authority: impl Fn(HashedId3) -> Option<HashedId8>,
    ) {
        for digest in digests.iter().take(limits::MAX_DIGESTS_READ) {
            if *digest == own_ticket.to_hashed_id3() {
                self.policy.certificate_wanted();
            } else if let Some(held) = authority(*digest) {
                self.owe(held);
            }
        }
    }

    /// A verified CAM of another station carried `requestedCertificate`: whoever asked has it now.
    pub fn answered_by_another(&mut self, certificate: HashedId8) {
        self.owed.retain(|owed| *owed != certificate);
    }

    /// The header of a CAM that is sent `now`.
    pub fn next_cam(&mut self, now: Time64) -> CamHeader {
        let signer = self.policy.next(now, Psid::CAM);
        let requested_certificate = match signer {
            SignerChoice::Certificate => None,
            SignerChoice::Digest => self.owed.pop_front(),
        };
        CamHeader { signer, inline_p2pcd_request: self.requests(now), requested_certificate }
    }

    /// The freshest of what we lack, in the order of digests.
    fn requests(&mut self, now: Time64) -> Vec<HashedId3> {
        let fresh = |met: &Time64| met.distance_micros(now) <= limits::PEER_REQUEST_LIFETIME_MICROS;
        self.lacking.retain(|_, met| fresh(met));
        let mut by_age: Vec<_> = self.lacking.iter().map(|(digest, met)| (*met, *digest)).collect();
        by_age.sort_unstable_by(|a, b| b.cmp(a));
        let mut digests: Vec<_> =
            by_age.into_iter().take(limits::MAX_DIGESTS_PER_CAM).map(|(_, digest)| digest).collect();
        digests.sort_unstable();
        digests
    }

    /// A request that finds the queue full is dropped: the asker repeats it, and others hold the certificate too.
    fn owe(&mut self, certificate: HashedId8) {
        if !self.owed.contains(&certificate) && self.owed.len() < limits::MAX_PENDING_ANSWERS {
            self.owed.push_back(certificate);
        }
    }

    fn forget_stalest(&mut self) {
        let stalest = self.lacking.iter().min_by_key(|(_, met)| **met).map(|(digest, _)| *digest);
        if let Some(digest) = stalest {
            self.lacking.remove(&digest);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OWN: HashedId8 = HashedId8([9; 8]);
    const AUTHORITY: HashedId8 = HashedId8([7; 8]);

    fn at(millis: u64) -> Time64 {
        Time64::from_micros(700_000_000_000_000 + millis * 1_000)
    }

    fn id(n: u64) -> HashedId8 {
        HashedId8(n.to_be_bytes())
    }

    /// A station whose certificate was sent at 0 ms.
    fn settled() -> PeerCertificates {
        let mut station = PeerCertificates::new();
        assert_eq!(station.next_cam(at(0)).signer, SignerChoice::Certificate);
        station
    }

    fn holds(digest: HashedId3) -> Option<HashedId8> {
        (digest == AUTHORITY.to_hashed_id3()).then_some(AUTHORITY)
    }

    #[test]
    fn an_unknown_ticket_is_asked_for_until_it_is_learned() {
        let mut station = settled();
        station.lacks(at(10), id(1));
        assert_eq!(station.next_cam(at(100)).inline_p2pcd_request, [id(1).to_hashed_id3()]);
        assert_eq!(station.next_cam(at(200)).inline_p2pcd_request, [id(1).to_hashed_id3()]);
        station.learned(id(1));
        assert!(station.next_cam(at(300)).inline_p2pcd_request.is_empty());
    }

    #[test]
    fn a_station_that_went_away_is_no_longer_asked_for() {
        let mut station = settled();
        station.lacks(at(10), id(1));
        assert!(station.next_cam(at(2_100)).inline_p2pcd_request.is_empty());
    }

    #[test]
    fn a_request_for_our_ticket_puts_it_into_the_next_cam_only() {
        let mut station = settled();
        station.asked(&[OWN.to_hashed_id3()], OWN, holds);
        assert_eq!(station.next_cam(at(100)).signer, SignerChoice::Certificate);
        assert_eq!(station.next_cam(at(200)).signer, SignerChoice::Digest);
    }

    #[test]
    fn a_new_station_gets_our_certificate() {
        let mut station = settled();
        station.new_station();
        assert_eq!(station.next_cam(at(100)).signer, SignerChoice::Certificate);
    }

    #[test]
    fn an_authority_that_is_asked_for_goes_out_once_in_the_next_cam() {
        let mut station = settled();
        station.asked(&[AUTHORITY.to_hashed_id3()], OWN, holds);
        station.asked(&[AUTHORITY.to_hashed_id3()], OWN, holds);
        assert_eq!(station.next_cam(at(100)).requested_certificate, Some(AUTHORITY));
        assert_eq!(station.next_cam(at(200)).requested_certificate, None);
    }

    #[test]
    fn an_answer_waits_while_the_signer_is_a_certificate() {
        let mut station = settled();
        station.asked(&[AUTHORITY.to_hashed_id3(), OWN.to_hashed_id3()], OWN, holds);
        let first = station.next_cam(at(100));
        assert_eq!((first.signer, first.requested_certificate), (SignerChoice::Certificate, None));
        assert_eq!(station.next_cam(at(200)).requested_certificate, Some(AUTHORITY));
    }

    #[test]
    fn an_answer_of_somebody_else_suppresses_ours() {
        let mut station = settled();
        station.asked(&[AUTHORITY.to_hashed_id3()], OWN, holds);
        station.answered_by_another(AUTHORITY);
        assert_eq!(station.next_cam(at(100)).requested_certificate, None);
    }

    #[test]
    fn what_we_do_not_hold_is_not_answered() {
        let mut station = settled();
        station.asked(&[id(5).to_hashed_id3()], OWN, holds);
        assert_eq!(station.next_cam(at(100)).requested_certificate, None);
    }

    proptest! {
        #[test]
        fn no_peer_can_make_it_grow(ids in proptest::collection::vec(any::<u64>(), 0..500)) {
            let mut station = settled();
            for (n, other) in ids.iter().enumerate() {
                station.lacks(at(n as u64), id(*other));
                station.asked(&[id(*other).to_hashed_id3()], OWN, |_| Some(id(*other)));
            }
            prop_assert!(station.lacking.len() <= limits::MAX_PEER_REQUESTS);
            prop_assert!(station.owed.len() <= limits::MAX_PENDING_ANSWERS);
            let header = station.next_cam(at(600));
            prop_assert!(header.inline_p2pcd_request.len() <= limits::MAX_DIGESTS_PER_CAM);
        }
    }
}
