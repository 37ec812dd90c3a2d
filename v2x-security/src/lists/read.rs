//! From signed octets to a list whose signer may issue it.

use v2x_codec::ieee1609dot2 as asn;
use v2x_codec::time::Time64;
use v2x_codec::ts102941::{
    CtlEntry, CtlFormat, EtsiTs102941Data, EtsiTs102941DataContent as Content, ToBeSignedCrl,
};

use super::{Change, Head, ListKind, seconds};
use crate::certificate::Certificate;
use crate::clock::Clock;
use crate::content::SpduPayload;
use crate::permission::{Psid, Ssp};
use crate::refusal::{ListVersion, Refusal, Structure};
use crate::trust::{Role, TrustStore};
use crate::verified::Received;
use crate::verifier::Verifier;

/// A list whose signature verified, signed by whose list it is.
pub(super) struct SignedList {
    kind: ListKind,
    pub(super) issuer: Certificate,
    pub(super) generated: Time64,
    pub(super) content: List,
}

pub(super) enum List {
    Trust(CtlFormat),
    Revocation(ToBeSignedCrl),
}

/// The three lists, and what each asks of its signer.
#[derive(Clone, Copy)]
struct Kind {
    kind: ListKind,
    name: &'static str,
    psid: Psid,
    signer: Role,
    signer_name: &'static str,
}

const ECTL: Kind = Kind {
    kind: ListKind::Ectl,
    name: "a trust list of roots",
    psid: Psid::CTL,
    signer: Role::TrustListManager,
    signer_name: "a trust list manager",
};
const CTL: Kind = Kind {
    kind: ListKind::Ctl,
    name: "a trust list of authorities",
    psid: Psid::CTL,
    signer: Role::Root,
    signer_name: "a trusted root",
};
const CRL: Kind = Kind {
    kind: ListKind::Crl,
    name: "a revocation list",
    psid: Psid::CRL,
    signer: Role::Root,
    signer_name: "a trusted root",
};

impl SignedList {
    /// Verifies signature and signer of a list.
    pub(super) fn verify(verifier: &mut Verifier, clock: &Clock, data: &[u8]) -> Result<Self, Refusal> {
        let received = verifier.verify_data(clock, data)?;
        let (psid, generated) = (received.header().psid, received.header().generation_time);
        let missing = Refusal::HeaderFieldMissing { field: "generationTime", profile: "a list" };
        let issuer = received.signer().certificate().clone();
        let (kind, content) = decode(payload(&received)?)?;
        if kind.psid != psid {
            let payload = kind.name.to_owned();
            return Err(Refusal::PayloadNotOfPsid { psid: psid.0, payload });
        }
        let list = Self { kind: kind.kind, issuer, generated: generated.ok_or(missing)?, content };
        list.check_signer(kind, verifier.trust())?;
        list.check_permission(kind)?;
        Ok(list)
    }

    /// What it says of itself.
    pub(super) fn head(&self) -> Head {
        let (made, delta, next_update) = match &self.content {
            List::Trust(list) => {
                let delta = (!list.is_full_ctl).then_some(list.ctl_sequence);
                (self.generated, delta, list.next_update.0)
            }
            List::Revocation(list) => (seconds(list.this_update.0), None, list.next_update.0),
        };
        let (issuer, next_update) = (self.issuer.hashed_id8(), seconds(next_update));
        Head { issuer, kind: self.kind, delta, made, next_update }
    }

    /// An outcome that has changed nothing yet.
    pub(super) fn change(&self, version: ListVersion, next_update: Time64) -> Change {
        Change {
            issuer: self.issuer.hashed_id8(),
            version,
            next_update,
            added: Vec::new(),
            removed: Vec::new(),
            revoked: Vec::new(),
            left_out: Vec::new(),
        }
    }

    fn check_signer(&self, kind: Kind, trust: &TrustStore) -> Result<(), Refusal> {
        let signer = self.issuer.hashed_id8();
        let wrong = Refusal::ListSigner { list: kind.name, wanted: kind.signer_name, signer };
        if trust.roles(&self.issuer).any(|role| role == kind.signer) { Ok(()) } else { Err(wrong) }
    }

    /// Every entry must be of a kind that the signer's permissions for the list name (clauses B.2 and B.3).
    fn check_permission(&self, kind: Kind) -> Result<(), Refusal> {
        let refuse = |entry| Refusal::ListEntryNotPermitted { signer: self.issuer.hashed_id8(), entry };
        let permission = self.issuer.app_permissions().and_then(|granted| granted.find(kind.psid));
        match (&self.content, permission.and_then(|entry| entry.ssp.as_ref())) {
            (List::Trust(list), Some(Ssp::Bitmap(ssp))) if ssp.first() == Some(&SSP_VERSION) => {
                let rights = ssp.get(1).copied().unwrap_or(0);
                let denied = list.additions().map(right).find(|(bit, _)| rights & bit == 0);
                denied.map_or(Ok(()), |(_, entry)| Err(refuse(entry)))
            }
            (List::Revocation(_), Some(Ssp::Bitmap(ssp))) if ssp.first() == Some(&SSP_VERSION) => Ok(()),
            (List::Trust(_) | List::Revocation(_), _) => Err(refuse("anything: its SSP is not of version 1")),
        }
    }
}

/// Version of the SSPs of annex B.
const SSP_VERSION: u8 = 1;

/// The bit of the CTL service's SSP that an entry needs (clause B.2), and the entry's name in the ASN.1.
const fn right(entry: &CtlEntry) -> (u8, &'static str) {
    match entry {
        CtlEntry::Tlm(_) => (0x80, "tlm"),
        CtlEntry::Rca(_) => (0x40, "rca"),
        CtlEntry::Ea(_) => (0x20, "ea"),
        CtlEntry::Aa(_) => (0x10, "aa"),
        CtlEntry::Dc(_) => (0x08, "dc"),
    }
}

fn payload<'p>(received: &Received<'p>) -> Result<&'p [u8], Refusal> {
    match received {
        Received::Spdu(message) => match message.content().payload {
            SpduPayload::Unsecured(octets) => Ok(octets),
            SpduPayload::Nested(_) => Err(Refusal::NotAList("nested data")),
            SpduPayload::External => Err(Refusal::NotAList("a hash alone")),
        },
        Received::Cam(_) => Err(Refusal::NotAList("a CAM")),
        Received::Denm(_) => Err(Refusal::NotAList("a DENM")),
    }
}

fn decode(octets: &[u8]) -> Result<(Kind, List), Refusal> {
    let undecodable = |error| Refusal::Undecodable { what: Structure::Payload, error };
    match asn::decode::<EtsiTs102941Data>(octets).map_err(undecodable)?.content {
        Content::CertificateTrustListTlm(list) => Ok((ECTL, List::Trust(list))),
        Content::CertificateTrustListRca(list) => Ok((CTL, List::Trust(list))),
        Content::CertificateRevocationList(list) => Ok((CRL, List::Revocation(list))),
        Content::EnrolmentRequest(_) | Content::EnrolmentResponse(_) => {
            Err(Refusal::NotAList("an enrolment message"))
        }
        Content::AuthorizationRequest(_)
        | Content::AuthorizationResponse(_)
        | Content::AuthorizationValidationRequest(_)
        | Content::AuthorizationValidationResponse(_) => Err(Refusal::NotAList("an authorization message")),
        Content::CaCertificateRequest(_) => Err(Refusal::NotAList("a certificate request")),
        Content::LinkCertificateTlm(_)
        | Content::SingleSignedLinkCertificateRca(_)
        | Content::DoubleSignedLinkCertificateRca(_) => Err(Refusal::NotAList("a link certificate")),
        _ => Err(Refusal::NotAList("a message of a kind that is not known here")),
    }
}
