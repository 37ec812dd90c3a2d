//! How a sender names itself: by digest, which is short, or by its certificate, which others need once.
//!
//! TS 103 097 clause 7.1.1 rules CAMs: the certificate one second after it was last sent, and at once when a station is
//! heard that is not known yet or when somebody asks for it. Clause 7.1.2 has the certificate in every DENM. Other
//! messages (clause 7.1.3) are free, and carry the certificate here, since nobody can be expected to know it.

use v2x_codec::time::Time64;

use crate::permission::Psid;

/// One second: the longest that CAM receivers wait for the certificate (TS 103 097 clause 7.1.1).
const CERTIFICATE_INTERVAL_MICROS: u64 = 1_000_000;

/// The choice of `SignerIdentifier` in a message to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignerChoice {
    /// `digest`.
    Digest,
    /// `certificate`.
    Certificate,
}

/// Decides the signer identifier of every message of one station.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignerPolicy {
    last_certificate: Option<Time64>,
    wanted: bool,
}

impl SignerPolicy {
    /// A policy that begins with the certificate.
    #[must_use]
    pub const fn new() -> Self {
        Self { last_certificate: None, wanted: false }
    }

    /// The station signs with another ticket from now on, which nobody knows.
    pub const fn ticket_changed(&mut self) {
        *self = Self::new();
    }

    /// A CAM came in that was signed by a ticket not known before, or somebody asked for our ticket.
    pub const fn certificate_wanted(&mut self) {
        self.wanted = true;
    }

    /// The choice for a message that is being sent `now`; a CAM's choice is noted as sent.
    pub fn next(&mut self, now: Time64, psid: Psid) -> SignerChoice {
        if psid == Psid::CAM { self.next_cam(now) } else { SignerChoice::Certificate }
    }

    fn next_cam(&mut self, now: Time64) -> SignerChoice {
        if !self.certificate_due(now) {
            return SignerChoice::Digest;
        }
        *self = Self { last_certificate: Some(now), wanted: false };
        SignerChoice::Certificate
    }

    /// A clock that went back makes the certificate due: nobody knows how long it was not sent.
    fn certificate_due(&self, now: Time64) -> bool {
        let elapsed = self.last_certificate.and_then(|last| now.micros_since(last));
        self.wanted || elapsed.is_none_or(|micros| micros >= CERTIFICATE_INTERVAL_MICROS)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: u64) -> Time64 {
        Time64::from_micros(700_000_000_000_000 + millis * 1_000)
    }

    fn cams(policy: &mut SignerPolicy, times: impl IntoIterator<Item = u64>) -> Vec<u64> {
        times
            .into_iter()
            .filter(|millis| policy.next(at(*millis), Psid::CAM) == SignerChoice::Certificate)
            .collect()
    }

    #[test]
    fn ten_cams_a_second_carry_the_certificate_once() {
        assert_eq!(cams(&mut SignerPolicy::new(), (0..=3_000).step_by(100)), [0, 1_000, 2_000, 3_000]);
    }

    #[test]
    fn a_new_neighbour_gets_the_certificate_at_once_and_the_second_begins_anew() {
        let mut policy = SignerPolicy::new();
        cams(&mut policy, [0, 100, 200]);
        policy.certificate_wanted();
        assert_eq!(cams(&mut policy, (300..=1_400).step_by(100)), [300, 1_300]);
    }

    #[test]
    fn a_new_ticket_is_shown_at_once() {
        let mut policy = SignerPolicy::new();
        cams(&mut policy, [0]);
        policy.ticket_changed();
        assert_eq!(cams(&mut policy, [100, 200]), [100]);
    }

    #[test]
    fn denms_and_others_carry_the_certificate_and_leave_the_cams_alone() {
        let mut policy = SignerPolicy::new();
        cams(&mut policy, [0]);
        for psid in [Psid::DENM, Psid::SPATEM, Psid::BSM] {
            assert_eq!(policy.next(at(500), psid), SignerChoice::Certificate);
        }
        assert_eq!(cams(&mut policy, [900, 1_000]), [1_000]);
    }

    #[test]
    fn a_clock_that_went_back_shows_the_certificate() {
        let mut policy = SignerPolicy::new();
        assert_eq!(cams(&mut policy, [5_000, 4_000]), [5_000, 4_000]);
    }

    proptest! {
        #[test]
        fn a_receiver_never_waits_longer_than_a_second_and_one_cam(
            gaps in proptest::collection::vec(100u64..=1_000, 1..100),
            wanted in proptest::collection::vec(any::<bool>(), 100),
        ) {
            let (mut policy, mut now, mut last) = (SignerPolicy::new(), 0, 0);
            for (gap, wanted) in gaps.into_iter().zip(wanted) {
                now += gap;
                if wanted {
                    policy.certificate_wanted();
                }
                let certificate = policy.next(at(now), Psid::CAM) == SignerChoice::Certificate;
                prop_assert!(certificate || (!wanted && now - last < 1_000));
                if certificate {
                    last = now;
                }
            }
        }
    }
}
