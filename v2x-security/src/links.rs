//! Link certificate messages (TS 102 941 V2.2.1 clause 6.4): a root or trust list manager that is trusted vouches for its
//! next certificate, which is then trusted beside it.
//!
//! | message | signed by | content |
//! | --- | --- | --- |
//! | of a TLM (clause 6.4.2.1) | the old key | hash of the next certificate |
//! | of a root (clause 6.4.2.2) | the old key, and around that the next one | the same |
//!
//! The old certificate stays trusted until it expires, is removed or revoked: both are in use for a while.

use thiserror::Error;
use v2x_codec::CodecError;
use v2x_codec::ieee1609dot2::{self as asn, HashedData};
use v2x_codec::time::Time64;
use v2x_codec::ts102941::{EtsiTs102941Data, EtsiTs102941DataContent as Content, ToBeSignedLinkCertificate};
use v2x_crypto::{PublicKey, sha256, sha384};

use crate::certificate::Certificate;
use crate::clock::Clock;
use crate::id::HashedId8;
use crate::permission::{Psid, Ssp};
use crate::refusal::Refusal;
use crate::request::{Claim, Received, RequestError, SignedBy};
use crate::trust::{Role, TrustStore};

/// Why a link was not followed. Nothing is trusted then that was not before.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LinkError {
    /// The form or the signature is wrong.
    #[error(transparent)]
    Message(#[from] RequestError),
    /// The content does not decode, or not in canonical form.
    #[error("cannot parse the content: {0}")]
    Malformed(#[from] CodecError),
    /// It is signed by nobody who is trusted in that role.
    #[error("{0} is not trusted as {role}", role = name(*.1))]
    UnknownSigner(HashedId8, Role),
    /// It is signed by somebody else than its content needs: the next certificate around the old one's.
    #[error("signed by {0}, not by the next certificate")]
    NotTheNext(HashedId8),
    /// A certificate's permissions for trust lists (clause B.2) do not include link messages.
    #[error("{0} may not sign link certificate messages")]
    NotPermitted(HashedId8),
    /// The old certificate or the message is not valid now.
    #[error("valid from {from} to {to}, which {now} is not in")]
    NotValidNow {
        /// The old certificate's start, or when the message was made.
        from: Time64,
        /// The end of the message or the certificate, whichever is earlier.
        to: Time64,
        /// The time of judgement.
        now: Time64,
    },
    /// It vouches for another certificate than the one at hand.
    #[error("vouches for another certificate")]
    OtherCertificate,
    /// The next certificate is no root or trust list manager by itself.
    #[error(transparent)]
    Certificate(#[from] Refusal),
}

const fn name(role: Role) -> &'static str {
    match role {
        Role::Root => "a root",
        Role::TrustListManager => "a trust list manager",
        Role::Authority => "an authority",
        Role::Signer => "a signer",
    }
}

/// Whether `message` has the form of a link certificate message (clause 6.4.2), whoever signed it.
#[must_use]
pub fn is_link(message: &[u8]) -> bool {
    let Ok(received) = Received::parse_as(Psid::CTL, message) else { return false };
    let content = received.payload().ok().and_then(|octets| content(octets).ok());
    matches!(content, Some(Content::LinkCertificateTlm(_) | Content::DoubleSignedLinkCertificateRca(_)))
}

/// Follows a link from an anchor of `trust` to `next`, which is trusted from now on in the role of the old one.
///
/// # Errors
/// [`LinkError`]; `trust` is not changed then.
pub fn follow(
    trust: &mut TrustStore,
    clock: &Clock,
    message: &[u8],
    next: Certificate,
) -> Result<Role, LinkError> {
    let outer = Received::parse_as(Psid::CTL, message)?;
    let content = content(outer.payload()?)?;
    let role = if let Content::LinkCertificateTlm(link) = content {
        vouched(trust, clock, Role::TrustListManager, &outer, &link, &next)?;
        Role::TrustListManager
    } else if let Content::DoubleSignedLinkCertificateRca(inner) = content {
        vouched_by_root(trust, clock, &outer, &asn::encode(&inner)?, &next)?;
        Role::Root
    } else {
        return Err(RequestError::WrongContent("a link certificate, of a root by both its keys").into());
    };
    match role {
        Role::TrustListManager => trust.add_trust_list_manager(next)?,
        Role::Root | Role::Authority | Role::Signer => trust.add_root(next)?,
    }
    Ok(role)
}

/// The outer message is the next certificate's, the one inside the old one's.
///
/// `inner` stands for the octets that were received: [`content`] takes only what encodes to them.
fn vouched_by_root(
    trust: &TrustStore,
    clock: &Clock,
    outer: &Received<'_>,
    inner: &[u8],
    next: &Certificate,
) -> Result<(), LinkError> {
    match outer.claim()? {
        Claim::Digest(id) if id == next.hashed_id8() => {}
        Claim::Digest(id) => return Err(LinkError::NotTheNext(id)),
        Claim::Itself => return Err(RequestError::WrongContent("a digest as signer").into()),
    }
    check_permission(next, Role::Root)?;
    outer.verify(trust.provider(), key(next)?, SignedBy::Certificate(next))?;
    let inner = Received::parse_as(Psid::CTL, inner)?;
    let Content::SingleSignedLinkCertificateRca(link) = content(inner.payload()?)? else {
        return Err(RequestError::WrongContent("a link certificate of a root").into());
    };
    vouched(trust, clock, Role::Root, &inner, &link, next)
}

/// Whether an anchor that is trusted in `role` has signed `link`, now, for `next`.
fn vouched(
    trust: &TrustStore,
    clock: &Clock,
    role: Role,
    message: &Received<'_>,
    link: &ToBeSignedLinkCertificate,
    next: &Certificate,
) -> Result<(), LinkError> {
    let Claim::Digest(id) = message.claim()? else {
        return Err(RequestError::WrongContent("a digest as signer").into());
    };
    // Several can share a name: the one whose key it is has signed.
    let mut outcome = Err(LinkError::UnknownSigner(id, role));
    for (old, _) in trust.find(id).filter(|(_, known)| *known == role) {
        outcome = signed_by(trust, clock, old, role, message, link);
        if outcome.is_ok() {
            break;
        }
    }
    outcome?;
    if names(&link.certificate_hash, next) { Ok(()) } else { Err(LinkError::OtherCertificate) }
}

fn signed_by(
    trust: &TrustStore,
    clock: &Clock,
    old: &Certificate,
    role: Role,
    message: &Received<'_>,
    link: &ToBeSignedLinkCertificate,
) -> Result<(), LinkError> {
    trust.check_revocation(old)?;
    check_permission(old, role)?;
    check_time(clock, old, message.made(), link)?;
    Ok(message.verify(trust.provider(), key(old)?, SignedBy::Certificate(old))?)
}

/// Inside the validity of the old certificate, not before it was made, and before it expires.
fn check_time(
    clock: &Clock,
    old: &Certificate,
    made: Time64,
    link: &ToBeSignedLinkCertificate,
) -> Result<(), LinkError> {
    let (earliest, latest) = clock.bounds();
    let expiry = Time64::from_micros(u64::from(link.expiry_time.0) * 1_000_000);
    let from = old.validity().begin().max(made);
    let to = old.validity().end().min(expiry);
    if from <= earliest && latest < to {
        Ok(())
    } else {
        Err(LinkError::NotValidNow { from, to, now: clock.now() })
    }
}

/// Version of the SSPs of clause B.2.
const SSP_VERSION: u8 = 1;

/// The CTL service with the right that clause 6.4.2 asks for: a TLM's bit 0, or a root's bit 2 or 3.
fn check_permission(certificate: &Certificate, role: Role) -> Result<(), LinkError> {
    let wanted = if role == Role::TrustListManager { 0x80 } else { 0x30 };
    let entry = certificate.app_permissions().and_then(|granted| granted.find(Psid::CTL));
    match entry.and_then(|entry| entry.ssp.as_ref()) {
        Some(Ssp::Bitmap(ssp)) if matches!(**ssp, [SSP_VERSION, rights, ..] if rights & wanted != 0) => {
            Ok(())
        }
        Some(Ssp::Bitmap(_) | Ssp::Opaque(_)) | None => {
            Err(LinkError::NotPermitted(certificate.hashed_id8()))
        }
    }
}

fn key(certificate: &Certificate) -> Result<&PublicKey, LinkError> {
    certificate.verification_key().ok_or(LinkError::Message(RequestError::BadSignature))
}

/// Whether a hash is the certificate's, over its whole encoding.
fn names(hash: &HashedData, certificate: &Certificate) -> bool {
    if let HashedData::Sha256HashedData(hash) = hash {
        hash.0.as_ref() == sha256(certificate.octets())
    } else if let HashedData::Sha384HashedData(hash) = hash {
        hash.0.as_ref() == sha384(certificate.octets())
    } else {
        false
    }
}

/// What a payload holds. Only the canonical encoding is taken, so that what is encoded again is what was received.
fn content(octets: &[u8]) -> Result<Content, LinkError> {
    let data: EtsiTs102941Data = asn::decode(octets)?;
    if asn::encode(&data)? == octets {
        return Ok(data.content);
    }
    Err(RequestError::WrongContent("a canonical encoding").into())
}
