//! Implicit authorization tickets: lint, record and permit as for explicit ones, ECQV (SEC 4) in place of a signature.
//!
//! Both sides contribute to the key. The station asks with a point R_U = k_U·G; [`Issuance::new`] adds k·G, and the sum
//! goes into the certificate instead of a key. [`Issuance::issue`] yields the certificate and the authority's
//! contribution r, with which the station alone can compute the private key ([`v2x_security::implicit::private_key`]).
//!
//! Two certificates from one k would show the authority's key to whoever has both contributions. So an [`Issuance`] is
//! consumed by what it issues, and k is never written down: when the process dies between record and answer, the same
//! request is refused from then on, and the station asks with another.
//!
//! Only tickets may be implicit (TS 103 097 clause 7.2), on the two curves of 256 bits, and the ticket's key is always on its
//! AA's curve. No message of TS 102 941 can carry them: `InnerAtResponse` has a field for the certificate and none for
//! r. An AA therefore issues them where both sides meet by other means, such as `wayseal pki issue-at --implicit`.

use crate::{
    asn1::CertificateType,
    error::CaError,
    issuer::{Issuer, parse},
    ledger::{Ledger, RequestDigest, Standing},
    permit::Permit,
    profile::{Key, Template},
    role::Role,
};
use v2x_codec::time::Time32;
use v2x_crypto::{
    CryptoError, CryptoRng, PrivateKey, PublicKey,
    ecqv::{self, Contribution},
};
use v2x_security::{certificate::Certificate, implicit};

/// Octets of a contribution: a scalar of a 256-bit curve.
const CONTRIBUTION_OCTETS: usize = 32;

/// A ticket under way: the authority's part of its key is chosen, and good for one ticket.
pub struct Issuance<'a> {
    issuer: &'a Issuer,
    key: &'a PrivateKey,
    ecqv: ecqv::Issuance,
}

/// An implicit ticket, with what its holder needs besides.
pub struct ImplicitTicket {
    /// The ticket.
    pub certificate: Certificate,
    /// The authority's contribution to the private key: for the holder alone.
    pub contribution: Contribution,
}

impl<'a> Issuance<'a> {
    /// Begins a ticket for whoever has the private key of the point `request`. `key` is the private key of `issuer`
    /// itself: ECQV computes with it, so it cannot stay behind a [`Signer`](v2x_crypto::Signer).
    ///
    /// # Errors
    /// [`CaError::Misuse`] for another authority than an AA, or another key than its own; [`CaError::Crypto`] for an AA
    /// on a 384-bit curve, and for a point on another curve than the AA's.
    pub fn new(
        issuer: &'a Issuer,
        key: &'a PrivateKey,
        request: &PublicKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, CaError> {
        if issuer.role() != Role::AuthorizationAuthority {
            return Err(CaError::Misuse("only tickets may be implicit, and only an AA issues them"));
        }
        if key.public_key() != issuer.signer().public_key() {
            return Err(CaError::Misuse("the key is not the one in the issuer's certificate"));
        }
        if request.curve() != key.curve() {
            return Err(CryptoError::CurveMismatch { expected: key.curve(), found: request.curve() }.into());
        }
        Ok(Self { issuer, key, ecqv: ecqv::Issuance::new(request, rng)? })
    }

    /// What goes into the template's `key`.
    #[must_use]
    pub const fn key(&self) -> Key {
        Key::Reconstruction(*self.ecqv.reconstruction())
    }

    /// The whole cycle: lint, record, put together, contribute, record, release. The same request again gets the same
    /// ticket and contribution; the record of the answer holds both.
    ///
    /// # Errors
    /// [`CaError::Misuse`] if the template's key is not [`key`](Self::key), or the request's own issuance died
    /// halfway; otherwise those of the steps.
    pub fn issue(
        self,
        template: &Template,
        request: RequestDigest,
        now: Time32,
        ledger: &mut dyn Ledger,
    ) -> Result<ImplicitTicket, CaError> {
        if template.key != self.key() {
            return Err(CaError::Misuse("the template's key is not this issuance's"));
        }
        match ledger.standing(&request)? {
            Standing::Answered(octets) => return ImplicitTicket::from_record(&octets),
            Standing::Intended(_) => {
                return Err(CaError::Misuse("the ephemeral key of this request is lost: another is needed"));
            }
            Standing::New => {}
        }
        let permit = self.issuer.lint(template, now)?.record(request, ledger)?;
        self.finish(permit, ledger)
    }

    fn finish(self, permit: Permit, ledger: &mut dyn Ledger) -> Result<ImplicitTicket, CaError> {
        let unreleased = self.issuer.assemble(permit)?;
        let hash = implicit::hash(unreleased.certificate().to_be_signed(), self.issuer.certificate());
        let contribution = self.ecqv.finish(&hash, self.key)?;
        let certificate = unreleased.certificate().clone();
        let ticket = ImplicitTicket { certificate, contribution };
        unreleased.conclude(ledger, |_| Ok::<_, CaError>(ticket.to_record()))?;
        Ok(ticket)
    }
}

impl ImplicitTicket {
    /// Certificate and contribution as the ledger keeps them.
    fn to_record(&self) -> Vec<u8> {
        [self.certificate.octets(), self.contribution.expose()].concat()
    }

    fn from_record(octets: &[u8]) -> Result<Self, CaError> {
        let other = CaError::Misuse("what is on record for this request is no implicit ticket");
        let Some((certificate, contribution)) = octets.split_last_chunk::<CONTRIBUTION_OCTETS>() else {
            return Err(other);
        };
        let certificate = parse(certificate)?;
        if certificate.decoded().r#type != CertificateType::Implicit {
            return Err(other);
        }
        Ok(Self { certificate, contribution: Contribution::from_bytes(contribution) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lab::{Lab, Plan},
        ledger::{LedgerError, MemoryLedger},
        services::{CAM, permission},
    };
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
    use std::sync::Arc;
    use v2x_codec::time::{Duration, Time64, ValidityPeriod};
    use v2x_crypto::{Algorithm, Curve, Provider as _, RustCrypto};
    use v2x_security::{
        sign::Identity,
        trust::{TrustProfile, TrustStore},
    };

    const NOW: Time32 = Time32::from_seconds(700_000_000);
    const REQUEST: &[u8] = b"the request";

    struct World {
        lab: Lab,
        issuer: Issuer,
        station: PrivateKey,
        ledger: MemoryLedger,
        rng: ChaCha20Rng,
    }

    fn world(curve: Curve) -> World {
        let mut rng = ChaCha20Rng::seed_from_u64(curve as u64);
        let lab = Lab::new(&Plan { curve, ..Plan::new("lab", NOW) }, &RustCrypto, &mut rng).unwrap();
        let issuer =
            lab.authorization_authority.issuer(Role::AuthorizationAuthority, lab.policy, &RustCrypto);
        let station = PrivateKey::generate(curve, &mut rng).unwrap();
        World { lab, issuer: issuer.unwrap(), station, ledger: MemoryLedger::new(), rng }
    }

    fn template(key: Key) -> Template {
        let week = ValidityPeriod { start: NOW, duration: Duration::Hours(168) };
        Template::authorization_ticket(key, week, vec![permission(CAM, &[1, 0xFF, 0xFC])])
    }

    impl World {
        fn issue(&mut self, change: impl FnOnce(&mut Template)) -> Result<ImplicitTicket, CaError> {
            let key = &self.lab.authorization_authority.signing;
            let issuance = Issuance::new(&self.issuer, key, self.station.public_key(), &mut self.rng)?;
            let mut template = template(issuance.key());
            change(&mut template);
            issuance.issue(&template, RequestDigest::of(REQUEST), NOW, &mut self.ledger)
        }

        fn key_of(&self, ticket: &ImplicitTicket, request: &PrivateKey) -> Option<PrivateKey> {
            let aa = self.issuer.certificate();
            implicit::private_key(&ticket.certificate, aa, request, &ticket.contribution).ok()
        }
    }

    #[test]
    fn an_implicit_ticket_s_key_is_the_one_that_receivers_reconstruct() {
        for curve in [Curve::NistP256, Curve::BrainpoolP256r1] {
            let mut world = world(curve);
            let ticket = world.issue(|_| {}).unwrap();
            assert!(ticket.certificate.is_implicit());
            let key = world.key_of(&ticket, &world.station).unwrap();
            let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
            for certificate in world.lab.certificates() {
                trust.add_by_content(certificate.clone()).unwrap();
            }
            let chain = trust.chain(&ticket.certificate).unwrap();
            assert_eq!(chain.key(), key.public_key(), "{curve}");
            let signer = RustCrypto.signer(&key).unwrap();
            assert!(Identity::of_implicit(ticket.certificate, world.issuer.certificate(), signer).is_ok());
        }
    }

    #[test]
    fn nobody_else_has_the_key_of_an_implicit_ticket() {
        let mut world = world(Curve::NistP256);
        let ticket = world.issue(|_| {}).unwrap();
        let other = PrivateKey::generate(Curve::NistP256, &mut world.rng).unwrap();
        assert!(world.key_of(&ticket, &other).is_none());
        assert!(world.key_of(&ticket, &world.lab.authorization_authority.signing).is_none());
    }

    #[test]
    fn a_curve_of_384_bits_has_no_implicit_tickets() {
        for curve in [Curve::NistP384, Curve::BrainpoolP384r1] {
            let refused = world(curve).issue(|_| {});
            let unsupported = CryptoError::Unsupported(Algorithm::Ecqv(curve));
            assert!(matches!(refused, Err(CaError::Crypto(error)) if error == unsupported), "{curve}");
        }
    }

    #[test]
    fn a_point_on_another_curve_than_the_authority_s_is_refused() {
        let mut world = world(Curve::NistP256);
        world.station = PrivateKey::generate(Curve::BrainpoolP256r1, &mut world.rng).unwrap();
        assert!(matches!(world.issue(|_| {}), Err(CaError::Crypto(CryptoError::CurveMismatch { .. }))));
    }

    #[test]
    fn an_implicit_ticket_passes_the_same_lints() {
        let mut world = world(Curve::NistP256);
        let refused = world.issue(|template| template.validity.duration = Duration::Hours(169));
        let Err(CaError::Lint(findings)) = refused else { panic!("it is issued") };
        assert_eq!(
            findings.iter().map(|finding| finding.lint).collect::<Vec<_>>(),
            ["validity_within_policy"]
        );
        assert_eq!(world.ledger.issued(), 0);
    }

    #[test]
    fn only_tickets_are_implicit() {
        let mut world = world(Curve::NistP256);
        let key = *world.station.public_key();
        let refused = world.issue(|template| {
            let credential = Template::enrolment_credential("station", key, template.validity);
            *template = Template { key: template.key, ..credential };
        });
        let Err(CaError::Lint(findings)) = refused else { panic!("it is issued") };
        assert!(findings.iter().any(|finding| finding.lint == "credential_is_explicit"), "{findings:?}");
        let ea = &world.lab.enrolment_authority;
        let issuer = ea.issuer(Role::EnrolmentAuthority, world.lab.policy, &RustCrypto).unwrap();
        let issuance = Issuance::new(&issuer, &ea.signing, world.station.public_key(), &mut world.rng);
        assert!(matches!(issuance.err(), Some(CaError::Misuse(_))));
    }

    #[test]
    fn another_point_than_the_issuance_s_own_is_refused() {
        let mut world = world(Curve::NistP256);
        let own = *world.station.public_key();
        let refused = world.issue(|template| template.key = Key::Reconstruction(own));
        assert!(matches!(refused, Err(CaError::Misuse("the template's key is not this issuance's"))));
    }

    #[test]
    fn the_same_request_gets_the_same_ticket_and_contribution() {
        let mut world = world(Curve::NistP256);
        let (first, again) = (world.issue(|_| {}).unwrap(), world.issue(|_| {}).unwrap());
        assert_eq!(first.certificate, again.certificate);
        assert_eq!(first.contribution.expose(), again.contribution.expose());
        assert_eq!(world.ledger.issued(), 1);
    }

    #[test]
    fn a_request_whose_ephemeral_key_died_with_the_process_is_not_finished_with_another() {
        let mut world = world(Curve::NistP256);
        let request = RequestDigest::of(REQUEST);
        world.ledger.intend(NOW.into(), &request, b"contents of before").unwrap();
        let refused = world.issue(|_| {});
        assert!(matches!(refused, Err(CaError::Misuse(reason)) if reason.contains("is lost")));
        assert_eq!(world.ledger.issued(), 0);
    }

    #[test]
    fn an_explicit_ticket_on_record_is_no_implicit_one() {
        let mut world = world(Curve::NistP256);
        let explicit = template(Key::Verification(*world.station.public_key()));
        world.issuer.issue(&explicit, RequestDigest::of(REQUEST), NOW, &mut world.ledger).unwrap();
        assert!(world.issue(|_| {}).is_err());
    }

    #[test]
    fn a_ticket_that_is_not_recorded_is_not_given_out() {
        struct Forgetful(MemoryLedger);
        impl Ledger for Forgetful {
            fn standing(&self, request: &RequestDigest) -> Result<Standing, LedgerError> {
                self.0.standing(request)
            }
            fn intend(
                &mut self,
                now: Time64,
                request: &RequestDigest,
                octets: &[u8],
            ) -> Result<crate::ledger::Recorded, LedgerError> {
                self.0.intend(now, request, octets)
            }
            fn conclude(
                &mut self,
                _: Time64,
                _: &RequestDigest,
                _: &[u8],
                _: &[u8],
            ) -> Result<(), LedgerError> {
                Err(LedgerError::Storage("the disk is full".to_owned()))
            }
            fn remember(&mut self, _: Time64, _: &RequestDigest, _: &[u8]) -> Result<(), LedgerError> {
                Ok(())
            }
            fn knows_certificate(&self, _: &crate::ledger::Hash) -> Result<bool, LedgerError> {
                Ok(false)
            }
        }
        let mut world = world(Curve::NistP256);
        let key = &world.lab.authorization_authority.signing;
        let issuance = Issuance::new(&world.issuer, key, world.station.public_key(), &mut world.rng).unwrap();
        let mut ledger = Forgetful(MemoryLedger::new());
        let template = template(issuance.key());
        let refused = issuance.issue(&template, RequestDigest::of(REQUEST), NOW, &mut ledger);
        assert!(matches!(refused, Err(CaError::Ledger(LedgerError::Storage(_)))));
    }
}
