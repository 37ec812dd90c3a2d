//! From the EA's answer to the ticket: open, verify, lint, record, permit, sign, record, answer.

use crate::{
    authority::{Parts, Pending, QuestionId, answerer},
    failure::{Failure, MAX_ATTEMPTS},
};
use enrollment_protocol::{
    Fault,
    codes::passed_on,
    limits::is_fresh,
    message, request_hash,
    sealed::open_answer,
    signed::{Claim, Received},
};
use v2x_ca::{
    CaError, Role,
    ledger::Standing,
    permit::Linted,
    profile::{Key, Template},
};
use v2x_codec::{
    ieee1609dot2::{Certificate as AsnCertificate, CertificateType, decode},
    time::Time64,
    ts102941::{
        AuthorizationValidationResponse, AuthorizationValidationResponseCode, CertificateSubjectAttributes,
        EtsiTs102941DataContent, InnerAtResponse,
    },
    view::{Content, Data},
};
use v2x_crypto::CryptoRng;
use v2x_security::certificate::Certificate;

/// The station's answer with its ticket.
pub(crate) fn issue(
    parts: &mut Parts,
    question: QuestionId,
    pending: &Pending,
    answer: &[u8],
    now: Time64,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Failure> {
    let of_ea = |fault: Fault| Failure::Refused(fault.ea_answer_code());
    let response = ea_response(parts, pending, answer, now).map_err(of_ea)?;
    if let Some(code) = passed_on(response.response_code) {
        return Err(Failure::Refused(code));
    }
    let template = template(pending, &response).map_err(of_ea)?;
    for _ in 0..MAX_ATTEMPTS {
        match attempt(parts, question, pending, &template, now, rng) {
            Err(Failure::Raced) => {}
            outcome => return outcome,
        }
    }
    Err(Failure::Raced)
}

/// Where another worker has answered the same request meanwhile, its answer is the answer; where it will sign, the same
/// is signed here, and whoever is on record first has answered.
fn attempt(
    parts: &mut Parts,
    question: QuestionId,
    pending: &Pending,
    template: &Template,
    now: Time64,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Failure> {
    let intended = match parts.ledger.standing(&question)? {
        Standing::Answered(octets) => return Ok(octets),
        Standing::Intended(octets) => Some(octets),
        Standing::New => None,
    };
    let linted = lint(parts, intended, template, now)?;
    sign(parts, linted, question, pending, now, rng)
}

/// The EA's answer to exactly this question.
fn ea_response(
    parts: &mut Parts,
    pending: &Pending,
    answer: &[u8],
    now: Time64,
) -> Result<AuthorizationValidationResponse, Fault> {
    let opened;
    let mut was_encrypted = true;
    let octets = match Data::parse(answer)?.content {
        // An EA that could not read the question's key answers with a signature alone.
        Content::Signed(_) => {
            was_encrypted = false;
            answer
        }
        Content::Unsecured(_) | Content::Encrypted(_) | Content::SignedCertificateRequest(_) => {
            opened = open_answer(answer, &pending.question_key)?;
            &opened
        }
    };
    let received = Received::parse(octets)?;
    verify(parts, pending, &received, now)?;
    let EtsiTs102941DataContent::AuthorizationValidationResponse(response) =
        message::from_octets(received.payload()?)?
    else {
        return Err(Fault::WrongContent("authorizationValidationResponse"));
    };
    let refused = response.response_code != AuthorizationValidationResponseCode::Ok;
    match response.request_hash[..] == request_hash(&pending.question)[..] {
        true if was_encrypted || refused => Ok(response),
        true => Err(Fault::WrongContent("an encrypted confirmation")),
        false => Err(Fault::WrongContent("the hash of this question")),
    }
}

fn verify(parts: &mut Parts, pending: &Pending, received: &Received<'_>, now: Time64) -> Result<(), Fault> {
    let ea = &pending.judged.ea;
    if received.claim()? != Claim::Digest(ea.hashed_id8()) {
        return Err(Fault::WrongEa);
    }
    let chain = parts.trust.chain(ea).map_err(|_| Fault::InvalidEa)?;
    received.verify_by(&chain)?;
    if is_fresh(received.made(), now) { Ok(()) } else { Err(Fault::OutOfSync) }
}

/// The ticket as the EA confirmed it. It confirms what was asked or less, never something else; what it confirms is
/// linted against the AA's own rights in any case.
fn template(pending: &Pending, response: &AuthorizationValidationResponse) -> Result<Template, Fault> {
    let confirmed = response.confirmed_subject_attributes.as_ref();
    let confirmed = confirmed.ok_or(Fault::Incomplete("confirmedSubjectAttributes"))?;
    let validity = confirmed.validity_period.as_ref().ok_or(Fault::Incomplete("validityPeriod"))?;
    let permissions = confirmed.app_permissions.as_ref().ok_or(Fault::Incomplete("appPermissions"))?;
    let key = Key::Verification(pending.judged.key);
    let mut template = Template::authorization_ticket(key, validity.into(), permissions.0.clone());
    template.encryption_key = pending.judged.encryption_key;
    template.region.clone_from(&confirmed.region);
    template.assurance = Some(assurance(confirmed)?);
    Ok(template)
}

fn assurance(confirmed: &CertificateSubjectAttributes) -> Result<u8, Fault> {
    let level = confirmed.assurance_level.as_ref().and_then(|assurance| assurance.0.first().copied());
    level.ok_or(Fault::Incomplete("assuranceLevel"))
}

fn sign(
    parts: &mut Parts,
    linted: Linted,
    question: QuestionId,
    pending: &Pending,
    now: Time64,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Failure> {
    let permit = linted.record(question, &mut *parts.ledger)?;
    let unreleased = parts.issuer.sign(permit)?;
    let issuer = &parts.issuer;
    let build = |ticket: &Certificate| -> Result<Vec<u8>, CaError> {
        let asn: AsnCertificate = decode(ticket.octets())?;
        let response = InnerAtResponse::granted(pending.request_hash, asn);
        let content = EtsiTs102941DataContent::AuthorizationResponse(response);
        let answer = answerer(issuer).answer(content, Some(&pending.key), now, rng);
        answer.map_err(|_| CaError::Misuse("the answer cannot be made"))
    };
    Ok(unreleased.conclude(&mut *parts.ledger, build)?)
}

fn lint(
    parts: &Parts,
    intended: Option<Vec<u8>>,
    template: &Template,
    now: Time64,
) -> Result<Linted, CaError> {
    let now = now.time32().ok_or(CaError::Misuse("the clock is out of range"))?;
    match intended {
        Some(octets) => {
            parts.issuer.lint_octets(Role::AuthorizationTicket, CertificateType::Explicit, octets, now)
        }
        None => parts.issuer.lint(template, now),
    }
}
