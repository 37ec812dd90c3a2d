//! A small PKI of the tests' own: root, authority and tickets that can be broken in one way at a time.

use std::sync::Arc;

use rand_core::SeedableRng;
use v2x_codec::ieee1609dot2 as asn;
use v2x_codec::time::Time64;
use v2x_crypto::{Curve, PrivateKey, Provider, PublicKey, RustCrypto};
use v2x_security::certificate::Certificate;
use v2x_security::chain::Chain;
use v2x_security::clock::Clock;
use v2x_security::policy::Policy;
use v2x_security::replay::{ReplayConfig, ReplayFilter};
use v2x_security::sign::{CertificateIssuer, Identity, sign_certificate};
use v2x_security::trust::{TrustProfile, TrustStore};
use v2x_security::verifier::Verifier;

/// When every certificate begins, in seconds.
pub(crate) const START: u32 = 700_000_000;
/// When the messages are made: an hour later, in microseconds.
pub(crate) const NOW: u64 = (START as u64 + 3_600) * 1_000_000;

pub(crate) fn time(micros: u64) -> Time64 {
    Time64::from_micros(micros)
}

pub(crate) fn at(micros: u64) -> Clock {
    Clock::exact(time(micros))
}

pub(crate) fn rng(seed: u8) -> rand_chacha::ChaCha20Rng {
    rand_chacha::ChaCha20Rng::from_seed([seed; 32])
}

pub(crate) fn key(curve: Curve, seed: u8) -> PrivateKey {
    PrivateKey::generate(curve, &mut rng(seed)).unwrap()
}

pub(crate) fn point(key: &PublicKey) -> asn::EccP256CurvePoint {
    let x = asn::FixedOctetString::try_from(key.x()).unwrap();
    if key.y_is_odd() {
        asn::EccP256CurvePoint::CompressedY1(x)
    } else {
        asn::EccP256CurvePoint::CompressedY0(x)
    }
}

fn point_384(key: &PublicKey) -> asn::EccP384CurvePoint {
    let x = asn::FixedOctetString::try_from(key.x()).unwrap();
    if key.y_is_odd() {
        asn::EccP384CurvePoint::CompressedY1(x)
    } else {
        asn::EccP384CurvePoint::CompressedY0(x)
    }
}

pub(crate) fn indicator(key: &PublicKey) -> asn::VerificationKeyIndicator {
    asn::VerificationKeyIndicator::VerificationKey(match key.curve() {
        Curve::NistP256 => asn::PublicVerificationKey::EcdsaNistP256(point(key)),
        Curve::BrainpoolP256r1 => asn::PublicVerificationKey::EcdsaBrainpoolP256r1(point(key)),
        Curve::NistP384 => asn::PublicVerificationKey::EcdsaNistP384(point_384(key)),
        Curve::BrainpoolP384r1 => asn::PublicVerificationKey::EcdsaBrainpoolP384r1(point_384(key)),
    })
}

/// One entry of `appPermissions` with a bitmap.
pub(crate) fn app(psid: u32, ssp: &[u8]) -> asn::PsidSsp {
    let ssp = asn::ServiceSpecificPermissions::BitmapSsp(asn::BitmapSsp(ssp.to_vec().into()));
    asn::PsidSsp { psid: asn::Psid(psid.into()), ssp: Some(ssp) }
}

pub(crate) fn apps(entries: Vec<asn::PsidSsp>) -> Option<asn::SequenceOfPsidSsp> {
    Some(asn::SequenceOfPsidSsp(entries))
}

/// What may be issued, in bitmaps whose bits are free where `mask` is 0, `length` certificates down.
fn issue(ranges: &[(u32, &[u8], &[u8])], length: u32) -> asn::PsidGroupPermissions {
    let entries = ranges.iter().map(|(psid, value, mask)| asn::PsidSspRange {
        psid: asn::Psid((*psid).into()),
        ssp_range: Some(asn::SspRange::BitmapSspRange(asn::BitmapSspRange {
            ssp_value: value.to_vec().into(),
            ssp_bitmask: mask.to_vec().into(),
        })),
    });
    let mut app_only = asn::EndEntityType(Default::default());
    app_only.0.set(0, true);
    asn::PsidGroupPermissions {
        subject_permissions: asn::SubjectPermissions::Explicit(asn::SequenceOfPsidSspRange(
            entries.collect(),
        )),
        min_chain_length: length.into(),
        chain_length_range: 0.into(),
        ee_type: app_only,
    }
}

const TICKET_RANGES: [(u32, &[u8], &[u8]); 3] = [
    (36, &[1, 0xff, 0xfc], &[0xff, 0, 3]),
    (37, &[1, 0xff, 0xff, 0xff], &[0xff, 0, 0, 0]),
    (138, &[1, 0xc0], &[0xff, 0x3f]),
];

/// Permission to issue tickets, `length` certificates down.
pub(crate) fn ticket_issuing(length: u32) -> asn::PsidGroupPermissions {
    issue(&TICKET_RANGES, length)
}

pub(crate) fn groups(list: Vec<asn::PsidGroupPermissions>) -> Option<asn::SequenceOfPsidGroupPermissions> {
    Some(asn::SequenceOfPsidGroupPermissions(list))
}

pub(crate) fn contents(
    name: Option<&str>,
    hours: u16,
    indicator: asn::VerificationKeyIndicator,
) -> asn::ToBeSignedCertificate {
    let id = name.map_or(asn::CertificateId::None(()), |name| {
        asn::CertificateId::Name(asn::Hostname(name.to_owned()))
    });
    let validity = asn::ValidityPeriod { start: asn::Time32(START), duration: asn::Duration::Hours(hours) };
    asn::ToBeSignedCertificate::new(id, validity, indicator)
}

pub(crate) fn encryption_key(key: &PublicKey) -> asn::PublicEncryptionKey {
    asn::PublicEncryptionKey {
        supported_symm_alg: asn::SymmAlgorithm::Aes128Ccm,
        public_key: asn::BasePublicEncryptionKey::EciesNistP256(point(key)),
    }
}

/// The region that consists of these countries.
pub(crate) fn countries(numbers: &[u16]) -> Option<asn::GeographicRegion> {
    let list = numbers.iter().map(|number| asn::IdentifiedRegion::CountryOnly(asn::UnCountryId(*number)));
    Some(asn::GeographicRegion::IdentifiedRegion(asn::SequenceOfIdentifiedRegion(list.collect())))
}

pub(crate) fn sign(
    tbs: &asn::ToBeSignedCertificate,
    issuer: CertificateIssuer<'_>,
    key: &PrivateKey,
) -> Certificate {
    sign_certificate(&asn::encode(tbs).unwrap(), issuer, &*RustCrypto.signer(key).unwrap()).unwrap()
}

/// A root and an authority below it.
pub(crate) struct Pki {
    pub(crate) root: Certificate,
    pub(crate) authority: Certificate,
    pub(crate) authority_key: PrivateKey,
}

/// The key of every ticket.
pub(crate) fn ticket_key() -> PrivateKey {
    key(Curve::NistP256, 3)
}

/// The PKI that most tests use.
pub(crate) fn plain() -> Pki {
    Pki::new(|_| {})
}

impl Pki {
    /// A PKI whose authority differs from the usual one by `change`.
    pub(crate) fn new(change: impl Fn(&mut asn::ToBeSignedCertificate)) -> Self {
        let (root_key, authority_key) = (key(Curve::NistP256, 1), key(Curve::NistP256, 2));
        let mut tbs = contents(Some("root"), 1000, indicator(root_key.public_key()));
        tbs.app_permissions = apps(vec![app(622, &[1]), app(624, &[1, 0x38])]);
        let requests = issue(&[(623, &[1, 0xfe], &[0xff, 1])], 1);
        tbs.cert_issue_permissions = groups(vec![issue(&TICKET_RANGES, 2), requests]);
        let root = sign(&tbs, CertificateIssuer::SelfSigned, &root_key);
        let mut tbs = contents(Some("aa"), 500, indicator(authority_key.public_key()));
        tbs.app_permissions = apps(vec![app(623, &[1, 0x32])]);
        tbs.encryption_key = Some(encryption_key(key(Curve::NistP256, 9).public_key()));
        tbs.cert_issue_permissions = groups(vec![issue(&TICKET_RANGES, 1)]);
        change(&mut tbs);
        let authority = sign(&tbs, CertificateIssuer::By(&root), &root_key);
        Self { root, authority, authority_key }
    }

    /// Trusts the root and knows the authority.
    pub(crate) fn store(&self) -> TrustStore {
        let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::new(RustCrypto));
        trust.add_root(self.root.clone()).unwrap();
        trust.add(self.authority.clone()).unwrap();
        trust
    }

    /// A ticket for CAM, DENM and 138 without special rights but DENM cause 2, 10 and 97, changed by `change`.
    pub(crate) fn ticket(&self, change: impl Fn(&mut asn::ToBeSignedCertificate)) -> Certificate {
        let mut tbs = contents(None, 168, indicator(ticket_key().public_key()));
        tbs.app_permissions =
            apps(vec![app(36, &[1, 0, 0]), app(37, &[1, 0x48, 0, 0x04]), app(138, &[1, 0])]);
        change(&mut tbs);
        sign(&tbs, CertificateIssuer::By(&self.authority), &self.authority_key)
    }

    /// The usual ticket, ready to sign.
    pub(crate) fn signer(&self) -> Identity {
        identity(self.ticket(|_| {}))
    }

    pub(crate) fn chain(&self, ticket: &Certificate) -> Arc<Chain> {
        self.store().chain(ticket).unwrap()
    }

    pub(crate) fn verifier(&self) -> Verifier {
        verifier(self.store())
    }
}

/// A ticket with the key of every ticket.
pub(crate) fn identity(ticket: Certificate) -> Identity {
    Identity::new(ticket, RustCrypto.signer(&ticket_key()).unwrap()).unwrap()
}

/// A verifier that has seen nothing, and remembers from the beginning.
pub(crate) fn verifier(trust: TrustStore) -> Verifier {
    verifier_since(trust, 0)
}

/// A verifier that was started at this time.
pub(crate) fn verifier_since(trust: TrustStore, micros: u64) -> Verifier {
    let filter = ReplayFilter::new(ReplayConfig::new([1, 2]), time(micros));
    Verifier::new(trust, Policy::STANDARD, filter)
}
