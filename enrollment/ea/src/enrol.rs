//! Enrolment, step by step: open, parse, authenticate, proof of possession, authorise, lint, record, permit, sign,
//! record, answer.

use crate::{
    authority::{Parts, answerer},
    registry::{CanonicalId, Status},
};
use enrollment_protocol::{
    Fault,
    limits::is_fresh,
    message, request_hash,
    sealed::{Opened, open},
    signed::{Claim, Received, SignedBy},
};
use v2x_ca::{
    CaError, Role,
    ledger::{RequestDigest, Standing},
    permit::Linted,
    profile::Template,
    services::CREDENTIAL_REQUEST_SSP,
};
use v2x_codec::{
    ieee1609dot2::{Certificate as AsnCertificate, CertificateType, decode, encode},
    time::{Duration, Time32, Time64, ValidityPeriod},
    ts102941::{
        CERTIFICATE_FORMAT_TS103097_V131, CertificateSubjectAttributes, EtsiTs102941DataContent,
        InnerEcRequest, InnerEcResponse,
    },
};
use v2x_crypto::{AesKey, CryptoRng, PublicKey, sha256};
use v2x_security::{
    certificate::Certificate,
    permission::{AppPermissions, Psid, Ssp},
    point,
};

/// A request that was authenticated, proven and authorised.
struct Granted {
    station: CanonicalId,
    key: PublicKey,
    validity: ValidityPeriod,
}

pub(crate) fn answer(
    parts: &mut Parts,
    now: Time64,
    request: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, CaError> {
    let digest = RequestDigest::of(request);
    let standing = parts.ledger.standing(&digest)?;
    if let Standing::Answered(octets) = standing {
        return Ok(octets);
    }
    let opened = open(request, parts.issuer.certificate(), &*parts.agreement);
    let (outcome, key) = match opened {
        Ok(Opened { plaintext, key }) => (judge(parts, &plaintext, now), Some(key)),
        Err(fault) => (Err(fault), None),
    };
    let issued = match (outcome, &key) {
        (Ok(granted), Some(key)) => issue(parts, &granted, digest, standing, request, key, now, rng),
        (Ok(_), None) => Err(Fault::Undecryptable),
        (Err(fault), _) => Err(fault),
    };
    issued.or_else(|fault| refuse(parts, fault, request, key.as_ref(), now, rng))
}

fn refuse(
    parts: &Parts,
    fault: Fault,
    request: &[u8],
    key: Option<&AesKey>,
    now: Time64,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, CaError> {
    let response = InnerEcResponse::refused(request_hash(request), fault.enrolment_code());
    let content = EtsiTs102941DataContent::EnrolmentResponse(response);
    answerer(&parts.issuer)
        .answer(content, key, now, rng)
        .map_err(|_| CaError::Misuse("the answer cannot be signed"))
}

/// Parse, authenticate, proof of possession, authorise.
fn judge(parts: &Parts, plaintext: &[u8], now: Time64) -> Result<Granted, Fault> {
    let outer = Received::parse(plaintext)?;
    let EtsiTs102941DataContent::EnrolmentRequest(proof) = message::from_octets(outer.payload()?)? else {
        return Err(Fault::WrongContent("enrolmentRequest"));
    };
    let proof = encode(&proof)?;
    let proof = Received::parse(&proof)?;
    let inner: InnerEcRequest = decode(proof.payload()?).map_err(Fault::Unparsable)?;
    let (station, previous) = authenticate(parts, &outer, &inner, now)?;
    if !is_fresh(outer.made(), now) {
        return Err(Fault::OutOfSync);
    }
    let key = requested_key(&inner, previous)?;
    prove_possession(parts, &proof, &key)?;
    let validity = authorise(parts, &inner.requested_subject_attributes, now)?;
    Ok(Granted { station, key, validity })
}

/// Who asks, and the key that it has shown: the canonical one at first, that of its credential when it renews. The
/// status comes after the signature, so that nobody else learns it.
fn authenticate(
    parts: &Parts,
    outer: &Received<'_>,
    inner: &InnerEcRequest,
    now: Time64,
) -> Result<(CanonicalId, PublicKey), Fault> {
    let (id, key) = match outer.claim()? {
        Claim::Itself => by_canonical_key(parts, outer, inner)?,
        Claim::Digest(_) => by_credential(parts, outer, inner, now)?,
    };
    match parts.registry.station(&id).map(|station| station.status) {
        Some(Status::Active) => Ok((id, key)),
        Some(Status::Inactive | Status::Blocked) => Err(Fault::StationNotActive),
        None => Err(Fault::UnknownStation),
    }
}

fn by_canonical_key(
    parts: &Parts,
    outer: &Received<'_>,
    inner: &InnerEcRequest,
) -> Result<(CanonicalId, PublicKey), Fault> {
    let id = CanonicalId::new(&inner.its_id).map_err(|_| Fault::UnknownStation)?;
    let key = parts.registry.station(&id).ok_or(Fault::UnknownStation)?.canonical_key;
    outer.verify(&*parts.provider, &key, SignedBy::Itself)?;
    Ok((id, key))
}

/// The digest of the signer shall match `itsId` (TS 102 941 clause 6.2.3.2.1). Digests collide, so each credential
/// with this one is tried.
fn by_credential(
    parts: &Parts,
    outer: &Received<'_>,
    inner: &InnerEcRequest,
    now: Time64,
) -> Result<(CanonicalId, PublicKey), Fault> {
    let Claim::Digest(digest) = outer.claim()? else { return Err(Fault::UnknownStation) };
    if inner.its_id.as_ref() != digest.as_bytes() {
        return Err(Fault::Incomplete("itsId names another credential than the signer"));
    }
    holder(parts, digest, now, |credential, key| {
        Ok(outer.verify(&*parts.provider, key, SignedBy::Certificate(credential))?)
    })
}

/// The station whose credential has this digest and passes `verify`, and is valid now.
pub(crate) fn holder(
    parts: &Parts,
    digest: v2x_security::id::HashedId8,
    now: Time64,
    verify: impl Fn(&Certificate, &PublicKey) -> Result<(), Fault>,
) -> Result<(CanonicalId, PublicKey), Fault> {
    let mut worst = Fault::UnknownStation;
    for (id, credential) in parts.registry.credentials(digest) {
        let Some(key) = credential.verification_key() else { continue };
        match verify(&credential, key) {
            Ok(()) if credential.validity().contains(now) => return Ok((id, *key)),
            Ok(()) => worst = Fault::StationNotActive,
            Err(fault) => worst = fault,
        }
    }
    Err(worst)
}

/// A key that is on its curve, and another than the one it replaces (TS 102 941 clause 6.2.3.2.1: a new key pair for
/// each request).
fn requested_key(inner: &InnerEcRequest, previous: PublicKey) -> Result<PublicKey, Fault> {
    if inner.certificate_format != CERTIFICATE_FORMAT_TS103097_V131 {
        return Err(Fault::Incomplete("certificateFormat is not ts103097v131"));
    }
    let keys = &inner.public_keys;
    let key = point::verification_key(&keys.verification_key).map_err(|_| Fault::BadVerificationKey)?;
    if let Some(encryption_key) = &keys.encryption_key {
        point::encryption_key(encryption_key).map_err(|_| Fault::BadEncryptionKey)?;
    }
    if key == previous { Err(Fault::BadVerificationKey) } else { Ok(key) }
}

fn prove_possession(parts: &Parts, proof: &Received<'_>, key: &PublicKey) -> Result<(), Fault> {
    match proof.claim()? {
        Claim::Itself => Ok(proof.verify(&*parts.provider, key, SignedBy::Itself)?),
        Claim::Digest(_) => Err(Fault::WrongContent("self as signer of the proof of possession")),
    }
}

/// A credential may sign requests and nothing else; how long is the EA's to say, a shorter wish is granted.
fn authorise(
    parts: &Parts,
    asked: &CertificateSubjectAttributes,
    now: Time64,
) -> Result<ValidityPeriod, Fault> {
    let permissions = asked.app_permissions.as_ref().ok_or(Fault::Incomplete("appPermissions"))?;
    let permissions = AppPermissions::try_from(permissions).map_err(|_| Fault::PermissionsDenied)?;
    let most = Ssp::bitmap(&CREDENTIAL_REQUEST_SSP).map_err(|_| Fault::Denied("the credential's own SSP"))?;
    let mut entries = permissions.iter();
    let only = entries
        .next()
        .filter(|entry| entry.psid == Psid::CERTIFICATE_REQUEST && entry.ssp.as_ref() == Some(&most));
    if only.is_none() || entries.next().is_some() {
        return Err(Fault::PermissionsDenied);
    }
    let start = now.time32().ok_or(Fault::Denied("the clock is out of range"))?;
    let wish = asked.validity_period.as_ref().map(|period| ValidityPeriod::from(period).duration);
    Ok(ValidityPeriod { start, duration: shortened(parts, wish, start) })
}

/// The shortest of what is wished, what the policy allows and what the EA's own certificate has left, in whole hours.
fn shortened(parts: &Parts, wish: Option<Duration>, start: Time32) -> Duration {
    let policy = parts.issuer.policy().longest_validity(Role::EnrolmentCredential);
    let own_end = parts.issuer.certificate().validity().end();
    let left = own_end.micros_since(Time64::from(start)).unwrap_or(0) / 1_000_000;
    let wished = wish.map_or(u64::MAX, Duration::whole_seconds);
    let hours = policy.min(left).min(wished) / 3_600;
    Duration::Hours(u16::try_from(hours).unwrap_or(u16::MAX))
}

/// Lint, record, permit, sign, record.
#[expect(clippy::too_many_arguments, reason = "the steps of one issuing share what one request brought")]
fn issue(
    parts: &mut Parts,
    granted: &Granted,
    digest: RequestDigest,
    standing: Standing,
    request: &[u8],
    key: &AesKey,
    now: Time64,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Fault> {
    let unissued = |_: CaError| Fault::Denied("issuing failed");
    let linted = lint(parts, granted, standing, request, now).map_err(unissued)?;
    let permit = linted.record(digest, &mut *parts.ledger).map_err(unissued)?;
    let unreleased = parts.issuer.sign(permit).map_err(unissued)?;
    let (issuer, registry) = (&parts.issuer, &mut parts.registry);
    let build = |credential: &Certificate| -> Result<Vec<u8>, CaError> {
        let failed = |_: Fault| CaError::Misuse("the answer cannot be made");
        let asn: AsnCertificate = decode(credential.octets())?;
        let response = InnerEcResponse::granted(request_hash(request), asn);
        let content = EtsiTs102941DataContent::EnrolmentResponse(response);
        let octets = answerer(issuer).answer(content, Some(key), now, rng).map_err(failed)?;
        let noted = registry.enrolled(&granted.station, credential.clone());
        noted.map_err(|_| CaError::Misuse("the registry did not take the credential"))?;
        Ok(octets)
    };
    unreleased.conclude(&mut *parts.ledger, build).map_err(unissued)
}

fn lint(
    parts: &Parts,
    granted: &Granted,
    standing: Standing,
    request: &[u8],
    now: Time64,
) -> Result<Linted, CaError> {
    let now = now.time32().ok_or(CaError::Misuse("the clock is out of range"))?;
    match standing {
        Standing::Intended(octets) => {
            parts.issuer.lint_octets(Role::EnrolmentCredential, CertificateType::Explicit, octets, now)
        }
        Standing::New | Standing::Answered(_) => {
            let template = Template::enrolment_credential(&name(request), granted.key, granted.validity);
            parts.issuer.lint(&template, now)
        }
    }
}

/// A name that is unique, because requests are, and that says nothing of the station.
fn name(request: &[u8]) -> String {
    let digest = sha256(request);
    digest.iter().take(16).fold(String::from("ec-"), |name, octet| name + &format!("{octet:02x}"))
}
