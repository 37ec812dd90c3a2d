//! Judging what was issued once more: by the same lints, as of the moment at which it was issued, and by a receiver's
//! rules up to the root.

use crate::{
    asn1::CertificateType,
    lint::{self, Candidate, Finding, Issuing},
    policy::Policy,
    role::Role,
};
use thiserror::Error;
use v2x_codec::time::Time32;
use v2x_security::{certificate::Certificate, refusal::Refusal, trust::TrustStore};

/// Why a certificate should not have been issued, or is not what was issued.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Objection {
    /// A receiver that believes the same roots refuses it: a signature, a right or a revocation.
    #[error("a receiver refuses it: {0}")]
    Refused(Box<Refusal>),
    /// It breaks its profile or the policy.
    #[error("lint: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Lint(Vec<Finding>),
    /// It signs itself, or roles of its kind do.
    #[error("it has no issuer")]
    NoIssuer,
}

/// Judges `certificate`, a [`Role`] of some authority's making, as of `at`, when it was issued.
///
/// The chain is judged as of today: a certificate whose authority was revoked since is objected to.
///
/// # Errors
/// The first [`Objection`]: that of a receiver comes before those of the lints.
pub fn audit(
    certificate: &Certificate,
    role: Role,
    trust: &mut TrustStore,
    policy: &Policy,
    at: Time32,
) -> Result<(), Objection> {
    let chain = trust.chain(certificate).map_err(|refusal| Objection::Refused(Box::new(refusal)))?;
    let issuer = chain.certificates().get(1).zip(role.issuer()).ok_or(Objection::NoIssuer)?;
    let findings = lint::findings(&Candidate {
        role,
        certificate_type: certificate_type(certificate),
        tbs: &certificate.decoded().to_be_signed,
        encoded: certificate.to_be_signed(),
        issuer: Some(Issuing { role: issuer.1, tbs: &issuer.0.decoded().to_be_signed }),
        policy,
        now: at,
    });
    if findings.is_empty() { Ok(()) } else { Err(Objection::Lint(findings)) }
}

fn certificate_type(certificate: &Certificate) -> CertificateType {
    if certificate.is_implicit() { CertificateType::Implicit } else { CertificateType::Explicit }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        lab::{Lab, Plan},
        ledger::{MemoryLedger, RequestDigest},
        profile::{Key, Template},
        services::{CAM, permission},
    };
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
    use std::sync::Arc;
    use v2x_codec::time::{Duration, ValidityPeriod};
    use v2x_crypto::{Curve, PrivateKey, RustCrypto};
    use v2x_security::trust::TrustProfile;

    const NOW: Time32 = Time32::from_seconds(700_000_000);
    const MINUTE: u32 = 60;
    const YEAR: u32 = 31_556_952;

    struct World {
        lab: Lab,
        trust: TrustStore,
        ticket: Certificate,
    }

    fn world() -> World {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let lab = Lab::new(&Plan::new("audit", NOW), &RustCrypto, &mut rng).unwrap();
        let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
        lab.certificates().into_iter().for_each(|certificate| {
            trust.add_by_content(certificate.clone()).unwrap();
        });
        let key = PrivateKey::generate(Curve::NistP256, &mut rng).unwrap();
        let validity = ValidityPeriod { start: NOW, duration: Duration::Hours(168) };
        let key = Key::Verification(*key.public_key());
        let template = Template::authorization_ticket(key, validity, vec![permission(CAM, &[1, 0, 0])]);
        let aa = &lab.authorization_authority;
        let aa = aa.issuer(Role::AuthorizationAuthority, Policy::EU, &RustCrypto).unwrap();
        let ticket = aa.issue(&template, RequestDigest::of(b"1"), NOW, &mut MemoryLedger::new()).unwrap();
        World { lab, trust, ticket }
    }

    impl World {
        fn audit(&mut self, role: Role, at: Time32) -> Result<(), Objection> {
            audit(&self.ticket, role, &mut self.trust, &Policy::EU, at)
        }
    }

    fn seconds_later(seconds: u32) -> Time32 {
        Time32::from_seconds(700_000_000 + seconds)
    }

    #[test]
    fn a_ticket_passes_as_of_its_issue_also_when_it_has_run_out_since() {
        let mut world = world();
        assert!(world.audit(Role::AuthorizationTicket, NOW).is_ok());
        assert!(world.audit(Role::AuthorizationTicket, seconds_later(MINUTE)).is_ok());
    }

    #[test]
    fn a_ticket_that_the_policy_did_not_allow_at_that_time_is_objected_to() {
        let objection = world().audit(Role::AuthorizationTicket, seconds_later(YEAR)).unwrap_err();
        assert!(objection.to_string().contains("not_expired_at_issue"), "{objection}");
    }

    #[test]
    fn a_ticket_among_credentials_is_objected_to() {
        let objection = world().audit(Role::EnrolmentCredential, NOW).unwrap_err();
        assert!(matches!(objection, Objection::Lint(_)), "{objection}");
    }

    #[test]
    fn a_ticket_with_a_changed_octet_is_objected_to_whichever_it_is() {
        let mut world = world();
        let octets = world.ticket.octets().to_vec();
        let mut audited = 0;
        for at in 0..octets.len() {
            let mut changed = octets.clone();
            changed[at] ^= 1;
            let Ok(changed) = Certificate::parse(&changed) else { continue };
            if changed == world.ticket {
                continue;
            }
            audited += 1;
            world.ticket = changed;
            assert!(world.audit(Role::AuthorizationTicket, NOW).is_err(), "{at}");
            world.ticket = Certificate::parse(&octets).unwrap();
        }
        assert!(audited > octets.len() / 2, "{audited}");
    }

    #[test]
    fn a_ticket_of_an_authority_that_was_revoked_is_objected_to() {
        let mut world = world();
        let aa = world.lab.authorization_authority.certificate.hashed_id8();
        world.trust.revoke(aa).unwrap();
        let objection = world.audit(Role::AuthorizationTicket, NOW).unwrap_err();
        assert!(matches!(objection, Objection::Refused(_)), "{objection}");
    }

    #[test]
    fn what_signs_itself_was_not_issued() {
        let mut world = world();
        world.ticket = world.lab.root.certificate.clone();
        let objection = world.audit(Role::RootCa, NOW).unwrap_err();
        assert!(matches!(objection, Objection::NoIssuer), "{objection}");
    }
}
