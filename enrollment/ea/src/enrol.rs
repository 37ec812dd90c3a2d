//! Enrolment, step by step: open, parse, authenticate, proof of possession, authorise, lint, record, permit, sign,
//! record, answer.

use crate::{
    authority::{Parts, answerer, unopened},
    failure::{Failure, MAX_ATTEMPTS},
    registry::{CanonicalId, Station, Status},
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
    id: CanonicalId,
    station: Station,
    key: PublicKey,
    validity: ValidityPeriod,
}

/// A request that was opened.
struct Asked<'a> {
    octets: &'a [u8],
    digest: RequestDigest,
    plaintext: &'a [u8],
    key: &'a AesKey,
    now: Time64,
}

pub(crate) fn answer(
    parts: &mut Parts,
    now: Time64,
    request: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, CaError> {
    let digest = RequestDigest::of(request);
    if let Standing::Answered(octets) = parts.registry.standing(&digest)? {
        return Ok(octets);
    }
    match open(request, parts.issuer.certificate(), &*parts.agreement) {
        Ok(Opened { plaintext, key }) => {
            opened(parts, &Asked { octets: request, digest, plaintext: &plaintext, key: &key, now }, rng)
        }
        Err(Fault::Denied(why)) => Err(unopened(why)),
        Err(fault) => refuse(parts, fault, request, None, now, rng),
    }
}

/// Judges and issues. Where another worker recorded something meanwhile, that is looked at and the rest judged again:
/// it may have answered this very request.
fn opened(parts: &mut Parts, asked: &Asked<'_>, rng: &mut dyn CryptoRng) -> Result<Vec<u8>, CaError> {
    for _ in 0..MAX_ATTEMPTS {
        match attempt(parts, asked, rng) {
            Ok(octets) => return Ok(octets),
            Err(Failure::Raced) => {}
            Err(Failure::Unavailable(error)) => return Err(error),
            Err(Failure::Refused(fault)) => {
                return refuse(parts, fault, asked.octets, Some(asked.key), asked.now, rng);
            }
        }
    }
    Err(Failure::worn_out())
}

fn attempt(parts: &mut Parts, asked: &Asked<'_>, rng: &mut dyn CryptoRng) -> Result<Vec<u8>, Failure> {
    let intended = match parts.registry.standing(&asked.digest)? {
        Standing::Answered(octets) => return Ok(octets),
        Standing::Intended(octets) => Some(octets),
        Standing::New => None,
    };
    let granted = judge(parts, asked.plaintext, asked.now)?;
    issue(parts, &granted, intended, asked, rng)
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
fn judge(parts: &Parts, plaintext: &[u8], now: Time64) -> Result<Granted, Failure> {
    let outer = Received::parse(plaintext)?;
    let EtsiTs102941DataContent::EnrolmentRequest(proof) = message::from_octets(outer.payload()?)? else {
        return Err(Fault::WrongContent("enrolmentRequest").into());
    };
    let proof = encode(&proof)?;
    let proof = Received::parse(&proof)?;
    let inner: InnerEcRequest = decode(proof.payload()?).map_err(Fault::Unparsable)?;
    let (id, station, previous) = authenticate(parts, &outer, &inner, now)?;
    if !is_fresh(outer.made(), now) {
        return Err(Fault::OutOfSync.into());
    }
    let key = requested_key(&inner, previous)?;
    prove_possession(parts, &proof, &key)?;
    let validity = authorise(parts, &inner.requested_subject_attributes, now)?;
    Ok(Granted { id, station, key, validity })
}

/// Who asks, and the key that it has shown: the canonical one at first, that of its credential when it renews. The
/// status comes after the signature, so that nobody else learns it.
fn authenticate(
    parts: &Parts,
    outer: &Received<'_>,
    inner: &InnerEcRequest,
    now: Time64,
) -> Result<(CanonicalId, Station, PublicKey), Failure> {
    let (id, key) = match outer.claim()? {
        Claim::Itself => by_canonical_key(parts, outer, inner)?,
        Claim::Digest(_) => by_credential(parts, outer, inner, now)?,
    };
    let station = parts.registry.station(&id)?.ok_or(Fault::UnknownStation)?;
    match station.status {
        Status::Active => Ok((id, station, key)),
        Status::Inactive | Status::Blocked => Err(Fault::StationNotActive.into()),
    }
}

fn by_canonical_key(
    parts: &Parts,
    outer: &Received<'_>,
    inner: &InnerEcRequest,
) -> Result<(CanonicalId, PublicKey), Failure> {
    let id = CanonicalId::new(&inner.its_id)?;
    let key = parts.registry.station(&id)?.ok_or(Fault::UnknownStation)?.canonical_key;
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
) -> Result<(CanonicalId, PublicKey), Failure> {
    let Claim::Digest(digest) = outer.claim()? else { return Err(Fault::UnknownStation.into()) };
    if inner.its_id.as_ref() != digest.as_bytes() {
        return Err(Fault::Incomplete("itsId names another credential than the signer").into());
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
) -> Result<(CanonicalId, PublicKey), Failure> {
    let mut worst = Fault::UnknownStation;
    for (id, credential) in parts.registry.credentials(digest)? {
        let Some(key) = credential.verification_key() else { continue };
        match verify(&credential, key) {
            Ok(()) if credential.validity().contains(now) => return Ok((id, *key)),
            Ok(()) => worst = Fault::StationNotActive,
            Err(fault) => worst = fault,
        }
    }
    Err(worst.into())
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
fn issue(
    parts: &mut Parts,
    granted: &Granted,
    intended: Option<Vec<u8>>,
    asked: &Asked<'_>,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Failure> {
    let linted = lint(parts, granted, intended, asked)?;
    let permit = linted.record(asked.digest, &mut *parts.registry)?;
    let unreleased = parts.issuer.sign(permit)?;
    let (issuer, registry) = (&parts.issuer, &mut parts.registry);
    let build = |credential: &Certificate| -> Result<Vec<u8>, Failure> {
        let failed = |_: Fault| CaError::Misuse("the answer cannot be made");
        let asn: AsnCertificate = decode(credential.octets()).map_err(CaError::from)?;
        let response = InnerEcResponse::granted(request_hash(asked.octets), asn);
        let content = EtsiTs102941DataContent::EnrolmentResponse(response);
        Ok(answerer(issuer).answer(content, Some(asked.key), asked.now, rng).map_err(failed)?)
    };
    unreleased
        .conclude_by(build, |conclusion| Ok(registry.enrolled(&granted.id, &granted.station, conclusion)?))
}

fn lint(
    parts: &Parts,
    granted: &Granted,
    intended: Option<Vec<u8>>,
    asked: &Asked<'_>,
) -> Result<Linted, CaError> {
    let now = asked.now.time32().ok_or(CaError::Misuse("the clock is out of range"))?;
    if let Some(octets) = intended {
        return parts.issuer.lint_octets(Role::EnrolmentCredential, CertificateType::Explicit, octets, now);
    }
    let template = Template::enrolment_credential(&name(asked.octets), granted.key, granted.validity);
    parts.issuer.lint(&template, now)
}

/// A name that is unique, because requests are, and that says nothing of the station.
fn name(request: &[u8]) -> String {
    let digest = sha256(request);
    digest.iter().take(16).fold(String::from("ec-"), |name, octet| name + &format!("{octet:02x}"))
}
