//! What an AA checks before it asks the EA (TS 102 941 clause 6.2.3.3.1): proof of possession where there is one, the
//! key tag, the EA, and whether it could issue what is asked for at all.

use crate::authority::Parts;
use enrollment_protocol::{
    Fault, key_tag,
    limits::is_fresh,
    message,
    signed::{Claim, Received, Right, SignedBy},
};
use v2x_codec::{
    time::Time64,
    ts102941::{
        AuthorizationValidationRequest, CERTIFICATE_FORMAT_TS103097_V131, EtsiTs102941DataContent,
        InnerAtRequest, PublicKeys, SharedAtRequest,
    },
    view::{Content, Data},
};
use v2x_crypto::PublicKey;
use v2x_security::{
    certificate::Certificate,
    id::HashedId8,
    permission::{AppPermissions, EndEntity},
    point,
};

/// A request that only its EA can still object to.
pub(crate) struct Judged {
    /// The ticket's verification key.
    pub(crate) key: PublicKey,
    /// The ticket's encryption key.
    pub(crate) encryption_key: Option<PublicKey>,
    /// What the EA is asked.
    pub(crate) validation: AuthorizationValidationRequest,
    /// The EA.
    pub(crate) ea: Certificate,
}

pub(crate) fn judge(parts: &mut Parts, plaintext: &[u8], now: Time64) -> Result<Judged, Fault> {
    let data = Data::parse(plaintext).map_err(Fault::Unparsable)?;
    match data.content {
        Content::Signed(_) => with_proof(parts, plaintext, now),
        Content::Unsecured(octets) => {
            let request = authorization_request(octets)?;
            let keys = requested_keys(&request.public_keys)?;
            judge_request(parts, request, keys, now)
        }
        Content::Encrypted(_) | Content::SignedCertificateRequest(_) => {
            Err(Fault::WrongContent("signedData or unsecuredData"))
        }
    }
}

fn with_proof(parts: &mut Parts, plaintext: &[u8], now: Time64) -> Result<Judged, Fault> {
    let signed = Received::parse(plaintext)?;
    let request = authorization_request(signed.payload()?)?;
    let keys = requested_keys(&request.public_keys)?;
    match signed.claim()? {
        Claim::Itself => signed.verify(&*parts.provider, &keys.0, SignedBy::Itself)?,
        Claim::Digest(_) => return Err(Fault::WrongContent("self as signer of the proof of possession")),
    }
    if !is_fresh(signed.made(), now) {
        return Err(Fault::OutOfSync);
    }
    judge_request(parts, request, keys, now)
}

fn authorization_request(octets: &[u8]) -> Result<InnerAtRequest, Fault> {
    if let EtsiTs102941DataContent::AuthorizationRequest(request) = message::from_octets(octets)? {
        Ok(request)
    } else {
        Err(Fault::WrongContent("authorizationRequest"))
    }
}

fn judge_request(
    parts: &mut Parts,
    request: InnerAtRequest,
    (key, encryption_key): (PublicKey, Option<PublicKey>),
    now: Time64,
) -> Result<Judged, Fault> {
    let shared = request.shared_at_request;
    if shared.certificate_format != CERTIFICATE_FORMAT_TS103097_V131 {
        return Err(Fault::Incomplete("certificateFormat is not ts103097v131"));
    }
    key_tag::verify(&request.hmac_key, &request.public_keys, &shared.key_tag)?;
    check_permissions(parts, &shared)?;
    let ea = enrolment_authority(parts, HashedId8(*shared.ea_id.0), now)?;
    let validation = AuthorizationValidationRequest::new(shared, request.ec_signature);
    Ok(Judged { key, encryption_key, validation, ea })
}

fn requested_keys(keys: &PublicKeys) -> Result<(PublicKey, Option<PublicKey>), Fault> {
    let key = point::verification_key(&keys.verification_key).map_err(|_| Fault::BadVerificationKey)?;
    let encryption_key = keys.encryption_key.as_ref().map(point::encryption_key).transpose();
    Ok((key, encryption_key.map_err(|_| Fault::BadEncryptionKey)?))
}

/// What this AA may not give, no EA can confirm.
fn check_permissions(parts: &Parts, shared: &SharedAtRequest) -> Result<(), Fault> {
    let asked = shared.requested_subject_attributes.app_permissions.as_ref();
    let asked = AppPermissions::try_from(asked.ok_or(Fault::Incomplete("appPermissions"))?);
    let asked = asked.map_err(|_| Fault::PermissionsDenied)?;
    let own = parts.issuer.certificate().issue_permissions().ok_or(Fault::PermissionsDenied)?;
    own.permit_end_entity(&asked, EndEntity::App).map_err(|_| Fault::PermissionsDenied)
}

/// The EA that the request names: known, in a chain to a trusted root, valid now, able to read a
/// question, and with the right to answer it.
fn enrolment_authority(parts: &mut Parts, id: HashedId8, now: Time64) -> Result<Certificate, Fault> {
    let known: Vec<Certificate> = parts.trust.find(id).map(|(certificate, _)| certificate.clone()).collect();
    if known.is_empty() {
        return Err(Fault::UnknownEa);
    }
    let valid = |certificate: &Certificate| {
        let chain = parts.trust.chain(certificate);
        chain.is_ok_and(|chain| chain.period().contains(now))
            && certificate.encryption_key().is_some()
            && Right::AuthorizationValidationResponse.is_in(certificate)
    };
    known.into_iter().find(valid).ok_or(Fault::InvalidEa)
}
