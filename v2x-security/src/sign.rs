//! Signing: from a message to `Ieee1609Dot2Data`, and from a certificate's contents to a certificate.
//!
//! What is signed is written here in canonical OER, field by field, and never decoded and encoded again.

use v2x_codec::time::Time64;
use v2x_crypto::{CryptoError, Digest, HashAlgorithm, PublicKey, Signature, SignatureInput, Signer};

use crate::certificate::Certificate;
use crate::chain::Chain;
use crate::id::HashedId3;
use crate::implicit;
use crate::message;
use crate::permission::Psid;
use crate::profile::is_misbehaviour_authority;
use crate::refusal::{Period, Refusal};
use crate::trust::TrustProfile;
use crate::wire;

pub use crate::signer_policy::SignerChoice;

/// What is to be signed.
#[derive(Clone, Copy, Debug)]
pub enum SignedPayload<'a> {
    /// These octets, carried as `unsecuredData`.
    Data(&'a [u8]),
    /// A whole `Ieee1609Dot2Data`, carried as it is.
    Nested(&'a [u8]),
    /// Octets that travel elsewhere; only their hash is carried.
    External(&'a [u8]),
}

/// `ThreeDLocation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    /// 10⁻⁷ degrees, north positive; 900 000 001 is unknown.
    pub latitude: i32,
    /// 10⁻⁷ degrees, east positive; 1 800 000 001 is unknown.
    pub longitude: i32,
    /// Decimetres above −409.6 m.
    pub elevation: u16,
}

/// A message to be signed, with its security header. Made by [`SignRequest::new`], then its optional parts are set.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SignRequest<'a> {
    /// The application.
    pub psid: Psid,
    /// The message.
    pub payload: SignedPayload<'a>,
    /// When it was made; TS 103 097 clause 5.2 has it always.
    pub generation_time: Option<Time64>,
    /// When it stops being relevant.
    pub expiry_time: Option<Time64>,
    /// Where it was made.
    pub generation_location: Option<Location>,
    /// A key to encrypt the answer to: P-256 or brainpoolP256r1.
    pub encryption_key: Option<&'a PublicKey>,
    /// Certificates asked of peers.
    pub inline_p2pcd_request: &'a [HashedId3],
    /// A certificate that a peer asked for.
    pub requested_certificate: Option<&'a Certificate>,
    /// How the signer is named.
    pub signer: SignerChoice,
}

impl<'a> SignRequest<'a> {
    /// A message made at `generation_time`, the signer named by its certificate.
    #[must_use]
    pub const fn new(psid: Psid, generation_time: Time64, payload: SignedPayload<'a>) -> Self {
        Self {
            psid,
            payload,
            generation_time: Some(generation_time),
            expiry_time: None,
            generation_location: None,
            encryption_key: None,
            inline_p2pcd_request: &[],
            requested_certificate: None,
            signer: SignerChoice::Certificate,
        }
    }
}

/// A certificate and the key that belongs to it.
pub struct Identity {
    certificate: Certificate,
    signer: Box<dyn Signer>,
}

impl core::fmt::Debug for Identity {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Identity({})", self.certificate)
    }
}

impl Identity {
    /// Joins an explicit certificate with its key.
    ///
    /// # Errors
    /// [`Refusal::KeyNotOfCertificate`] when the key is another; an implicit certificate needs
    /// [`of_chain`](Self::of_chain) or [`of_implicit`](Self::of_implicit).
    pub fn new(certificate: Certificate, signer: Box<dyn Signer>) -> Result<Self, Refusal> {
        let same = certificate.verification_key() == Some(signer.public_key());
        Self::if_same(same, certificate, signer)
    }

    /// Joins the certificate at the lower end of a chain with its key, reconstructed when it is implicit.
    ///
    /// # Errors
    /// [`Refusal::KeyNotOfCertificate`] when the key is another.
    pub fn of_chain(chain: &Chain, signer: Box<dyn Signer>) -> Result<Self, Refusal> {
        let same = chain.key() == signer.public_key();
        Self::if_same(same, chain.certificate().clone(), signer)
    }

    /// Joins an implicit certificate with its key, by the certificate of its issuer.
    ///
    /// Whether the issuer is to be believed is not asked: for that there is [`of_chain`](Self::of_chain).
    ///
    /// # Errors
    /// [`Refusal::KeyNotOfCertificate`] when the key is another, as it is under another issuer;
    /// [`Refusal::BadKeyMaterial`], [`Refusal::Reconstruction`] when the two certificates make no key.
    pub fn of_implicit(
        certificate: Certificate,
        issuer: &Certificate,
        signer: Box<dyn Signer>,
    ) -> Result<Self, Refusal> {
        let unusable = Refusal::KeyNotOfCertificate(issuer.hashed_id8());
        let key = implicit::public_key(&certificate, issuer, issuer.verification_key().ok_or(unusable)?)?;
        Self::if_same(key == *signer.public_key(), certificate, signer)
    }

    fn if_same(same: bool, certificate: Certificate, signer: Box<dyn Signer>) -> Result<Self, Refusal> {
        let other = Refusal::KeyNotOfCertificate(certificate.hashed_id8());
        if same { Ok(Self { certificate, signer }) } else { Err(other) }
    }

    /// The certificate.
    #[must_use]
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Who signs.
    #[must_use]
    pub fn signer(&self) -> &dyn Signer {
        &*self.signer
    }

    /// Signs a message, after checking that receivers may accept it: the certificate permits the PSID and was valid
    /// at `generation_time`, and the header keeps to the profile of the message.
    ///
    /// # Errors
    /// What a receiver would answer: [`Refusal::MisbehaviourAuthorityOnly`], [`Refusal::PsidNotPermitted`], [`Refusal::GeneratedOutsideValidity`],
    /// [`Refusal::HeaderFieldMissing`], [`Refusal::HeaderFieldForbidden`], [`Refusal::WrongSignerChoice`]; and those
    /// of [`sign_unchecked`](Self::sign_unchecked).
    pub fn sign(&self, profile: TrustProfile, request: &SignRequest<'_>) -> Result<Vec<u8>, Refusal> {
        self.check(profile, request)?;
        self.sign_unchecked(request)
    }

    fn check(&self, profile: TrustProfile, request: &SignRequest<'_>) -> Result<(), Refusal> {
        message::check_request(profile, request)?;
        let (certificate, psid) = (self.certificate.hashed_id8(), request.psid);
        let of_road_users = matches!(psid, Psid::CAM | Psid::DENM | Psid::VAM);
        if of_road_users && is_misbehaviour_authority(profile, &self.certificate) {
            return Err(Refusal::MisbehaviourAuthorityOnly { certificate, psid: psid.0 });
        }
        if self.certificate.app_permissions().is_none_or(|permissions| permissions.find(psid).is_none()) {
            return Err(Refusal::PsidNotPermitted { certificate, psid: psid.0 });
        }
        let validity = Period::of(&self.certificate);
        match request.generation_time.filter(|time| !validity.contains(*time)) {
            Some(generated) => Err(Refusal::GeneratedOutsideValidity { certificate, generated, validity }),
            None => Ok(()),
        }
    }

    /// Signs a message as it is, whatever receivers will say of it: for attackers in simulations, and for tests.
    ///
    /// # Errors
    /// [`Refusal::Unbuildable`] for what has no encoding, [`Refusal::Crypto`] when the key's holder fails.
    pub fn sign_unchecked(&self, request: &SignRequest<'_>) -> Result<Vec<u8>, Refusal> {
        signed_data(&*self.signer, SignedBy::Certificate(&self.certificate), request)
    }
}

/// In whose name something is signed.
#[derive(Clone, Copy, Debug)]
pub enum SignedBy<'a> {
    /// `self`: whoever has the key that the payload names, as in the proof of possession of a certificate request.
    Itself,
    /// The holder of this certificate.
    Certificate(&'a Certificate),
}

impl SignedBy<'_> {
    /// What stands for the signer in the signature's input.
    pub(crate) fn digest(self, hash: HashAlgorithm) -> Digest {
        match self {
            Self::Itself => hash.digest(&[]),
            Self::Certificate(certificate) => *certificate.hash(),
        }
    }

    /// `SignerIdentifier`.
    fn put(self, out: &mut Vec<u8>, choice: SignerChoice) {
        match (self, choice) {
            (Self::Certificate(certificate), SignerChoice::Digest) => {
                out.push(0x80);
                out.extend_from_slice(certificate.hashed_id8().as_bytes());
            }
            (Self::Certificate(certificate), SignerChoice::Certificate) => {
                out.extend_from_slice(&[0x81, 1, 1]);
                out.extend_from_slice(certificate.octets());
            }
            (Self::Itself, SignerChoice::Digest | SignerChoice::Certificate) => out.push(0x82),
        }
    }
}

/// `Ieee1609Dot2Data` with `signedData`, whoever may sign what.
///
/// # Errors
/// [`Refusal::Unbuildable`], [`Refusal::Crypto`].
pub(crate) fn signed_data(
    signer: &dyn Signer,
    by: SignedBy<'_>,
    request: &SignRequest<'_>,
) -> Result<Vec<u8>, Refusal> {
    let hash = signer.public_key().curve().hash();
    let mut out = Vec::with_capacity(room(by, request));
    out.extend_from_slice(&[3, 0x81, wire::hash_id(hash)]);
    let start = out.len();
    put_to_be_signed(&mut out, hash, request)?;
    let to_be_signed = hash.digest(out.get(start..).unwrap_or_default());
    let message = SignatureInput::from_digests(&to_be_signed, &by.digest(hash));
    let signature = sign_octets(signer, message.as_bytes())?;
    by.put(&mut out, request.signer);
    wire::put_signature(&mut out, &signature);
    Ok(out)
}

/// Octets that the message will hardly exceed: one allocation instead of some.
fn room(by: SignedBy<'_>, request: &SignRequest<'_>) -> usize {
    /// Header and signature with every field of fixed length, on a curve of 384 bits.
    const FRAME: usize = 320;
    let payload = match request.payload {
        SignedPayload::Data(octets) | SignedPayload::Nested(octets) => octets.len(),
        SignedPayload::External(_) => 0,
    };
    let attached = match (by, request.signer) {
        (SignedBy::Certificate(certificate), SignerChoice::Certificate) => certificate.octets().len(),
        (SignedBy::Certificate(_), SignerChoice::Digest) | (SignedBy::Itself, _) => 0,
    };
    let requested = request.requested_certificate.map_or(0, |certificate| certificate.octets().len());
    FRAME + payload + attached + requested
}

fn sign_octets(signer: &dyn Signer, message: &[u8]) -> Result<Signature, Refusal> {
    signer.sign(message).map_err(|error: CryptoError| Refusal::Crypto { what: "signing", error })
}

/// `ToBeSignedData`.
fn put_to_be_signed(
    out: &mut Vec<u8>,
    hash: HashAlgorithm,
    request: &SignRequest<'_>,
) -> Result<(), Refusal> {
    put_payload(out, hash, request.payload);
    put_header(out, request)
}

/// `SignedDataPayload`.
fn put_payload(out: &mut Vec<u8>, hash: HashAlgorithm, payload: SignedPayload<'_>) {
    match payload {
        SignedPayload::Data(octets) => {
            out.extend_from_slice(&[0x40, 3, 0x80]);
            wire::put_octets(out, octets);
        }
        SignedPayload::Nested(data) => {
            out.push(0x40);
            out.extend_from_slice(data);
        }
        SignedPayload::External(octets) => put_external(out, hash, octets),
    }
}

/// `extDataHash` alone. SHA-384 is an extension of `HashedData`, so an open type.
fn put_external(out: &mut Vec<u8>, hash: HashAlgorithm, octets: &[u8]) {
    let digest = hash.digest(octets);
    match hash {
        HashAlgorithm::Sha256 => out.extend_from_slice(&[0x20, 0x80]),
        HashAlgorithm::Sha384 => out.extend_from_slice(&[0x20, 0x81, 48]),
    }
    out.extend_from_slice(digest.as_bytes());
}

/// `HeaderInfo`: a preamble of an extension bit, six presence bits and one of padding.
fn put_header(out: &mut Vec<u8>, request: &SignRequest<'_>) -> Result<(), Refusal> {
    let extended = !request.inline_p2pcd_request.is_empty() || request.requested_certificate.is_some();
    let bit = |present: bool, mask: u8| if present { mask } else { 0 };
    out.push(
        bit(extended, 0x80)
            | bit(request.generation_time.is_some(), 0x40)
            | bit(request.expiry_time.is_some(), 0x20)
            | bit(request.generation_location.is_some(), 0x10)
            | bit(request.encryption_key.is_some(), 0x02),
    );
    wire::put_unsigned(out, request.psid.0);
    let times = [request.generation_time, request.expiry_time];
    times.into_iter().flatten().for_each(|time| out.extend_from_slice(&time.micros().to_be_bytes()));
    if let Some(location) = request.generation_location {
        put_location(out, location);
    }
    if let Some(key) = request.encryption_key {
        out.push(0x80);
        put_encryption_key(out, key)?;
    }
    if extended {
        put_extensions(out, request);
    }
    Ok(())
}

fn put_location(out: &mut Vec<u8>, location: Location) {
    out.extend_from_slice(&location.latitude.to_be_bytes());
    out.extend_from_slice(&location.longitude.to_be_bytes());
    out.extend_from_slice(&location.elevation.to_be_bytes());
}

/// `PublicEncryptionKey` for AES-128-CCM.
pub(crate) fn put_encryption_key(out: &mut Vec<u8>, key: &PublicKey) -> Result<(), Refusal> {
    let unfit = Refusal::Unbuildable("an encryption key must be on P-256 or brainpoolP256r1");
    let choice = wire::ecies_choice(key.curve()).ok_or(unfit)?;
    out.extend_from_slice(&[0, choice]);
    wire::put_point(out, key);
    Ok(())
}

/// The four extension additions of the 2022 edition, of which two are made here.
fn put_extensions(out: &mut Vec<u8>, request: &SignRequest<'_>) {
    let ids = request.inline_p2pcd_request;
    let first = if ids.is_empty() { 0 } else { 0x80 };
    let second = if request.requested_certificate.is_some() { 0x40 } else { 0 };
    out.extend_from_slice(&[2, 4, first | second]);
    if !ids.is_empty() {
        wire::put_open(out, |inner| put_ids(inner, ids));
    }
    if let Some(certificate) = request.requested_certificate {
        wire::put_octets(out, certificate.octets());
    }
}

fn put_ids(out: &mut Vec<u8>, ids: &[HashedId3]) {
    wire::put_unsigned(out, ids.len() as u64);
    ids.iter().for_each(|id| out.extend_from_slice(id.as_bytes()));
}

/// Who signs a certificate.
#[derive(Clone, Copy, Debug)]
pub enum CertificateIssuer<'a> {
    /// The certificate's own key: roots and trust list managers.
    SelfSigned,
    /// The key of this certificate.
    By(&'a Certificate),
}

impl CertificateIssuer<'_> {
    /// The octets that a certificate starts with, up to its contents.
    ///
    /// `hash` is that of the signing key; it counts for a self-signed certificate only.
    pub(crate) fn put_start(&self, out: &mut Vec<u8>, kind: u8, hash: HashAlgorithm) {
        // A preamble with the signature's presence bit, version 3, the type; then `IssuerIdentifier`.
        let preamble = if kind == EXPLICIT { 0x80 } else { 0 };
        out.extend_from_slice(&[preamble, 3, kind]);
        match self {
            Self::SelfSigned => out.extend_from_slice(&[0x81, wire::hash_id(hash)]),
            Self::By(issuer) => put_issuer_digest(out, issuer),
        }
    }

    /// The hash of the issuer's certificate, and of the empty string when there is none.
    fn digest(&self, hash: HashAlgorithm) -> Digest {
        match self {
            Self::SelfSigned => hash.digest(&[]),
            Self::By(issuer) => *issuer.hash(),
        }
    }
}

const EXPLICIT: u8 = 0;
/// `CertificateType` of implicit certificates.
pub(crate) const IMPLICIT: u8 = 1;

/// `sha384AndDigest` is an extension, so an open type.
fn put_issuer_digest(out: &mut Vec<u8>, issuer: &Certificate) {
    match issuer.hash().algorithm() {
        HashAlgorithm::Sha256 => out.push(0x80),
        HashAlgorithm::Sha384 => out.extend_from_slice(&[0x82, 8]),
    }
    out.extend_from_slice(issuer.hashed_id8().as_bytes());
}

/// Signs the contents of an explicit certificate, `ToBeSignedCertificate` in canonical form.
///
/// Whether the contents may be signed is asked before: this checks only that the key is the issuer's.
///
/// # Errors
/// [`Refusal::KeyNotOfCertificate`] when `signer` is not the issuer, those of [`Certificate::parse`] when the contents
/// are no certificate's, [`Refusal::Unbuildable`] when they are not canonical, [`Refusal::Crypto`].
pub fn sign_certificate(
    to_be_signed: &[u8],
    issuer: CertificateIssuer<'_>,
    signer: &dyn Signer,
) -> Result<Certificate, Refusal> {
    let hash = signer.public_key().curve().hash();
    let message = SignatureInput::from_digests(&hash.digest(to_be_signed), &issuer.digest(hash));
    let mut out = Vec::new();
    issuer.put_start(&mut out, EXPLICIT, hash);
    out.extend_from_slice(to_be_signed);
    wire::put_signature(&mut out, &sign_octets(signer, message.as_bytes())?);
    let certificate = parse_own(&out)?;
    let by = match issuer {
        CertificateIssuer::SelfSigned => &certificate,
        CertificateIssuer::By(issuer) => issuer,
    };
    match by.verification_key() {
        Some(key) if key != signer.public_key() => Err(Refusal::KeyNotOfCertificate(by.hashed_id8())),
        Some(_) | None => Ok(certificate),
    }
}

pub(crate) fn parse_own(octets: &[u8]) -> Result<Certificate, Refusal> {
    let certificate = Certificate::parse(octets)?;
    let canonical = certificate.octets() == octets;
    if canonical {
        Ok(certificate)
    } else {
        Err(Refusal::Unbuildable("the contents are not in canonical form"))
    }
}
