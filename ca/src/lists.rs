//! Trust lists and revocation lists (TS 102 941 V2.2.1 clauses 6.3.1 to 6.3.4), signed with the right PSID and with
//! the issuer's certificate as signer.
//!
//! A list is made in two steps: [`TrustList::next`] counts on from the list before and yields the full list, and
//! [`TrustList::delta_from`] what changed since. Both carry the same number.

use crate::{
    asn1::{FixedOctetString, HashedId8, decode, encode},
    error::CaError,
    limits::{MAX_CRL_ENTRIES, MAX_CTL_COMMANDS, MAX_URL_OCTETS},
    policy::Policy,
    role::Role,
};
use std::collections::BTreeSet;
use v2x_codec::{
    time::{Time32, Time64},
    ts102941::{
        AaEntry, CtlCommand, CtlDelete, CtlEntry, CtlFormat, DcEntry, EaEntry, EtsiTs102941Data,
        EtsiTs102941DataContent, RootCaEntry, TlmEntry, ToBeSignedCrl, Url,
    },
    view::{Content, Data},
};
use v2x_security::{
    certificate::Certificate,
    id,
    permission::Psid,
    sign::{Identity, SignRequest, SignedPayload},
    trust::TrustProfile,
};

/// Whose list it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListOf {
    /// The trust list manager's: roots, itself and the CPOC (clause 6.3.1).
    TrustListManager,
    /// A root's: its EAs, AAs and distribution centres (clause 6.3.2).
    RootCa,
}

/// What a trust list holds, and its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustList {
    of: ListOf,
    sequence: u8,
    entries: Vec<CtlEntry>,
}

impl TrustList {
    /// The first list.
    ///
    /// # Errors
    /// [`CaError::TooMany`]; [`CaError::Misuse`] for an entry that such a list does not hold.
    pub fn first(of: ListOf, entries: Vec<CtlEntry>) -> Result<Self, CaError> {
        Self::numbered(of, 0, entries)
    }

    /// The next list: its number is one more, and 0 after 255.
    ///
    /// # Errors
    /// As [`first`](Self::first).
    pub fn next(&self, entries: Vec<CtlEntry>) -> Result<Self, CaError> {
        Self::numbered(self.of, self.sequence.wrapping_add(1), entries)
    }

    fn numbered(of: ListOf, sequence: u8, entries: Vec<CtlEntry>) -> Result<Self, CaError> {
        if entries.len() > MAX_CTL_COMMANDS {
            return Err(CaError::TooMany { what: "entries", found: entries.len(), limit: MAX_CTL_COMMANDS });
        }
        if entries.iter().any(|entry| !of.holds(entry)) {
            return Err(CaError::Misuse("an entry of a kind that this list does not hold"));
        }
        Ok(Self { of, sequence, entries })
    }

    /// The list that was signed as `octets`, to count on from. Whose signature it is must have been verified before.
    ///
    /// # Errors
    /// [`CaError::Codec`]; [`CaError::Misuse`] for a delta, or another message.
    pub fn read(of: ListOf, octets: &[u8]) -> Result<Self, CaError> {
        let Content::Signed(signed) = Data::parse(octets)?.content else {
            return Err(CaError::Misuse("a trust list is signed"));
        };
        let payload = signed.payload.unsecured().ok_or(CaError::Misuse("a trust list has content"))?;
        let message: EtsiTs102941Data = decode(payload)?;
        let list = match (of, message.content) {
            (ListOf::TrustListManager, EtsiTs102941DataContent::CertificateTrustListTlm(list))
            | (ListOf::RootCa, EtsiTs102941DataContent::CertificateTrustListRca(list)) => list,
            _ => return Err(CaError::Misuse("this is another message than a trust list of this kind")),
        };
        let added = |command| match command {
            CtlCommand::Add(entry) if list.is_full_ctl => Ok(entry),
            CtlCommand::Add(_) | CtlCommand::Delete(_) => Err(CaError::Misuse("this is no full list")),
        };
        let entries = list.ctl_commands.into_iter().map(added).collect::<Result<_, _>>()?;
        Self::numbered(of, list.ctl_sequence, entries)
    }

    /// Its number.
    #[must_use]
    pub const fn sequence(&self) -> u8 {
        self.sequence
    }

    /// Its entries.
    #[must_use]
    pub fn entries(&self) -> &[CtlEntry] {
        &self.entries
    }

    /// The list in full, signed.
    ///
    /// # Errors
    /// [`CaError::Misuse`] when `signer` is not of the right role, when a root's list names no distribution centre for
    /// the root, or when the next list is due too late; [`CaError::Refused`] when the key fails.
    pub fn sign_full(
        &self,
        signer: &Identity,
        now: Time64,
        next_update: Time32,
        policy: &Policy,
    ) -> Result<Vec<u8>, CaError> {
        self.check_distribution(signer.certificate())?;
        let list = CtlFormat::full(next_update.seconds(), self.sequence, self.entries.clone());
        self.sign(list, signer, now, next_update, policy)
    }

    /// What changed since the list before, signed: with that list it makes this one.
    ///
    /// # Errors
    /// [`CaError::Misuse`] when `before` is not the list before; otherwise as [`sign_full`](Self::sign_full).
    pub fn sign_delta(
        &self,
        before: &Self,
        signer: &Identity,
        now: Time64,
        next_update: Time32,
        policy: &Policy,
    ) -> Result<Vec<u8>, CaError> {
        let list = CtlFormat::delta(next_update.seconds(), self.sequence, self.delta_from(before)?);
        self.sign(list, signer, now, next_update, policy)
    }

    /// The commands that turn `before` into this list: deletions first.
    ///
    /// # Errors
    /// [`CaError::Misuse`] when `before` is not the list before; [`CaError::Refused`] for an entry whose certificate
    /// does not parse.
    pub fn delta_from(&self, before: &Self) -> Result<Vec<CtlCommand>, CaError> {
        if before.of != self.of || before.sequence.wrapping_add(1) != self.sequence {
            return Err(CaError::Misuse("a delta is made from the list with the number before"));
        }
        let gone = before.entries.iter().filter(|entry| !self.entries.contains(entry));
        let new = self.entries.iter().filter(|entry| !before.entries.contains(entry));
        let deletions = gone.map(|entry| deletion(entry).map(CtlCommand::Delete));
        deletions.chain(new.map(|entry| Ok(CtlCommand::Add(entry.clone())))).collect()
    }

    fn sign(
        &self,
        list: CtlFormat,
        signer: &Identity,
        now: Time64,
        next_update: Time32,
        policy: &Policy,
    ) -> Result<Vec<u8>, CaError> {
        check_next_update(now, next_update, policy)?;
        let content = match self.of {
            ListOf::TrustListManager => EtsiTs102941DataContent::CertificateTrustListTlm(list),
            ListOf::RootCa => EtsiTs102941DataContent::CertificateTrustListRca(list),
        };
        check_role(signer.certificate(), self.of)?;
        sign_message(Psid::CTL, content, signer, now)
    }

    /// A root's list has a distribution centre that names the root (clause 6.3.4).
    fn check_distribution(&self, signer: &Certificate) -> Result<(), CaError> {
        let id = digest(signer);
        let named =
            self.entries.iter().any(|entry| matches!(entry, CtlEntry::Dc(dc) if dc.cert.contains(&id)));
        if self.of == ListOf::TrustListManager || named {
            Ok(())
        } else {
            Err(CaError::Misuse("no distribution centre of a root's list names the root"))
        }
    }
}

impl ListOf {
    /// What such a list holds (clauses 6.3.1 and 6.3.2).
    const fn holds(self, entry: &CtlEntry) -> bool {
        match (self, entry) {
            (Self::TrustListManager, CtlEntry::Rca(_) | CtlEntry::Tlm(_) | CtlEntry::Dc(_))
            | (Self::RootCa, CtlEntry::Ea(_) | CtlEntry::Aa(_) | CtlEntry::Dc(_)) => true,
            (Self::TrustListManager, CtlEntry::Ea(_) | CtlEntry::Aa(_))
            | (Self::RootCa, CtlEntry::Rca(_) | CtlEntry::Tlm(_)) => false,
        }
    }

    /// The role of its signer.
    #[must_use]
    pub const fn signer(self) -> Role {
        match self {
            Self::TrustListManager => Role::TrustListManager,
            Self::RootCa => Role::RootCa,
        }
    }
}

/// A root's revocation list (clause 6.3.3), signed. The identifiers are of revoked authorities, the root itself among them
/// if it gives up its key.
///
/// # Errors
/// [`CaError::TooMany`]; [`CaError::Misuse`] when the next list is due too late; [`CaError::Refused`] when the key
/// fails or the certificate may not sign CRLs.
pub fn sign_crl(
    revoked: &[id::HashedId8],
    signer: &Identity,
    now: Time64,
    next_update: Time32,
    policy: &Policy,
) -> Result<Vec<u8>, CaError> {
    if revoked.len() > MAX_CRL_ENTRIES {
        return Err(CaError::TooMany { what: "revocations", found: revoked.len(), limit: MAX_CRL_ENTRIES });
    }
    check_next_update(now, next_update, policy)?;
    let ids: BTreeSet<_> = revoked.iter().map(|id| *id.as_bytes()).collect();
    let entries = ids.into_iter().map(|id| HashedId8(id.into())).collect();
    let list = ToBeSignedCrl::new(whole_seconds(now)?.seconds(), next_update.seconds(), entries);
    sign_message(Psid::CRL, EtsiTs102941DataContent::CertificateRevocationList(list), signer, now)
}

/// The certificate that an entry is about; a distribution centre's has none.
///
/// # Errors
/// [`CaError::Refused`] for a certificate that does not parse.
pub fn certificate_of(entry: &CtlEntry) -> Result<Option<Certificate>, CaError> {
    let certificate = match entry {
        CtlEntry::Rca(entry) => &entry.self_signed_root_ca,
        CtlEntry::Ea(entry) => &entry.ea_certificate,
        CtlEntry::Aa(entry) => &entry.aa_certificate,
        CtlEntry::Tlm(entry) => &entry.self_signed_tlm_certificate,
        CtlEntry::Dc(_) => return Ok(None),
    };
    let parsed = Certificate::parse(&encode(certificate)?);
    parsed.map(Some).map_err(|refusal| CaError::Refused(Box::new(refusal)))
}

/// An entry for a root.
///
/// # Errors
/// [`CaError::Codec`] never for a parsed certificate.
pub fn root_entry(certificate: &Certificate) -> Result<CtlEntry, CaError> {
    let self_signed_root_ca = decode(certificate.octets())?;
    Ok(CtlEntry::Rca(Box::new(RootCaEntry { self_signed_root_ca, successor_to: None })))
}

/// An entry for a TLM, with the CPOC's address.
///
/// # Errors
/// [`CaError::Misuse`] for an address that is not ASCII or too long.
pub fn tlm_entry(certificate: &Certificate, access_point: &str) -> Result<CtlEntry, CaError> {
    let self_signed_tlm_certificate = decode(certificate.octets())?;
    let access_point = url(access_point)?;
    Ok(CtlEntry::Tlm(Box::new(TlmEntry { self_signed_tlm_certificate, successor_to: None, access_point })))
}

/// An entry for an EA, with its addresses for AAs and for stations.
///
/// # Errors
/// As [`tlm_entry`].
pub fn ea_entry(
    certificate: &Certificate,
    for_aas: &str,
    for_stations: Option<&str>,
) -> Result<CtlEntry, CaError> {
    Ok(CtlEntry::Ea(Box::new(EaEntry {
        ea_certificate: decode(certificate.octets())?,
        aa_access_point: url(for_aas)?,
        its_access_point: for_stations.map(url).transpose()?,
    })))
}

/// An entry for an AA, with its address for stations.
///
/// # Errors
/// As [`tlm_entry`].
pub fn aa_entry(certificate: &Certificate, access_point: &str) -> Result<CtlEntry, CaError> {
    let (aa_certificate, access_point) = (decode(certificate.octets())?, url(access_point)?);
    Ok(CtlEntry::Aa(Box::new(AaEntry { aa_certificate, access_point })))
}

/// An entry for a distribution centre, with the roots that publish there.
///
/// # Errors
/// As [`tlm_entry`].
pub fn dc_entry(address: &str, roots: &[&Certificate]) -> Result<CtlEntry, CaError> {
    let cert = roots.iter().map(|certificate| digest(certificate)).collect();
    Ok(CtlEntry::Dc(DcEntry { url: url(address)?, cert }))
}

/// Signs an `EtsiTs102941Data` with the signer's certificate in the message (clause 6.3.4).
fn sign_message(
    psid: Psid,
    content: EtsiTs102941DataContent,
    signer: &Identity,
    now: Time64,
) -> Result<Vec<u8>, CaError> {
    let octets = encode(&EtsiTs102941Data::new(content))?;
    let request = SignRequest::new(psid, now, SignedPayload::Data(&octets));
    let signed = signer.sign(TrustProfile::EtsiTs103097, &request);
    signed.map_err(|refusal| CaError::Refused(Box::new(refusal)))
}

/// A root signs its list with a certificate that may issue, a TLM with one that may not.
fn check_role(signer: &Certificate, of: ListOf) -> Result<(), CaError> {
    let issues = signer.issue_permissions().is_some();
    match of {
        ListOf::RootCa if issues => Ok(()),
        ListOf::TrustListManager if !issues => Ok(()),
        ListOf::RootCa | ListOf::TrustListManager => {
            Err(CaError::Misuse("the signer is not of the list's role"))
        }
    }
}

fn check_next_update(now: Time64, next_update: Time32, policy: &Policy) -> Result<(), CaError> {
    let latest = now.saturating_add_micros(policy.list_seconds.saturating_mul(1_000_000));
    let due = Time64::from(next_update);
    if now < due && due <= latest {
        Ok(())
    } else {
        Err(CaError::Misuse("nextUpdate lies in the past, or further ahead than the policy allows"))
    }
}

fn deletion(entry: &CtlEntry) -> Result<CtlDelete, CaError> {
    match (entry, certificate_of(entry)?) {
        (_, Some(certificate)) => Ok(CtlDelete::Cert(digest(&certificate))),
        (CtlEntry::Dc(entry), None) => Ok(CtlDelete::Dc(entry.url.clone())),
        (_, None) => Err(CaError::Misuse("an entry without a certificate")),
    }
}

fn digest(certificate: &Certificate) -> HashedId8 {
    HashedId8(FixedOctetString::new(*certificate.hashed_id8().as_bytes()))
}

fn url(text: &str) -> Result<Url, CaError> {
    let address = Url::new(text).filter(|_| text.len() <= MAX_URL_OCTETS);
    address.ok_or(CaError::Misuse("an address is not ASCII, or too long"))
}

fn whole_seconds(now: Time64) -> Result<Time32, CaError> {
    now.time32().ok_or(CaError::Misuse("the clock is out of range"))
}
