//! A certificate: parsed once from the octets received, hashed over those octets in canonical form.

use core::fmt;
use core::hint::black_box;
use core::ops::Range;
use std::sync::Arc;

use v2x_codec::ieee1609dot2 as asn;
use v2x_codec::ieee1609dot2::canonical::CanonicalCertificate;
use v2x_codec::time::ValidityPeriod;
use v2x_codec::{CodecError, ErrorKind};
use v2x_crypto::{Digest, HashAlgorithm, PublicKey, Signature};

use crate::id::{HashedId3, HashedId8};
use crate::permission::{AppPermissions, IssuePermissions};
use crate::point::{self, Reconstruction};
use crate::refusal::{Refusal, Structure};
use crate::region::GeographicRegion;

/// A certificate, cheap to clone.
///
/// To hold one says nothing about trust: [`crate::chain::Chain`] does. Two certificates are equal when their
/// canonical octets are.
#[derive(Clone)]
pub struct Certificate(Arc<Inner>);

struct Inner {
    octets: Vec<u8>,
    to_be_signed: Range<usize>,
    hash: Digest,
    issuer: Issuer,
    key: KeyIndicator,
    encryption_key: Option<PublicKey>,
    validity: ValidityPeriod,
    region: Option<GeographicRegion>,
    app_permissions: Option<AppPermissions>,
    issue_permissions: Option<IssuePermissions>,
    decoded: asn::Certificate,
}

/// Who issued a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// It is signed with its own key.
    SelfSigned,
    /// The certificate with this digest, taken with this hash.
    Digest {
        /// The hash of the issuer's certificate.
        algorithm: HashAlgorithm,
        /// The low octets of that hash.
        id: HashedId8,
    },
}

/// What a certificate says of its holder's verification key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyIndicator {
    /// An explicit certificate: the key, and the issuer's signature.
    Explicit {
        /// The holder's key.
        key: PublicKey,
        /// The issuer's signature over `toBeSigned`.
        signature: Signature,
    },
    /// An implicit certificate: the value from which the key is reconstructed with the issuer's.
    Implicit(Reconstruction),
}

/// `SubjectAssurance`: how well the holder keeps its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assurance(u8);

impl Assurance {
    /// From the octet of the certificate.
    #[must_use]
    pub const fn from_octet(octet: u8) -> Self {
        Self(octet)
    }

    /// The assurance level, 0 to 7.
    #[must_use]
    pub const fn level(self) -> u8 {
        self.0 >> 5
    }

    /// The confidence in it, 0 to 3.
    #[must_use]
    pub const fn confidence(self) -> u8 {
        self.0 & 0b11
    }
}

impl Certificate {
    /// Parses a certificate, all of `received`.
    ///
    /// # Errors
    /// [`Refusal::Undecodable`] for octets that are no certificate in canonical OER, [`Refusal::BadKeyMaterial`] for
    /// points off their curve and signatures out of range, [`Refusal::BadPermissions`], [`Refusal::BadRegion`].
    pub fn parse(received: &[u8]) -> Result<Self, Refusal> {
        let undecodable = |error| Refusal::Undecodable { what: Structure::Certificate, error };
        let canonical = CanonicalCertificate::from_received(received).map_err(undecodable)?;
        Self::parse_canonical(canonical, received)
    }

    /// As [`parse`](Self::parse), of octets whose canonical form is known.
    pub(crate) fn parse_canonical(
        canonical: CanonicalCertificate<'_>,
        received: &[u8],
    ) -> Result<Self, Refusal> {
        let undecodable = |error| Refusal::Undecodable { what: Structure::Certificate, error };
        let decoded: asn::Certificate = asn::decode(received).map_err(undecodable)?;
        Self::assemble(canonical, decoded)
    }

    fn assemble(canonical: CanonicalCertificate<'_>, decoded: asn::Certificate) -> Result<Self, Refusal> {
        let tbs = &decoded.to_be_signed;
        let key = key_indicator(&decoded)?;
        let hash = key.hash_algorithm().digest(canonical.octets());
        Ok(Self(Arc::new(Inner {
            hash,
            to_be_signed: canonical.to_be_signed_range(),
            issuer: issuer(&decoded, &key)?,
            key,
            encryption_key: tbs.encryption_key.as_ref().map(point::encryption_key).transpose()?,
            validity: ValidityPeriod::from(&tbs.validity_period),
            region: tbs.region.as_ref().map(GeographicRegion::try_from).transpose()?,
            app_permissions: tbs.app_permissions.as_ref().map(AppPermissions::try_from).transpose()?,
            issue_permissions: tbs
                .cert_issue_permissions
                .as_ref()
                .map(IssuePermissions::try_from)
                .transpose()?,
            octets: canonical.into_owned(),
            decoded,
        })))
    }

    /// The certificate in canonical form: what is sent, and what is hashed.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0.octets
    }

    /// `toBeSigned` in canonical form: what the issuer's signature covers.
    #[must_use]
    pub fn to_be_signed(&self) -> &[u8] {
        self.0.octets.get(self.0.to_be_signed.clone()).unwrap_or_default()
    }

    /// The whole-certificate hash: SHA-384 when the certificate's key is on a 384-bit curve, else SHA-256.
    #[must_use]
    pub fn hash(&self) -> &Digest {
        &self.0.hash
    }

    /// The low eight octets of [`hash`](Self::hash).
    #[must_use]
    pub fn hashed_id8(&self) -> HashedId8 {
        HashedId8::of_hash(self.0.hash.as_bytes())
    }

    /// The low three octets of [`hash`](Self::hash).
    #[must_use]
    pub fn hashed_id3(&self) -> HashedId3 {
        self.hashed_id8().to_hashed_id3()
    }

    /// Who issued it.
    #[must_use]
    pub fn issuer(&self) -> Issuer {
        self.0.issuer
    }

    /// What it says of its holder's verification key.
    #[must_use]
    pub fn key(&self) -> &KeyIndicator {
        &self.0.key
    }

    /// The verification key, which only an explicit certificate has before its chain is known.
    #[must_use]
    pub fn verification_key(&self) -> Option<&PublicKey> {
        match &self.0.key {
            KeyIndicator::Explicit { key, .. } => Some(key),
            KeyIndicator::Implicit(_) => None,
        }
    }

    /// Whether its key has to be reconstructed.
    #[must_use]
    pub fn is_implicit(&self) -> bool {
        matches!(self.0.key, KeyIndicator::Implicit(_))
    }

    /// The key to encrypt to its holder with.
    #[must_use]
    pub fn encryption_key(&self) -> Option<&PublicKey> {
        self.0.encryption_key.as_ref()
    }

    /// When it is valid.
    #[must_use]
    pub fn validity(&self) -> &ValidityPeriod {
        &self.0.validity
    }

    /// Where it is valid; `None`: as its issuer, and a self-signed one everywhere.
    #[must_use]
    pub fn region(&self) -> Option<&GeographicRegion> {
        self.0.region.as_ref()
    }

    /// Its assurance level, if it has one.
    #[must_use]
    pub fn assurance(&self) -> Option<Assurance> {
        let level = self.0.decoded.to_be_signed.assurance_level.as_ref()?;
        level.0.first().copied().map(Assurance)
    }

    /// What its holder may sign.
    #[must_use]
    pub fn app_permissions(&self) -> Option<&AppPermissions> {
        self.0.app_permissions.as_ref()
    }

    /// What its holder may issue certificates for.
    #[must_use]
    pub fn issue_permissions(&self) -> Option<&IssuePermissions> {
        self.0.issue_permissions.as_ref()
    }

    /// Its holder's name, when `id` is a name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        let asn::CertificateId::Name(name) = &self.0.decoded.to_be_signed.id else { return None };
        Some(&name.0)
    }

    /// Reads what a message will be held against, and does nothing with it.
    pub(crate) fn fetch(&self) {
        black_box((self.0.hash.as_bytes().first(), self.0.validity.begin()));
        black_box(
            self.app_permissions().and_then(|permissions| permissions.iter().next()).map(|first| first.psid),
        );
    }

    /// Every field as decoded.
    #[must_use]
    pub fn decoded(&self) -> &asn::Certificate {
        &self.0.decoded
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.octets == other.0.octets
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({self})")
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} ({name})", self.hashed_id8()),
            None => write!(f, "{}", self.hashed_id8()),
        }
    }
}

impl KeyIndicator {
    /// The hash of certificates with such a key. Implicit certificates exist on 256-bit curves only.
    const fn hash_algorithm(&self) -> HashAlgorithm {
        match self {
            Self::Explicit { key, .. } => key.curve().hash(),
            Self::Implicit(_) => HashAlgorithm::Sha256,
        }
    }
}

fn key_indicator(certificate: &asn::Certificate) -> Result<KeyIndicator, Refusal> {
    let indicator = &certificate.to_be_signed.verify_key_indicator;
    match (certificate.r#type, indicator, &certificate.signature) {
        (
            asn::CertificateType::Explicit,
            asn::VerificationKeyIndicator::VerificationKey(key),
            Some(signature),
        ) => Ok(KeyIndicator::Explicit {
            key: point::verification_key(key)?,
            signature: point::signature(signature)?,
        }),
        (asn::CertificateType::Implicit, asn::VerificationKeyIndicator::ReconstructionValue(value), None) => {
            Reconstruction::new(value).map(KeyIndicator::Implicit)
        }
        _ => Err(Refusal::Undecodable {
            what: Structure::Certificate,
            error: CodecError::new(ErrorKind::Profile, "CertificateBase.type", 1),
        }),
    }
}

fn issuer(certificate: &asn::Certificate, key: &KeyIndicator) -> Result<Issuer, Refusal> {
    let digest = |algorithm, id: &asn::HashedId8| Issuer::Digest { algorithm, id: HashedId8(*id.0) };
    match &certificate.issuer {
        asn::IssuerIdentifier::Sha256AndDigest(id) => Ok(digest(HashAlgorithm::Sha256, id)),
        asn::IssuerIdentifier::Sha384AndDigest(id) => Ok(digest(HashAlgorithm::Sha384, id)),
        asn::IssuerIdentifier::VSelf(hash) => self_issued(point::hash_algorithm(*hash)?, key),
        asn::IssuerIdentifier::Sm3AndDigest(_) => Err(Refusal::UnsupportedAlgorithm("SM3")),
        _ => Err(Refusal::UnsupportedAlgorithm("this IssuerIdentifier")),
    }
}

/// A certificate that names itself as issuer names the hash of its own key.
fn self_issued(found: HashAlgorithm, key: &KeyIndicator) -> Result<Issuer, Refusal> {
    match key {
        KeyIndicator::Explicit { key, .. } if key.curve().hash() == found => Ok(Issuer::SelfSigned),
        KeyIndicator::Explicit { key, .. } => Err(Refusal::HashMismatch { found, curve: key.curve() }),
        KeyIndicator::Implicit(_) => Err(Refusal::Undecodable {
            what: Structure::Certificate,
            error: CodecError::new(ErrorKind::Profile, "CertificateBase.issuer", 2),
        }),
    }
}
