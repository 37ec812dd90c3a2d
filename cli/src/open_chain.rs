//! What can still be checked when the issuer of a certificate is not known.
//!
//! The verifier stops there, and rightly so: nothing that follows can make the message believed. But whoever asks
//! "refused or only unknown?" wants to hear of a signature that is wrong whoever the issuer may be.

use v2x_codec::view::{self, Signed};
use v2x_crypto::{Provider, PublicKey, SignatureInput};
use v2x_security::certificate::{Certificate, Issuer, KeyIndicator};
use v2x_security::limits::MAX_CHAIN;
use v2x_security::observer::Observer;
use v2x_security::point;
use v2x_security::refusal::Refusal;
use v2x_security::rule::Rule;
use v2x_security::trust::TrustStore;

/// Checks the signature of a message by the certificate that came with it, as far as that has a key of its own.
pub(crate) fn check_message(
    store: &TrustStore,
    signed: &Signed<'_>,
    signer: &Certificate,
    observer: &mut impl Observer,
) -> Result<(), Refusal> {
    let (Some(key), Some(signature)) =
        (signer.verification_key(), point::received_signature(&signed.signature).ok())
    else {
        return Ok(());
    };
    if is_recoded(signed) {
        return Ok(());
    }
    let input = input(key, signed.to_be_signed, signer);
    let result = store.provider().verify(key, input.as_bytes(), &signature);
    let result = result.map_err(|_| Refusal::BadMessageSignature(signer.hashed_id8()));
    let text = || format!("{} by the key of {signer}, whose chain is open", key.curve());
    observer.note(Rule::MessageSignature, text, result)
}

/// Checks the signatures on a certificate and on its issuers, as far as these are known and have keys of their own.
pub(crate) fn check_certificates(
    store: &TrustStore,
    certificate: &Certificate,
    observer: &mut impl Observer,
) -> Result<(), Refusal> {
    let mut lower = certificate.clone();
    for _ in 0..MAX_CHAIN {
        let Issuer::Digest { id, .. } = lower.issuer() else { break };
        let Some(issuer) = store.find(id).map(|(issuer, _)| issuer.clone()).next() else { break };
        check_issued(store.provider(), &lower, &issuer, observer)?;
        lower = issuer;
    }
    Ok(())
}

fn check_issued(
    provider: &dyn Provider,
    certificate: &Certificate,
    issuer: &Certificate,
    observer: &mut impl Observer,
) -> Result<(), Refusal> {
    let (KeyIndicator::Explicit { signature, .. }, Some(key)) =
        (certificate.key(), issuer.verification_key())
    else {
        return Ok(());
    };
    let input = input(key, certificate.to_be_signed(), issuer);
    let (id, by) = (certificate.hashed_id8(), issuer.hashed_id8());
    let result = provider.verify(key, input.as_bytes(), signature);
    let result = result.map_err(|_| Refusal::BadCertificateSignature { certificate: id, issuer: by });
    let text = || format!("{certificate} by the key of {issuer}, whose chain is open");
    observer.note(Rule::CertificateSignature, text, result)
}

fn input(key: &PublicKey, to_be_signed: &[u8], signer: &Certificate) -> SignatureInput {
    SignatureInput::from_digests(&key.curve().hash().digest(to_be_signed), signer.hash())
}

/// Whether the octets received are not those that were signed: an uncompressed key is signed compressed.
const fn is_recoded(signed: &Signed<'_>) -> bool {
    match &signed.header_info.encryption_key {
        Some(view::EncryptionKey::Public(key)) => matches!(key.point, view::Point::Uncompressed { .. }),
        Some(view::EncryptionKey::Symmetric(_)) | None => false,
    }
}
