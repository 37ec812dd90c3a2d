//! Trust and revocation lists from files, applied to whom a verifier trusts.

use v2x_codec::time::Time64;
use v2x_security::clock::Clock;
use v2x_security::id::HashedId8;
use v2x_security::lists::{Change, TrustLists};
use v2x_security::permission::Psid;
use v2x_security::refusal::{ListVersion, Refusal};
use v2x_security::verifier::Verifier;

use crate::input::Input;
use crate::judge;
use crate::subject::Subject;

/// A file that holds signed data of a list's service.
pub(crate) struct ListFile {
    input: Input,
    is_crl: bool,
    generated: Time64,
    counts_overdue: bool,
}

/// What lists did.
#[derive(Default)]
pub(crate) struct Applied {
    /// Lists that are in force.
    pub(crate) lists: usize,
    /// Those lists, as they were read.
    pub(crate) in_force: Vec<Vec<u8>>,
    /// Lists that say what a list in force says already, as they were read: for who is behind and wants to catch up.
    pub(crate) passed: Vec<Vec<u8>>,
    /// What they revoked.
    pub(crate) revoked: Vec<HashedId8>,
    /// What a person should know, a line each.
    pub(crate) notes: Vec<String>,
}

impl ListFile {
    /// The list in a file, by what its header says; `None` when it is something else.
    pub(crate) fn of(input: Input) -> Option<Self> {
        let subject = Subject::of(&input.octets).filter(|subject| matches!(subject, Subject::Data(_)))?;
        let header = subject.signed()?.header_info;
        let (is_crl, is_ctl) = (Psid(header.psid) == Psid::CRL, Psid(header.psid) == Psid::CTL);
        let generated = header.generation_time.filter(|_| is_crl || is_ctl)?;
        // What a revocation list names is revoked for good.
        Some(Self { input, is_crl, generated, counts_overdue: is_crl })
    }

    /// When it was made, as its header says.
    pub(crate) const fn generated(&self) -> Time64 {
        self.generated
    }

    /// The same list, to be taken as it was when it was made if it is overdue, for who makes the next one.
    pub(crate) fn even_overdue(self) -> Self {
        Self { counts_overdue: true, ..self }
    }
}

/// Applies lists in the order in which they were made. One whose signer only comes in by another waits for that.
pub(crate) fn apply(verifier: &mut Verifier, mut files: Vec<ListFile>, now: Time64) -> Applied {
    files.sort_by_key(|file| (file.is_crl, file.generated));
    let (mut lists, mut applied) = (TrustLists::new(), Applied::default());
    loop {
        let (mut refused, before) = (Vec::new(), files.len());
        for file in files {
            match apply_one(&mut lists, verifier, &file, now) {
                Ok((change, overdue)) => applied.add(&file, change, overdue),
                Err(refusal) => refused.push((file, refusal)),
            }
        }
        if refused.is_empty() || refused.len() == before {
            applied.leave(refused);
            return applied;
        }
        files = refused.into_iter().map(|(file, _)| file).collect();
    }
}

/// A list that counts though it is overdue is applied as of when it was made; that things may have changed since is what its
/// refusal says.
fn apply_one(
    lists: &mut TrustLists,
    verifier: &mut Verifier,
    file: &ListFile,
    now: Time64,
) -> Result<(Change, Option<Refusal>), Refusal> {
    let mut apply = |at| {
        let change = lists.apply(verifier, &Clock::exact(at), &file.input.octets);
        // Whoever verifies the same list again is no attacker.
        verifier.replace_replay_filter(judge::no_memory());
        change
    };
    match apply(now) {
        Err(overdue @ Refusal::ListOutOfDate { .. }) if file.counts_overdue => {
            apply(file.generated).map(|change| (change, Some(overdue)))
        }
        result => result.map(|change| (change, None)),
    }
}

impl Applied {
    fn add(&mut self, file: &ListFile, change: Change, overdue: Option<Refusal>) {
        self.lists += 1;
        self.in_force.push(file.input.octets.clone());
        self.revoked.extend(change.revoked);
        let overdue =
            overdue.map(|refusal| format!("in force, though later revocations may be missing, {refusal}"));
        let left_out = change.left_out.iter().map(|refusal| format!("an entry was left out, {refusal}"));
        let notes = overdue.into_iter().chain(left_out);
        self.notes.extend(notes.map(|note| format!("{}: {note}", file.input.name)));
    }

    fn leave(&mut self, refused: Vec<(ListFile, Refusal)>) {
        for (file, refusal) in refused {
            if is_passed(&refusal) {
                self.passed.push(file.input.octets);
            } else {
                self.notes.push(format!("{}: not used, {refusal}", file.input.name));
            }
        }
    }
}

/// Whether a delta is out of order because a list in force came after it or with it.
const fn is_passed(refusal: &Refusal) -> bool {
    let Refusal::ListOutOfOrder { applied, found: ListVersion::Delta(_, found), .. } = refusal else {
        return false;
    };
    match applied {
        ListVersion::Full(_, applied) | ListVersion::Delta(_, applied) => found.micros() <= applied.micros(),
        ListVersion::None | ListVersion::Revocation(_) => false,
    }
}
