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
