//! Authorization validation: an AA asks whether a station may have a ticket, and does not say which.

use crate::{
    authority::{Parts, answerer, unopened},
    enrol::holder,
    failure::{Failure, MAX_ATTEMPTS},
    registry::{CanonicalId, Confirmation, Station, Status},
};
use enrollment_protocol::{
    Fault,
    limits::is_fresh,
    message, request_hash,
    sealed::{Opened, open},
    signed::{Claim, Received, Right, SignedBy},
};
use v2x_ca::{
    CaError, Role,
    ledger::{RequestDigest, Standing},
};
use v2x_codec::{
    ieee1609dot2::{FixedOctetString, SubjectAssurance, encode},
    time::{Duration, Time64, ValidityPeriod},
    ts102941::{
        AuthorizationValidationRequest, AuthorizationValidationResponse, CertificateSubjectAttributes,
        EcSignature, EtsiTs102941DataContent, SharedAtRequest,
    },
};
use v2x_crypto::{AesKey, CryptoRng, sha256};
use v2x_security::{
    certificate::Certificate,
    id::HashedId8,
    permission::{AppPermissions, EndEntity},
};

/// A request that was found good: whose it is, what it stands for, and what the ticket may say.
struct Found {
    id: CanonicalId,
    station: Station,
    shared: [u8; 32],
    validity: ValidityPeriod,
    attributes: CertificateSubjectAttributes,
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

/// Judges and confirms. Where another worker recorded something meanwhile, that is looked at and the rest judged again:
/// it may have answered this very request, or taken the last place of the quota.
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
    match parts.registry.standing(&asked.digest)? {
        Standing::Answered(octets) => return Ok(octets),
        Standing::New | Standing::Intended(_) => {}
    }
    let found = judge(parts, asked.plaintext, asked.now)?;
    confirm(parts, &found, asked, rng)
}

fn refuse(
    parts: &Parts,
    fault: Fault,
    request: &[u8],
    key: Option<&AesKey>,
    now: Time64,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, CaError> {
    let response = AuthorizationValidationResponse::refused(request_hash(request), fault.validation_code());
    let content = EtsiTs102941DataContent::AuthorizationValidationResponse(response);
    answerer(&parts.issuer)
        .answer(content, key, now, rng)
        .map_err(|_| CaError::Misuse("the answer cannot be signed"))
}

/// Notes the ticket against the station's quota and records the answer, in one, and only then gives it out.
fn confirm(
    parts: &mut Parts,
    found: &Found,
    asked: &Asked<'_>,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Failure> {
    let attributes = found.attributes.clone();
    let response = AuthorizationValidationResponse::confirmed(request_hash(asked.octets), attributes);
    let content = EtsiTs102941DataContent::AuthorizationValidationResponse(response);
    let answered = answerer(&parts.issuer).answer(content, Some(asked.key), asked.now, rng);
    let octets = answered.map_err(|_| CaError::Misuse("the answer cannot be made"))?;
    let Found { id, station, shared, validity, .. } = found;
    let confirmation = Confirmation { id, station, shared: *shared, validity: *validity };
    parts.registry.confirmed(asked.now, &asked.digest, confirmation, &octets)?;
    Ok(octets)
}

fn judge(parts: &mut Parts, plaintext: &[u8], now: Time64) -> Result<Found, Failure> {
    let outer = Received::parse(plaintext)?;
    authenticate_authority(parts, &outer, now)?;
    if !is_fresh(outer.made(), now) {
        return Err(Fault::OutOfSync.into());
    }
    let EtsiTs102941DataContent::AuthorizationValidationRequest(request) =
        message::from_octets(outer.payload()?)?
    else {
        return Err(Fault::WrongContent("authorizationValidationRequest").into());
    };
    if request.shared_at_request.ea_id.0.as_ref() != parts.issuer.certificate().hashed_id8().as_bytes() {
        return Err(Fault::WrongEa.into());
    }
    let shared = encode(&request.shared_at_request)?;
    let station = authenticate_station(parts, &request, &shared, now)?;
    authorise(parts, station, &request.shared_at_request, sha256(&shared), now)
}

/// An AA that the root vouches for now, and that may ask.
fn authenticate_authority(parts: &mut Parts, outer: &Received<'_>, now: Time64) -> Result<(), Fault> {
    let Claim::Digest(id) = outer.claim()? else {
        return Err(Fault::WrongContent("a digest as signer"));
    };
    let known: Vec<Certificate> = parts.trust.find(id).map(|(certificate, _)| certificate.clone()).collect();
    let mut worst = Fault::InvalidAa;
    for certificate in known {
        match accept_authority(parts, outer, &certificate, now) {
            Ok(()) => return Ok(()),
            Err(fault) => worst = fault,
        }
    }
    Err(worst)
}

fn accept_authority(
    parts: &mut Parts,
    outer: &Received<'_>,
    certificate: &Certificate,
    now: Time64,
) -> Result<(), Fault> {
    let chain = parts.trust.chain(certificate).map_err(|_| Fault::InvalidAa)?;
    if !chain.period().contains(now) || !Right::AuthorizationValidationRequest.is_in(certificate) {
        return Err(Fault::InvalidAa);
    }
    outer.verify_by(&chain).map_err(|_| Fault::BadAaSignature)
}

/// Opens `ecSignature` where it is encrypted, and finds whose it is.
fn authenticate_station(
    parts: &Parts,
    request: &AuthorizationValidationRequest,
    shared: &[u8],
    now: Time64,
) -> Result<CanonicalId, Failure> {
    let signature = match &request.ec_signature {
        EcSignature::EcSignature(signature) => zeroize::Zeroizing::new(encode(signature)?),
        EcSignature::EncryptedEcSignature(sealed) => {
            open(&encode(sealed)?, parts.issuer.certificate(), &*parts.agreement)?.plaintext
        }
    };
    let signature = Received::parse(&signature)?;
    signature.check_external(shared)?;
    let Claim::Digest(credential) = signature.claim()? else {
        return Err(Fault::WrongContent("a credential's digest as signer").into());
    };
    let station = holder_of(parts, credential, &signature, now)?;
    if is_fresh(signature.made(), now) { Ok(station) } else { Err(Fault::OutOfSync.into()) }
}

fn holder_of(
    parts: &Parts,
    credential: HashedId8,
    signature: &Received<'_>,
    now: Time64,
) -> Result<CanonicalId, Failure> {
    let (station, _) = holder(parts, credential, now, |credential, key| {
        signature.verify(&*parts.provider, key, SignedBy::Certificate(credential))?;
        if Right::AuthorizationRequest.is_in(credential) { Ok(()) } else { Err(Fault::PermissionsDenied) }
    })?;
    Ok(station)
}

/// What the station is registered for, and no more tickets at a time than it may have. Of the quota this is a first
/// look: it is held to when the confirmation is recorded.
fn authorise(
    parts: &Parts,
    id: CanonicalId,
    request: &SharedAtRequest,
    shared: [u8; 32],
    now: Time64,
) -> Result<Found, Failure> {
    let station = parts.registry.station(&id)?.ok_or(Fault::UnknownStation)?;
    match station.status {
        Status::Active => {}
        Status::Inactive | Status::Blocked => return Err(Fault::StationNotActive.into()),
    }
    let asked = &request.requested_subject_attributes;
    check_permissions(&station, asked)?;
    let validity = validity(parts, asked, now)?;
    let quota = usize::try_from(station.profile.parallel_tickets).unwrap_or(usize::MAX);
    if parts.registry.overlapping(&id, &shared, &validity)? >= quota {
        return Err(Fault::TooManyTickets.into());
    }
    let attributes = attributes(&station, asked, validity);
    Ok(Found { id, station, shared, validity, attributes })
}

fn check_permissions(station: &Station, asked: &CertificateSubjectAttributes) -> Result<(), Fault> {
    let permissions = asked.app_permissions.as_ref().ok_or(Fault::Incomplete("appPermissions"))?;
    let permissions = AppPermissions::try_from(permissions).map_err(|_| Fault::PermissionsDenied)?;
    let allowed = station.profile.permissions().ok_or(Fault::Denied("the station's profile is malformed"))?;
    let inside = allowed.permit_end_entity(&permissions, EndEntity::App);
    inside.map_err(|_| Fault::PermissionsDenied)
}

/// The validity that the ticket gets: what is wished within the policy, else the longest from now on.
fn validity(
    parts: &Parts,
    asked: &CertificateSubjectAttributes,
    now: Time64,
) -> Result<ValidityPeriod, Fault> {
    let policy = parts.issuer.policy();
    let now32 = now.time32().ok_or(Fault::Denied("the clock is out of range"))?;
    let wish = asked.validity_period.as_ref().map(ValidityPeriod::from);
    let start = wish.map_or(now32, |wish| wish.start.max(now32));
    let longest_lead = policy.longest_lead(Role::AuthorizationTicket).saturating_mul(1_000_000);
    if Time64::from(start) > now.saturating_add_micros(longest_lead) {
        return Err(Fault::PermissionsDenied);
    }
    let longest = policy.longest_validity(Role::AuthorizationTicket);
    let wished = wish.map_or(u64::MAX, |wish| wish.duration.whole_seconds());
    let minutes = longest.min(wished) / 60;
    Ok(ValidityPeriod { start, duration: Duration::Minutes(u16::try_from(minutes).unwrap_or(u16::MAX)) })
}

/// Assurance, start and end are there in every confirmation (TS 102 941 clause
/// 6.2.3.4.2); the permissions are those asked for, the region that of the station's profile.
fn attributes(
    station: &Station,
    asked: &CertificateSubjectAttributes,
    validity: ValidityPeriod,
) -> CertificateSubjectAttributes {
    let mut attributes = CertificateSubjectAttributes::default();
    attributes.app_permissions.clone_from(&asked.app_permissions);
    attributes.validity_period = Some(validity.into());
    attributes.region.clone_from(&station.profile.region);
    attributes.assurance_level = Some(SubjectAssurance(FixedOctetString::new([station.profile.assurance])));
    attributes
}
