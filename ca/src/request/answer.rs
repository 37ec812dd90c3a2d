//! The root's side, step by step: parse, know the applicant, read the request, proof of possession, role, template; then
//! lint, record, permit, sign, record as for every certificate.

use super::{RequestRefusal, fingerprint, role_of};
use crate::{
    asn1::{CertificateId, ToBeSignedCertificate, decode},
    issuer::{Issuer, parse},
    ledger::{Hash, Ledger, RequestDigest, Standing},
    limits::{MAX_REQUEST_LEAD_SECONDS, MAX_REQUEST_OCTETS},
    policy::Policy,
    profile::{Key, Template},
    role::Role,
};
use v2x_codec::{
    time::{Duration, Time32, Time64, ValidityPeriod},
    ts102941::{
        CaCertificateRequest, CertificateSubjectAttributes, EtsiTs102941Data, EtsiTs102941DataContent,
    },
};
use v2x_crypto::PublicKey;
use v2x_security::{
    certificate::{Certificate, Issuer as IssuedBy},
    id::HashedId8,
    point,
    request::{Claim, Received, Right, SignedBy},
    trust::TrustStore,
};

/// An application form that was approved: it names the request that came by another channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Application {
    /// The fingerprint on the form.
    pub fingerprint: Hash,
    /// What the applicant may become: EA or AA.
    pub role: Role,
}

/// Answers a CA certificate request with a certificate. `trust` knows `root` and the authorities that it has certified, with
/// what is revoked; `application` is the form for an initial request, and nothing for a re-keying.
///
/// The same request again gets the same certificate.
///
/// # Errors
/// [`RequestRefusal`].
pub fn answer(
    root: &Issuer,
    trust: &mut TrustStore,
    application: Option<&Application>,
    message: &[u8],
    now: Time64,
    ledger: &mut dyn Ledger,
) -> Result<Certificate, RequestRefusal> {
    if message.len() > MAX_REQUEST_OCTETS {
        return Err(RequestRefusal::TooLong(message.len()));
    }
    let digest = RequestDigest::of(message);
    if let Standing::Answered(octets) = ledger.standing(&digest)? {
        return Ok(parse(&octets)?);
    }
    let now32 = now.time32().ok_or(RequestRefusal::ClockOutOfRange)?;
    let outer = received(message, root.policy(), now)?;
    let template = match outer.claim()? {
        Claim::Itself => initial(root, trust, application, message, &outer, now32)?,
        Claim::Digest(id) => rekeying(root, trust, id, &outer, now)?,
    };
    Ok(root.issue(&template, digest, now32, ledger)?)
}

/// A signed message that is neither from the future nor older than the policy allows.
fn received<'m>(message: &'m [u8], policy: &Policy, now: Time64) -> Result<Received<'m>, RequestRefusal> {
    let received = Received::parse(message)?;
    let made = received.made();
    let earliest = now.saturating_sub_micros(policy.request_seconds.saturating_mul(1_000_000));
    let latest = now.saturating_add_micros(MAX_REQUEST_LEAD_SECONDS * 1_000_000);
    if (earliest..=latest).contains(&made) {
        Ok(received)
    } else {
        Err(RequestRefusal::NotFresh { made, now })
    }
}

fn initial(
    root: &Issuer,
    trust: &TrustStore,
    application: Option<&Application>,
    message: &[u8],
    signed: &Received<'_>,
    now: Time32,
) -> Result<Template, RequestRefusal> {
    let approved = application.filter(|application| application.fingerprint == fingerprint(message));
    let approved = approved.ok_or(RequestRefusal::NotApproved)?.role;
    let template = requested(root, trust, signed, now)?;
    if template.role == approved {
        Ok(template)
    } else {
        Err(RequestRefusal::NotTheApprovedRole { asked: template.role, approved })
    }
}

fn rekeying(
    root: &Issuer,
    trust: &mut TrustStore,
    current: HashedId8,
    outer: &Received<'_>,
    now: Time64,
) -> Result<Template, RequestRefusal> {
    let current = current_holder(root, trust, current, outer, now)?;
    let inner = received(outer.payload()?, root.policy(), now)?;
    let now = now.time32().ok_or(RequestRefusal::ClockOutOfRange)?;
    let template = requested(root, trust, &inner, now)?;
    check_new_keys(&template, &current)?;
    check_contents(&template, &current)?;
    Ok(template)
}

/// The authority that signed: one that this root has certified, believed and valid now. Digests collide, so each
/// certificate with this one is tried.
fn current_holder(
    root: &Issuer,
    trust: &mut TrustStore,
    id: HashedId8,
    outer: &Received<'_>,
    now: Time64,
) -> Result<Certificate, RequestRefusal> {
    let known: Vec<Certificate> = trust.find(id).map(|(certificate, _)| certificate.clone()).collect();
    let mut last = RequestRefusal::UnknownAuthority(id);
    for certificate in known {
        match check_holder(root, trust, &certificate, outer, now) {
            Ok(()) => return Ok(certificate),
            Err(refusal) => last = refusal,
        }
    }
    Err(last)
}

fn check_holder(
    root: &Issuer,
    trust: &mut TrustStore,
    current: &Certificate,
    outer: &Received<'_>,
    now: Time64,
) -> Result<(), RequestRefusal> {
    let untrusted = |refusal| RequestRefusal::Untrusted(Box::new(refusal));
    let chain = trust.chain(current).map_err(untrusted)?;
    match current.issuer() {
        IssuedBy::Digest { .. } if chain.certificates().get(1) == Some(root.certificate()) => {}
        IssuedBy::Digest { .. } | IssuedBy::SelfSigned => return Err(RequestRefusal::OtherRoot),
    }
    if !chain.period().contains(now) {
        return Err(RequestRefusal::CurrentNotValid(now));
    }
    if !Right::CaCertificateRequest.is_in(current) {
        return Err(RequestRefusal::NotPermitted);
    }
    let by = SignedBy::Certificate(current);
    outer.verify(trust.provider(), chain.key(), by).map_err(|_| RequestRefusal::BadOuterSignature)
}

/// What the new key itself has signed, as a template.
fn requested(
    root: &Issuer,
    trust: &TrustStore,
    signed: &Received<'_>,
    now: Time32,
) -> Result<Template, RequestRefusal> {
    if signed.claim()? != Claim::Itself {
        return Err(RequestRefusal::NotSelf);
    }
    let request = read(signed.payload()?)?;
    let (key, encryption_key) = keys(&request)?;
    let proven = signed.verify(trust.provider(), &key, SignedBy::Itself);
    proven.map_err(|_| RequestRefusal::NoPossession)?;
    template(root, request.requested_subject_attributes, key, encryption_key, now)
}

fn read(octets: &[u8]) -> Result<CaCertificateRequest, RequestRefusal> {
    let message: EtsiTs102941Data = decode(octets)?;
    let EtsiTs102941DataContent::CaCertificateRequest(request) = message.content else {
        return Err(RequestRefusal::OtherMessage);
    };
    Ok(request)
}

fn keys(request: &CaCertificateRequest) -> Result<(PublicKey, PublicKey), RequestRefusal> {
    let keys = &request.public_keys;
    let bad = |refusal| RequestRefusal::BadVerificationKey(Box::new(refusal));
    let key = point::verification_key(&keys.verification_key).map_err(bad)?;
    let encryption_key = keys.encryption_key.as_ref().ok_or(RequestRefusal::NoEncryptionKey)?;
    let bad = |refusal| RequestRefusal::BadEncryptionKey(Box::new(refusal));
    Ok((key, point::encryption_key(encryption_key).map_err(bad)?))
}

/// The certificate as it is asked for. What is asked for beyond the profile, the root's own rights or the policy is for
/// the lints to find.
fn template(
    root: &Issuer,
    asked: CertificateSubjectAttributes,
    key: PublicKey,
    encryption_key: PublicKey,
    now: Time32,
) -> Result<Template, RequestRefusal> {
    let app_permissions = asked.app_permissions.map(|list| list.0).unwrap_or_default();
    let role = role_of(&app_permissions).ok_or(RequestRefusal::NoRole)?;
    let wished = asked.validity_period.as_ref().map(ValidityPeriod::from);
    Ok(Template {
        role,
        name: name(asked.id)?,
        validity: wished.unwrap_or_else(|| longest(root, role, now)),
        region: asked.region,
        assurance: asked.assurance_level.and_then(|level| level.0.first().copied()),
        app_permissions,
        issue_permissions: asked.cert_issue_permissions.map(|list| list.0).unwrap_or_default(),
        encryption_key: Some(encryption_key),
        key: Key::Verification(key),
    })
}

fn name(id: Option<CertificateId>) -> Result<Option<String>, RequestRefusal> {
    match id {
        None | Some(CertificateId::None(())) => Ok(None),
        Some(CertificateId::Name(name)) => Ok(Some(name.0)),
        Some(_) => Err(RequestRefusal::BadId),
    }
}

/// From now on for as long as policy and the root's own certificate allow, in whole hours.
fn longest(root: &Issuer, role: Role, now: Time32) -> ValidityPeriod {
    let left = root.certificate().validity().end().micros_since(Time64::from(now)).unwrap_or(0) / 1_000_000;
    let hours = root.policy().longest_validity(role).min(left) / 3_600;
    ValidityPeriod { start: now, duration: Duration::Hours(u16::try_from(hours).unwrap_or(u16::MAX)) }
}

fn check_new_keys(asked: &Template, current: &Certificate) -> Result<(), RequestRefusal> {
    if current.verification_key().copied().map(Key::Verification) == Some(asked.key) {
        return Err(RequestRefusal::KeyNotNew("verification"));
    }
    if current.encryption_key() == asked.encryption_key.as_ref() {
        return Err(RequestRefusal::KeyNotNew("encryption"));
    }
    Ok(())
}

/// A re-keying needs no application form, so it changes nothing that a form was approved for.
fn check_contents(asked: &Template, current: &Certificate) -> Result<(), RequestRefusal> {
    let held = &current.decoded().to_be_signed;
    let asked: ToBeSignedCertificate = asked.to_be_signed()?;
    let same = [
        ("the id", asked.id == held.id),
        ("the region", asked.region == held.region),
        ("assuranceLevel", asked.assurance_level == held.assurance_level),
        ("appPermissions", asked.app_permissions == held.app_permissions),
        ("certIssuePermissions", asked.cert_issue_permissions == held.cert_issue_permissions),
    ];
    match same.into_iter().find(|(_, same)| !same) {
        Some((what, _)) => Err(RequestRefusal::NotTheCurrent(what)),
        None => Ok(()),
    }
}
