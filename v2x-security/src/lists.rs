//! Trust lists and revocation lists (TS 102 941 V2.2.1 clause 6.3), verified and applied to what a verifier trusts.
//!
//! | list | signed by | changes |
//! | --- | --- | --- |
//! | ECTL | a trust list manager | which roots are trusted |
//! | CTL of a root | that root | which of its EAs and AAs are known |
//! | CRL of a root | that root | which of its authorities are revoked, for good |
//!
//! A list changes only what its issuer answers for. What an earlier list of the same issuer brought in and a later one
//! does not name goes; what somebody else brought in, or the operator, stays. A list as a whole is refused when its
//! signature, signer, order or date is wrong. Of a list that is accepted, an entry that does not hold (a root that
//! breaks its profile, an authority of another root) is left out and reported: one bad entry must not keep the others'
//! revocations and additions away.
//!
//! Not done here: a `TlmEntry` is not followed. The next trust list manager becomes trusted by its link certificate
//! ([`crate::links`]), or by who calls [`TrustStore::add_trust_list_manager`].

mod read;

use std::collections::{BTreeSet, HashMap};

use v2x_codec::ieee1609dot2 as asn;
use v2x_codec::time::Time64;
use v2x_codec::ts102941::{CtlCommand, CtlDelete, CtlEntry, CtlFormat, ToBeSignedCrl};
use v2x_crypto::Digest;

use crate::certificate::Certificate;
use crate::clock::Clock;
use crate::id::HashedId8;
use crate::refusal::{ListVersion, Refusal};
use crate::trust::TrustStore;
use crate::verifier::Verifier;

use read::{List, SignedList};

/// Which lists were applied, so that none is applied that came before.
///
/// It starts with none: after a restart, the current full list of each issuer comes first.
#[derive(Debug, Default)]
pub struct TrustLists {
    trust: HashMap<Digest, Applied>,
    revocation: HashMap<Digest, AppliedCrl>,
}

/// The state that the trust lists of one issuer led to.
#[derive(Clone, Debug)]
struct Applied {
    version: ListVersion,
    number: u8,
    generated: Time64,
    next_update: Time64,
    entries: BTreeSet<HashedId8>,
}

#[derive(Clone, Copy, Debug)]
struct AppliedCrl {
    this_update: Time64,
    next_update: Time64,
}

/// The three lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListKind {
    /// A trust list manager's, of roots.
    Ectl,
    /// A root's, of its authorities.
    Ctl,
    /// A root's, of what is revoked.
    Crl,
}

/// What a list says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Whose list it is: the digest of the certificate that signed it.
    pub issuer: HashedId8,
    /// Which of the three.
    pub kind: ListKind,
    /// Its number, if it only says what changed since the list with the number before.
    pub delta: Option<u8>,
    /// When it was made: a trust list's `generationTime`, a revocation list's `thisUpdate`.
    pub made: Time64,
    /// When the next is due at the latest.
    pub next_update: Time64,
}

/// Verifies signature and signer of a list and changes nothing: for who hands lists on.
///
/// # Errors
/// Those of [`TrustLists::apply`] that do not concern other lists.
pub fn read(verifier: &mut Verifier, clock: &Clock, data: &[u8]) -> Result<Head, Refusal> {
    let list = SignedList::verify(verifier, clock, data)?;
    let head = list.head();
    let (_, now) = clock.bounds();
    if now < head.next_update {
        Ok(head)
    } else {
        Err(Refusal::ListOutOfDate { next_update: head.next_update, now })
    }
}

/// What applying a list changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Whose list it was.
    pub issuer: HashedId8,
    /// Which of its lists.
    pub version: ListVersion,
    /// When the next is due at the latest.
    pub next_update: Time64,
    /// Certificates that are known now, and were not by the list before.
    pub added: Vec<HashedId8>,
    /// Certificates that are not known any more.
    pub removed: Vec<HashedId8>,
    /// Certificates that are revoked.
    pub revoked: Vec<HashedId8>,
    /// Why entries were left out, each.
    pub left_out: Vec<Refusal>,
}

impl TrustLists {
    /// No list was applied yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Verifies a list and applies it to whom `verifier` trusts.
    ///
    /// # Errors
    /// Those of [`Verifier::verify_data`]; [`Refusal::NotAList`], [`Refusal::ListSigner`],
    /// [`Refusal::ListEntryNotPermitted`], [`Refusal::ListOutOfDate`], [`Refusal::ListOutOfOrder`]. Nothing is changed
    /// then. [`Refusal::Full`] when there are more revocations than the store holds; those that fit are in force.
    pub fn apply(&mut self, verifier: &mut Verifier, clock: &Clock, data: &[u8]) -> Result<Change, Refusal> {
        let list = SignedList::verify(verifier, clock, data)?;
        match &list.content {
            List::Trust(format) => self.apply_trust(verifier.trust_mut(), clock, &list, format),
            List::Revocation(crl) => self.apply_crl(verifier.trust_mut(), clock, &list, crl),
        }
    }

    /// Issuers whose next list is overdue at `clock`, with when it was due: what they leave out may have changed since.
    pub fn overdue(&self, clock: &Clock) -> impl Iterator<Item = (Digest, Time64)> {
        let (_, now) = clock.bounds();
        let trust = self.trust.iter().map(|(issuer, applied)| (*issuer, applied.next_update));
        let revocation = self.revocation.iter().map(|(issuer, applied)| (*issuer, applied.next_update));
        trust.chain(revocation).filter(move |(_, due)| *due <= now)
    }

    fn apply_trust(
        &mut self,
        trust: &mut TrustStore,
        clock: &Clock,
        list: &SignedList,
        format: &CtlFormat,
    ) -> Result<Change, Refusal> {
        let before = self.trust.get(list.issuer.hash());
        check_order(list, format, before, clock)?;
        let next_update = due(format.next_update.0, clock)?;
        let mut change = list.change(version(format, list.generated), next_update);
        let old = before.map(|applied| applied.entries.clone()).unwrap_or_default();
        let entries = apply_commands(trust, list, format, &old, &mut change);
        for id in old.difference(&entries) {
            trust.remove(*id);
            change.removed.push(*id);
        }
        let (version, number, generated) = (change.version, format.ctl_sequence, list.generated);
        let applied = Applied { version, number, generated, next_update, entries };
        self.trust.insert(*list.issuer.hash(), applied);
        Ok(change)
    }

    fn apply_crl(
        &mut self,
        trust: &mut TrustStore,
        clock: &Clock,
        list: &SignedList,
        crl: &ToBeSignedCrl,
    ) -> Result<Change, Refusal> {
        let this_update = seconds(crl.this_update.0);
        let before = self.revocation.get(list.issuer.hash());
        check_crl_order(list, this_update, before, clock)?;
        let next_update = due(crl.next_update.0, clock)?;
        let mut change = list.change(ListVersion::Revocation(this_update), next_update);
        for entry in &crl.entries {
            revoke(trust, list, short_name(entry), &mut change)?;
        }
        let applied = AppliedCrl { this_update, next_update };
        self.revocation.insert(*list.issuer.hash(), applied);
        Ok(change)
    }
}

fn version(format: &CtlFormat, generated: Time64) -> ListVersion {
    if format.is_full_ctl {
        ListVersion::Full(format.ctl_sequence, generated)
    } else {
        ListVersion::Delta(format.ctl_sequence, generated)
    }
}

/// A full list is newer than the one before; a delta has the next number. Numbers wrap behind 255, so a full list is
/// newer by number when it is less than half way round ahead, and when the list before is overdue, by time alone.
fn check_order(
    list: &SignedList,
    format: &CtlFormat,
    before: Option<&Applied>,
    clock: &Clock,
) -> Result<(), Refusal> {
    let found = version(format, list.generated);
    let follows = match before {
        None => format.is_full_ctl,
        Some(before) => {
            let ahead = format.ctl_sequence.wrapping_sub(before.number);
            let numbered = match format.is_full_ctl {
                true => (1..128).contains(&ahead) || (ahead != 0 && before.next_update <= clock.now()),
                false => ahead == 1,
            };
            numbered && before.generated < list.generated
        }
    };
    let applied = before.map_or(ListVersion::None, |before| before.version);
    let out_of_order = Refusal::ListOutOfOrder { issuer: list.issuer.hashed_id8(), applied, found };
    if follows { Ok(()) } else { Err(out_of_order) }
}

fn check_crl_order(
    list: &SignedList,
    this_update: Time64,
    before: Option<&AppliedCrl>,
    clock: &Clock,
) -> Result<(), Refusal> {
    let (_, latest) = clock.bounds();
    let ahead = core::time::Duration::from_micros(this_update.micros_since(latest).unwrap_or(0));
    if !ahead.is_zero() {
        let limit = core::time::Duration::ZERO;
        return Err(Refusal::FromTheFuture { generated: this_update, ahead, limit });
    }
    match before {
        Some(before) if before.this_update >= this_update => Err(Refusal::ListOutOfOrder {
            issuer: list.issuer.hashed_id8(),
            applied: ListVersion::Revocation(before.this_update),
            found: ListVersion::Revocation(this_update),
        }),
        Some(_) | None => Ok(()),
    }
}

/// When the next list is due; it must lie ahead.
fn due(next_update: u32, clock: &Clock) -> Result<Time64, Refusal> {
    let (next_update, (_, now)) = (seconds(next_update), clock.bounds());
    if now < next_update { Ok(next_update) } else { Err(Refusal::ListOutOfDate { next_update, now }) }
}

fn seconds(time: u32) -> Time64 {
    Time64::from_micros(u64::from(time) * 1_000_000)
}

/// What the issuer's lists name from now on.
fn apply_commands(
    trust: &mut TrustStore,
    list: &SignedList,
    format: &CtlFormat,
    old: &BTreeSet<HashedId8>,
    change: &mut Change,
) -> BTreeSet<HashedId8> {
    let mut entries = if format.is_full_ctl { BTreeSet::new() } else { old.clone() };
    for command in &format.ctl_commands {
        match command {
            CtlCommand::Add(entry) => match believe(trust, list, entry) {
                Ok(Some(id)) => drop(entries.insert(id)),
                Ok(None) => {}
                Err(refusal) => change.left_out.push(refusal),
            },
            CtlCommand::Delete(CtlDelete::Cert(id)) => drop(entries.remove(&short_name(id))),
            // Where lists are fetched from is no matter of trust.
            CtlCommand::Delete(CtlDelete::Dc(_)) => {}
        }
    }
    change.added.extend(entries.difference(old));
    entries
}

/// Adds what an entry names, if it is the issuer's to name; `None` for entries that are no matter of trust here.
fn believe(
    trust: &mut TrustStore,
    list: &SignedList,
    entry: &CtlEntry,
) -> Result<Option<HashedId8>, Refusal> {
    match entry {
        CtlEntry::Rca(root) => {
            let root = parse(&root.self_signed_root_ca)?;
            let id = root.hashed_id8();
            trust.add_root(root).map(|()| Some(id))
        }
        CtlEntry::Ea(entry) => believe_authority(trust, list, &entry.ea_certificate, "an EA of another root"),
        CtlEntry::Aa(entry) => believe_authority(trust, list, &entry.aa_certificate, "an AA of another root"),
        CtlEntry::Dc(_) | CtlEntry::Tlm(_) => Ok(None),
    }
}

fn believe_authority(
    trust: &mut TrustStore,
    list: &SignedList,
    certificate: &asn::Certificate,
    foreign: &'static str,
) -> Result<Option<HashedId8>, Refusal> {
    let authority = parse(certificate)?;
    let chain = trust.chain(&authority)?;
    if chain.certificates().last() != Some(&list.issuer) {
        return Err(Refusal::ListEntryNotPermitted { signer: list.issuer.hashed_id8(), entry: foreign });
    }
    let id = authority.hashed_id8();
    trust.add(authority).map(|()| Some(id))
}

/// Revokes what the issuer answers for: itself and what chains to it. A name that nobody here knows is revoked whoever
/// its certificate will turn out to be; the certificate of another root is not.
fn revoke(
    trust: &mut TrustStore,
    list: &SignedList,
    id: HashedId8,
    change: &mut Change,
) -> Result<(), Refusal> {
    let known: Vec<_> = trust.find(id).map(|(certificate, _)| certificate.clone()).collect();
    let foreign = |certificate: &Certificate| {
        let chain = trust.chain(certificate);
        chain.is_ok_and(|chain| chain.certificates().last() != Some(&list.issuer))
    };
    if !known.is_empty() && known.iter().all(foreign) {
        let (signer, entry) = (list.issuer.hashed_id8(), "a certificate of another root");
        change.left_out.push(Refusal::ListEntryNotPermitted { signer, entry });
        return Ok(());
    }
    trust.revoke(id)?;
    change.revoked.push(id);
    Ok(())
}

fn parse(certificate: &asn::Certificate) -> Result<Certificate, Refusal> {
    let what = crate::refusal::Structure::Certificate;
    let octets = asn::encode(certificate).map_err(|error| Refusal::Undecodable { what, error })?;
    Certificate::parse(&octets)
}

fn short_name(id: &asn::HashedId8) -> HashedId8 {
    HashedId8::of_hash(id.0.as_ref())
}
