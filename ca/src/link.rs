//! Link certificate messages: the old key of a TLM or root vouches for the next one (TS 102 941 V2.2.1 clause 6.4.2).

use crate::{
    asn1::{HashedData, HashedId32, HashedId48, decode, encode},
    error::CaError,
};
use v2x_codec::{
    time::Time64,
    ts102941::{EtsiTs102941Data, EtsiTs102941DataContent, ToBeSignedLinkCertificate},
};
use v2x_crypto::{HashAlgorithm, sha256, sha384};
use v2x_security::{
    certificate::Certificate,
    permission::Psid,
    sign::{Identity, SignRequest, SignedPayload, SignerChoice},
    trust::TrustProfile,
};

/// A TLM's link certificate message: `old` vouches for `next` (clause 6.4.2.1).
///
/// # Errors
/// [`CaError::Refused`] when the key fails, or the old certificate may not sign it now.
pub fn tlm_link(old: &Identity, next: &Certificate, now: Time64) -> Result<Vec<u8>, CaError> {
    let link = to_be_signed(old.certificate(), next)?;
    sign(EtsiTs102941DataContent::LinkCertificateTlm(link), old, now)
}

/// A root's link certificate message, signed by the old key and then by the new one (clause 6.4.2.2).
///
/// # Errors
/// [`CaError::Refused`] when a key fails, or one of the certificates may not sign it now.
pub fn root_link(old: &Identity, next: &Identity, now: Time64) -> Result<Vec<u8>, CaError> {
    let link = to_be_signed(old.certificate(), next.certificate())?;
    let single = sign(EtsiTs102941DataContent::SingleSignedLinkCertificateRca(link), old, now)?;
    sign(EtsiTs102941DataContent::DoubleSignedLinkCertificateRca(decode(&single)?), next, now)
}

/// It expires with the certificate that signs it, and holds the hash of the next one over its whole encoding.
fn to_be_signed(old: &Certificate, next: &Certificate) -> Result<ToBeSignedLinkCertificate, CaError> {
    let expiry = old.validity().end().time32();
    let expiry = expiry.ok_or(CaError::Misuse("the old certificate outlives the clock"))?;
    let hash = match next.hash().algorithm() {
        HashAlgorithm::Sha256 => HashedData::Sha256HashedData(HashedId32(sha256(next.octets()).into())),
        HashAlgorithm::Sha384 => HashedData::Sha384HashedData(HashedId48(sha384(next.octets()).into())),
    };
    Ok(ToBeSignedLinkCertificate::new(expiry.seconds(), hash))
}

fn sign(content: EtsiTs102941DataContent, signer: &Identity, now: Time64) -> Result<Vec<u8>, CaError> {
    let octets = encode(&EtsiTs102941Data::new(content))?;
    let mut request = SignRequest::new(Psid::CTL, now, SignedPayload::Data(&octets));
    request.signer = SignerChoice::Digest;
    let signed = signer.sign(TrustProfile::EtsiTs103097, &request);
    signed.map_err(|refusal| CaError::Refused(Box::new(refusal)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Lab, Plan};
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
    use std::sync::Arc;
    use v2x_codec::time::Time32;
    use v2x_crypto::{Curve, RustCrypto};
    use v2x_security::{
        clock::Clock,
        links::{LinkError, follow},
        trust::{Role, TrustStore},
    };

    const START: Time32 = Time32::from_seconds(700_000_000);
    const HOUR: u64 = 3_600_000_000;
    const YEAR: u64 = 8_766 * HOUR;

    fn lab(curve: Curve, seed: u64) -> Lab {
        let plan = Plan { curve, ..Plan::new("links", START) };
        Lab::new(&plan, &RustCrypto, &mut ChaCha20Rng::seed_from_u64(seed)).unwrap()
    }

    /// Trusts the root and the TLM of `lab`.
    fn trust(lab: &Lab) -> TrustStore {
        let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
        trust.add_root(lab.root.certificate.clone()).unwrap();
        trust.add_trust_list_manager(lab.trust_list_manager.certificate.clone()).unwrap();
        trust
    }

    fn at(micros: u64) -> Time64 {
        Time64::from(START).saturating_add_micros(micros)
    }

    fn followed(
        trust: &mut TrustStore,
        micros: u64,
        message: &[u8],
        next: &Certificate,
    ) -> Result<Role, LinkError> {
        let before = trust.len();
        let outcome = follow(trust, &Clock::exact(at(micros)), message, next.clone());
        assert_eq!(trust.len(), before + usize::from(outcome.is_ok()), "{outcome:?}");
        outcome
    }

    struct Pair {
        old: Lab,
        next: Lab,
        root: Vec<u8>,
        tlm: Vec<u8>,
    }

    fn pair(old: Curve, next: Curve) -> Pair {
        let (old, next) = (lab(old, 1), lab(next, 2));
        let identity = |member: &crate::lab::Member| member.identity(&RustCrypto).unwrap();
        let root = root_link(&identity(&old.root), &identity(&next.root), at(HOUR)).unwrap();
        let tlm = &next.trust_list_manager.certificate;
        let tlm = tlm_link(&identity(&old.trust_list_manager), tlm, at(HOUR)).unwrap();
        Pair { old, next, root, tlm }
    }

    #[test]
    fn a_link_makes_the_next_root_and_the_next_trust_list_manager_trusted_on_every_curve() {
        for (old, next) in [
            (Curve::NistP256, Curve::NistP384),
            (Curve::NistP384, Curve::BrainpoolP256r1),
            (Curve::BrainpoolP256r1, Curve::BrainpoolP384r1),
            (Curve::BrainpoolP384r1, Curve::NistP256),
        ] {
            let pair = pair(old, next);
            let mut trust = trust(&pair.old);
            let (root, tlm) = (&pair.next.root.certificate, &pair.next.trust_list_manager.certificate);
            assert_eq!(followed(&mut trust, 2 * HOUR, &pair.root, root), Ok(Role::Root));
            assert_eq!(followed(&mut trust, 2 * HOUR, &pair.tlm, tlm), Ok(Role::TrustListManager));
            assert!(trust.chain(&pair.next.authorization_authority.certificate).is_ok());
        }
    }

    #[test]
    fn a_link_of_who_is_not_trusted_is_not_followed() {
        let pair = pair(Curve::NistP256, Curve::NistP256);
        let mut trust = trust(&lab(Curve::NistP256, 3));
        let root = followed(&mut trust, 2 * HOUR, &pair.root, &pair.next.root.certificate);
        assert!(matches!(root, Err(LinkError::UnknownSigner(_, Role::Root))), "{root:?}");
        let tlm = followed(&mut trust, 2 * HOUR, &pair.tlm, &pair.next.trust_list_manager.certificate);
        assert!(matches!(tlm, Err(LinkError::UnknownSigner(_, Role::TrustListManager))), "{tlm:?}");
    }

    #[test]
    fn a_link_vouches_for_one_certificate_alone() {
        let pair = pair(Curve::NistP256, Curve::NistP256);
        let (mut trust, other) = (trust(&pair.old), lab(Curve::NistP256, 3));
        let tlm = followed(&mut trust, 2 * HOUR, &pair.tlm, &other.trust_list_manager.certificate);
        assert_eq!(tlm, Err(LinkError::OtherCertificate));
        let root = followed(&mut trust, 2 * HOUR, &pair.root, &other.root.certificate);
        assert!(matches!(root, Err(LinkError::NotTheNext(_))), "{root:?}");
    }

    #[test]
    fn a_root_must_have_signed_with_both_its_keys() {
        let Pair { old, next, .. } = pair(Curve::NistP256, Curve::NistP256);
        let (old_root, mut trust) = (old.root.identity(&RustCrypto).unwrap(), trust(&old));
        let link = to_be_signed(old_root.certificate(), &next.root.certificate).unwrap();
        let single = EtsiTs102941DataContent::SingleSignedLinkCertificateRca(link);
        let single = sign(single, &old_root, at(HOUR)).unwrap();
        let alone = followed(&mut trust, 2 * HOUR, &single, &next.root.certificate);
        assert!(matches!(alone, Err(LinkError::Message(_))), "{alone:?}");
        // Somebody else around the old root's.
        let outer = EtsiTs102941DataContent::DoubleSignedLinkCertificateRca(decode(&single).unwrap());
        let stranger = lab(Curve::NistP256, 3).root.identity(&RustCrypto).unwrap();
        let double = sign(outer, &stranger, at(HOUR)).unwrap();
        let around = followed(&mut trust, 2 * HOUR, &double, &next.root.certificate);
        assert!(matches!(around, Err(LinkError::NotTheNext(_))), "{around:?}");
    }

    #[test]
    fn a_link_holds_from_when_it_was_made_until_the_old_certificate_ends() {
        let pair = pair(Curve::NistP256, Curve::NistP256);
        let next = &pair.next.trust_list_manager.certificate;
        for wrong in [0, HOUR - 1, 4 * YEAR] {
            let outcome = followed(&mut trust(&pair.old), wrong, &pair.tlm, next);
            assert!(matches!(outcome, Err(LinkError::NotValidNow { .. })), "{wrong}: {outcome:?}");
        }
        for right in [HOUR, 3 * YEAR] {
            assert!(followed(&mut trust(&pair.old), right, &pair.tlm, next).is_ok(), "{right}");
        }
    }

    #[test]
    fn a_revoked_root_vouches_for_nobody() {
        let pair = pair(Curve::NistP256, Curve::NistP256);
        let mut trust = trust(&pair.old);
        trust.revoke(pair.old.root.certificate.hashed_id8()).unwrap();
        let outcome = followed(&mut trust, 2 * HOUR, &pair.root, &pair.next.root.certificate);
        assert!(matches!(outcome, Err(LinkError::Certificate(_))), "{outcome:?}");
    }

    #[test]
    fn no_change_of_an_octet_leaves_a_link_good() {
        let pair = pair(Curve::NistP256, Curve::NistP256);
        let tlm = &pair.next.trust_list_manager.certificate;
        for (message, next) in [(&pair.root, &pair.next.root.certificate), (&pair.tlm, tlm)] {
            for place in 0..message.len() {
                let mut changed = message.clone();
                changed[place] ^= 1;
                let outcome = followed(&mut trust(&pair.old), 2 * HOUR, &changed, next);
                assert!(outcome.is_err(), "octet {place}");
            }
        }
    }
}
