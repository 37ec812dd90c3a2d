//! `wayseal pki revoke` and `wayseal pki trust-list`: the next lists of a root or trust list manager.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use serde_json::json;
use v2x_ca::Policy;
use v2x_ca::lists::{ListOf, TrustList, aa_entry, certificate_of, ea_entry, root_entry, sign_crl, tlm_entry};
use v2x_codec::time::{Duration, Time32, Time64};
use v2x_codec::ts102941::CtlEntry;
use v2x_crypto::Provider;
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::certificate::{Certificate, Issuer};
use v2x_security::id::HashedId8;
use v2x_security::sign::Identity;
use v2x_security::trust::{TrustProfile, TrustStore};
use v2x_security::verifier::Verifier;

use super::init::LIST_SECONDS;
use super::layout::{Layout, ROOT, TLM};
use crate::exit::Outcome;
use crate::hardware::TokenArguments;
use crate::output::Output;
use crate::secret::PassphraseArguments;
use crate::trust_lists::{self, Applied, ListFile};
use crate::{certificate_file, files, input, judge, period, time};

/// Microseconds.
const SECOND: u64 = 1_000_000;

/// When a list is made, and how long it counts.
#[derive(Args)]
struct Dates {
    /// When the list is made: now, 2026-11-22T18:00:00Z, or microseconds TAI since 2004
    #[arg(long, value_parser = time::parse, default_value = "now", value_name = "TIME")]
    at: Time64,

    /// After how long the next list is due
    #[arg(long, value_name = "TIME", value_parser = period::parse, default_value = "90d")]
    next_update: Duration,
}

/// Revoke authorities: the root's next revocation list
///
/// The list in DIR/crl.oer is replaced by one that names these certificates as well. What was revoked stays revoked. Servers
/// that watch the folder act on it within a second, and hand it out. Without certificates, the same list is made anew with
/// another date, which has to happen before the old one is overdue.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal pki revoke pki pki/aa.cert\n  \
    wayseal pki revoke pki 27C8EF8E2D4C7A32\n  \
    wayseal pki revoke pki   (the same list with a new date)")]
pub(crate) struct Revoke {
    /// The folder that `wayseal pki init` made
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Certificates that the root issued, each a file or a HashedId8 in hex digits
    #[arg(value_name = "CERT")]
    certificates: Vec<String>,

    #[command(flatten)]
    dates: Dates,

    #[command(flatten)]
    passphrase: PassphraseArguments,

    #[command(flatten)]
    token: TokenArguments,
}

impl Revoke {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let layout = Layout(&self.folder);
        let root = layout.identity(ROOT, &self.passphrase, &self.token)?;
        let path = layout.crl();
        let before = Current::read(&path, root.certificate(), self.dates.at)?;
        let mut revoked = before.applied.revoked.clone();
        for certificate in &self.certificates {
            let id = revocable(certificate, root.certificate())?;
            if !revoked.contains(&id) {
                revoked.push(id);
            }
        }
        let (now, next) = self.dates.in_a_second_of_its_own(before.generated)?.resolve()?;
        let list = sign_crl(&revoked, &root, now, next, &Policy::EU);
        let list = list.context("no list was made")?;
        before.check_next(&list, root.certificate(), now)?;
        files::replace(&path, &list)?;
        if output.is_json() {
            let revoked: Vec<String> = revoked.iter().map(ToString::to_string).collect();
            output.document(&json!({ "crl": path, "revoked": revoked, "nextUpdate": next.seconds() }))?;
        } else {
            output.line(format_args!("{}: {} revoked, next due {next}", path.display(), revoked.len()))?;
        }
        Ok(Outcome::Success)
    }
}

/// Whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Of {
    /// The root's: its EAs and AAs
    Root,
    /// The trust list manager's: roots
    Tlm,
}

/// Add authorities to a trust list or take them out of it: the next list, in full and as what changed
///
/// The list in DIR/ctl.oer, or with --of tlm in DIR/ectl.oer, is replaced by the next, with a number that is one more; what
/// changed goes into a file beside it, ctl.delta-NUMBER.oer. Servers that watch the folder act on it within a second, and hand
/// out both. Without changes, the same list is made anew with another date.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal pki trust-list pki --add-aa second.cert http://10.0.0.3:8600/aa\n  \
    wayseal pki trust-list pki --remove pki/aa.cert\n  \
    wayseal pki trust-list pki --of tlm --add-root partner/root.cert")]
pub(crate) struct NextTrustList {
    /// The folder that `wayseal pki init` made
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Whose list it is
    #[arg(long, value_enum, default_value_t = Of::Root)]
    of: Of,

    /// An EA and where stations reach it; AAs reach it at /validation below that. Can be given more than once
    #[arg(long, num_args = 2, value_names = ["CERT", "URL"])]
    add_ea: Vec<String>,

    /// An AA and where stations reach it; can be given more than once
    #[arg(long, num_args = 2, value_names = ["CERT", "URL"])]
    add_aa: Vec<String>,

    /// A root; can be given more than once
    #[arg(long, value_name = "CERT")]
    add_root: Vec<PathBuf>,

    /// What is taken out, a file or a HashedId8 in hex digits; can be given more than once
    #[arg(long, value_name = "CERT")]
    remove: Vec<String>,

    #[command(flatten)]
    dates: Dates,

    #[command(flatten)]
    passphrase: PassphraseArguments,

    #[command(flatten)]
    token: TokenArguments,
}

impl NextTrustList {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let layout = Layout(&self.folder);
        let (name, of, path) = match self.of {
            Of::Root => (ROOT, ListOf::RootCa, layout.ctl()),
            Of::Tlm => (TLM, ListOf::TrustListManager, layout.ectl()),
        };
        let signer = layout.identity(name, &self.passphrase, &self.token)?;
        let (now, next_update) = self.dates.resolve()?;
        let current = Current::read(&path, signer.certificate(), now)?;
        let before = TrustList::read(of, &current.octets).with_context(|| path.display().to_string())?;
        let after = before.next(self.changed(before.entries())?).context("no list was made")?;
        let signing = Signing { signer, now, next_update };
        let (full, delta) = signing.sign(&before, &after).context("no list was made")?;
        current.check_next(&full, signing.signer.certificate(), now)?;
        current.check_next(&delta, signing.signer.certificate(), now)?;
        let delta_path = path.with_extension(format!("delta-{}.oer", after.sequence()));
        files::replace(&delta_path, &delta)?;
        files::replace(&path, &full)?;
        if output.is_json() {
            output.document(&json!({
                "full": path, "delta": delta_path, "number": after.sequence(), "entries": after.entries().len(),
                "nextUpdate": next_update.seconds(),
            }))?;
        } else {
            let (number, entries) = (after.sequence(), after.entries().len());
            output.line(format_args!(
                "{}: number {number}, {entries} entries, next due {next_update}",
                path.display()
            ))?;
            output.line(format_args!("{}: what changed", delta_path.display()))?;
        }
        Ok(Outcome::Success)
    }

    fn changed(&self, before: &[CtlEntry]) -> Result<Vec<CtlEntry>> {
        let mut entries = before.to_vec();
        for certificate in &self.remove {
            remove(&mut entries, certificate)?;
        }
        for added in self.added()? {
            let certificate = certificate_of(&added)?;
            // Another address for the same certificate takes the place of the one before.
            if let Some(index) = position(&entries, |known| Some(known) == certificate.as_ref())? {
                entries.remove(index);
            }
            entries.push(added);
        }
        Ok(entries)
    }

    fn added(&self) -> Result<Vec<CtlEntry>> {
        let mut added = Vec::new();
        for (certificate, url) in pairs(&self.add_ea) {
            let url = url.trim_end_matches('/');
            let certificate = certificate_file::read(Path::new(certificate))?;
            added.push(ea_entry(&certificate, &format!("{url}/validation"), Some(url))?);
        }
        for (certificate, url) in pairs(&self.add_aa) {
            added.push(aa_entry(&certificate_file::read(Path::new(certificate))?, url)?);
        }
        for certificate in &self.add_root {
            added.push(root_entry(&certificate_file::read(certificate)?)?);
        }
        Ok(added)
    }
}

/// The list of roots of the next trust list manager: that of the present one, with the next beside it at the same address.
pub(super) fn first_of_next(
    layout: &Layout<'_>,
    present: &Certificate,
    next: &Identity,
    now: Time64,
) -> Result<Vec<u8>> {
    let path = layout.ectl();
    let current = Current::read(&path, present, now)?;
    let list = TrustList::read(ListOf::TrustListManager, &current.octets)?;
    let contact = list.entries().iter().find_map(|entry| match entry {
        CtlEntry::Tlm(entry) => Some(entry.access_point.to_text()),
        CtlEntry::Rca(_) | CtlEntry::Ea(_) | CtlEntry::Aa(_) | CtlEntry::Dc(_) => None,
    });
    let contact = contact.ok_or_else(|| anyhow!("{}: names no point of contact", path.display()))?;
    let entries = [list.entries(), &[tlm_entry(next.certificate(), &contact)?]].concat();
    let due = now.saturating_add_micros(u64::from(LIST_SECONDS) * SECOND).time32();
    let due = due.ok_or_else(|| anyhow!("{now}: after the year 2140"))?;
    let list = TrustList::first(ListOf::TrustListManager, entries)?.sign_full(next, now, due, &Policy::EU);
    list.context("no list was made")
}

/// Who signs the lists, and when.
struct Signing {
    signer: Identity,
    now: Time64,
    next_update: Time32,
}

impl Signing {
    fn sign(&self, before: &TrustList, after: &TrustList) -> Result<(Vec<u8>, Vec<u8>)> {
        let Self { signer, now, next_update } = self;
        let full = after.sign_full(signer, *now, *next_update, &Policy::EU)?;
        Ok((full, after.sign_delta(before, signer, *now, *next_update, &Policy::EU)?))
    }
}

/// The list that is at hand, verified.
struct Current {
    octets: Vec<u8>,
    path: PathBuf,
    generated: Time64,
    applied: Applied,
}

impl Current {
    fn read(path: &Path, signer: &Certificate, now: Time64) -> Result<Self> {
        let octets = input::read_file(path)?.octets;
        let present = list_file(path, &octets)?;
        let generated = present.generated();
        let applied = apply(vec![present.even_overdue()], signer, now)?;
        if applied.lists == 1 {
            return Ok(Self { octets, path: path.to_owned(), generated, applied });
        }
        bail!("{}", applied.notes.join("; "));
    }

    /// That whoever holds the present list takes the next one after it, also when the present one is overdue.
    fn check_next(&self, next: &[u8], signer: &Certificate, now: Time64) -> Result<()> {
        let present = list_file(&self.path, &self.octets)?;
        let applied = apply(vec![present.even_overdue(), list_file(&self.path, next)?], signer, now)?;
        if applied.lists == 2 {
            return Ok(());
        }
        bail!("stations would not take the next list: {}", applied.notes.join("; "));
    }
}

fn list_file(path: &Path, octets: &[u8]) -> Result<ListFile> {
    let input = input::Input { name: path.display().to_string(), octets: octets.to_vec() };
    ListFile::of(input).ok_or_else(|| anyhow!("{}: no list", path.display()))
}

fn apply(lists: Vec<ListFile>, signer: &Certificate, now: Time64) -> Result<Applied> {
    let provider: Arc<dyn Provider> = Arc::new(AwsLc);
    let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, provider);
    trust.add_by_content(signer.clone())?;
    let mut verifier = Verifier::new(trust, v2x_security::policy::Policy::STANDARD, judge::no_memory());
    Ok(trust_lists::apply(&mut verifier, lists, now))
}

impl Dates {
    /// A revocation list's date has whole seconds, so the one after a list of this second waits for the next.
    fn in_a_second_of_its_own(self, before: Time64) -> Result<Self> {
        if self.at.time32() != before.time32() {
            return Ok(self);
        }
        let rest = SECOND - self.at.micros() % SECOND;
        thread::sleep(std::time::Duration::from_micros(rest));
        Ok(Self { at: self.at.saturating_add_micros(rest), ..self })
    }

    fn resolve(&self) -> Result<(Time64, Time32)> {
        let next = self.at.saturating_add_micros(self.next_update.micros());
        let next = next.time32().ok_or_else(|| anyhow!("{next}: after the year 2140"))?;
        Ok((self.at, next))
    }
}

/// The name of a certificate that this root can revoke.
fn revocable(text: &str, root: &Certificate) -> Result<HashedId8> {
    let Some(certificate) = named(text)? else { return identifier(text) };
    let is_own = matches!(certificate.issuer(), Issuer::Digest { id, .. } if id == root.hashed_id8());
    if is_own || certificate == *root {
        return Ok(certificate.hashed_id8());
    }
    bail!("{text}: {certificate} was issued by another authority, which is who can revoke it");
}

fn remove(entries: &mut Vec<CtlEntry>, text: &str) -> Result<()> {
    let id = match named(text)? {
        Some(certificate) => certificate.hashed_id8(),
        None => identifier(text)?,
    };
    let index = position(entries, |known| known.hashed_id8() == id)?;
    entries.remove(index.ok_or_else(|| anyhow!("{text}: is not in the list"))?);
    Ok(())
}

/// Where the entry for a certificate is. A distribution centre's is for none.
fn position(entries: &[CtlEntry], is_it: impl Fn(&Certificate) -> bool) -> Result<Option<usize>> {
    for (index, entry) in entries.iter().enumerate() {
        if certificate_of(entry)?.as_ref().is_some_and(&is_it) {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// The certificate in the file of this name, if there is such a file.
fn named(text: &str) -> Result<Option<Certificate>> {
    let path = Path::new(text);
    path.exists().then(|| certificate_file::read(path)).transpose()
}

fn identifier(text: &str) -> Result<HashedId8> {
    let octets = hex::decode(text).ok().and_then(|octets| <[u8; 8]>::try_from(octets).ok());
    octets.map(HashedId8).ok_or_else(|| anyhow!("{text}: neither a file nor a HashedId8 of 16 hex digits"))
}

fn pairs(words: &[String]) -> impl Iterator<Item = (&str, &str)> {
    words.chunks_exact(2).filter_map(|pair| match pair {
        [first, second] => Some((first.as_str(), second.as_str())),
        _ => None,
    })
}
