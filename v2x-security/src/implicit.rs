//! Implicit certificates: put together, and what both sides compute from them (ECQV, see [`v2x_crypto::ecqv`]).
//!
//! An implicit certificate has no signature. Its contents, its issuer's certificate and its issuer's key together make
//! its holder's public key; whoever changes one of them gets another key, to which nobody has the private half.

use v2x_crypto::ecqv::{self, Contribution};
use v2x_crypto::{HashAlgorithm, PrivateKey, PublicKey, SignatureInput, sha256};

use crate::certificate::{Certificate, KeyIndicator};
use crate::refusal::Refusal;
use crate::sign::{CertificateIssuer, IMPLICIT, parse_own};

/// Puts the contents of an implicit certificate together.
///
/// # Errors
/// Those of [`Certificate::parse`], and [`Refusal::Unbuildable`] when the contents are not canonical.
pub fn assemble(to_be_signed: &[u8], issuer: &Certificate) -> Result<Certificate, Refusal> {
    let mut out = Vec::new();
    CertificateIssuer::By(issuer).put_start(&mut out, IMPLICIT, issuer.hash().algorithm());
    out.extend_from_slice(to_be_signed);
    parse_own(&out)
}

/// The hash that ECQV takes of an implicit certificate: H(H(contents) ‖ H(issuer)), SHA-256 throughout.
#[must_use]
pub fn hash(to_be_signed: &[u8], issuer: &Certificate) -> [u8; 32] {
    let contents = HashAlgorithm::Sha256.digest(to_be_signed);
    sha256(SignatureInput::from_digests(&contents, issuer.hash()).as_bytes())
}

/// The key of the holder of `certificate`: Q = e·P + Q_CA with e = [`hash`] as a number. `issuer_key` is the key of
/// `issuer`, which may itself be a reconstructed one.
///
/// # Errors
/// [`Refusal::KeyNotOfCertificate`] for an explicit certificate, [`Refusal::BadKeyMaterial`] when the point is not on
/// the issuer's curve, [`Refusal::Reconstruction`] when the curve has no ECQV or the sum is no key.
pub fn public_key(
    certificate: &Certificate,
    issuer: &Certificate,
    issuer_key: &PublicKey,
) -> Result<PublicKey, Refusal> {
    let KeyIndicator::Implicit(value) = certificate.key() else {
        return Err(Refusal::KeyNotOfCertificate(certificate.hashed_id8()));
    };
    let failed = |error| Refusal::Reconstruction { certificate: certificate.hashed_id8(), error };
    let point = value.on(issuer_key.curve())?;
    ecqv::reconstruct_public(&point, &hash(certificate.to_be_signed(), issuer), issuer_key).map_err(failed)
}

/// The private key of the holder of `certificate`, who asked for it with the key `request` and got `contribution` with
/// it. It is compared with the public one: an issuer can send anything.
///
/// # Errors
/// [`Refusal::KeyNotOfCertificate`] when the contribution is not the one that goes with the certificate and the
/// request; otherwise as [`public_key`].
pub fn private_key(
    certificate: &Certificate,
    issuer: &Certificate,
    request: &PrivateKey,
    contribution: &Contribution,
) -> Result<PrivateKey, Refusal> {
    let other = || Refusal::KeyNotOfCertificate(certificate.hashed_id8());
    let failed = |error| Refusal::Reconstruction { certificate: certificate.hashed_id8(), error };
    let public = public_key(certificate, issuer, issuer.verification_key().ok_or_else(other)?)?;
    let hash = hash(certificate.to_be_signed(), issuer);
    let key = ecqv::reconstruct_private(request, &hash, contribution).map_err(failed)?;
    if *key.public_key() == public { Ok(key) } else { Err(other()) }
}
