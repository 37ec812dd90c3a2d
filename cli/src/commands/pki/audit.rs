//! `wayseal pki audit`: everything that an authority ever issued, judged again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::Args;
use indicatif::ProgressBar;
use serde::Serialize;
use store::engine::{Engine, View};
use store::{Accounts, Head, Issued, StoreError, Verified, each_issued, verify_rows};
use v2x_ca::{Policy, audit};
use v2x_codec::time::Time64;
use v2x_crypto::Provider;
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::certificate::Certificate;
use v2x_security::verifier::Verifier;

use super::authority::Authority;
use crate::exit::Outcome;
use crate::ledger_place::LedgerPlace;
use crate::output::{self, Output};
use crate::trust_dir::TrustArguments;
use crate::{input, progress};

/// Objections that are shown; all are counted.
const MAX_SHOWN: usize = 100;

/// Judge everything that an authority ever issued once more
///
/// Walks the ledger of an EA or AA: that no record was deleted, moved or edited and every entry is what its record says;
/// that each certificate was on record before it was signed, passes today's lints as of the moment of its issue, and
/// verifies up to a root in the trust folders. The server that has a file as its ledger must be stopped, or a backup be
/// restored beside it: see `wayseal pki backup`. A ledger in PostgreSQL is audited while its server goes on, as of one moment.
///
/// Exit code: 0 all as it should be; 1 damage, or a certificate that is objected to; 2 bad input.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal pki audit ea ea.ledger --trust pki --head /mnt/other/ea.head\n  \
    wayseal pki audit aa aa.ledger --trust pki --json | jq .objections\n  \
    wayseal pki audit ea postgres://ea@db.example/ea --ledger-password-file ea.password --trust pki")]
pub(crate) struct Audit {
    /// Whose ledger it is
    authority: Authority,

    /// The ledger: a file, or postgres://USER@HOST/DATABASE
    #[arg(value_name = "LEDGER")]
    ledger: PathBuf,

    /// File whose first line is the password of the ledger's database
    #[arg(long, value_name = "FILE")]
    ledger_password_file: Option<PathBuf>,

    /// Folder with the authority's certificate and its root's; can be given more than once
    #[arg(long, value_name = "DIR", required = true)]
    trust: Vec<PathBuf>,

    /// The head that was kept elsewhere: a ledger that was cut off behind it is found out
    #[arg(long, value_name = "FILE")]
    head: Option<PathBuf>,
}

/// What was found.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    ledger: PathBuf,
    /// The first damage to the ledger, at which nothing else is looked at.
    damage: Option<String>,
    head: Option<String>,
    records: u64,
    entries: u64,
    /// Requests that were answered with a certificate.
    certificates: u64,
    /// Requests for which a certificate was on record to be signed, and that have no answer.
    unanswered: u64,
    objected: usize,
    objections: Vec<Objection>,
}

/// A certificate that should not be.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Objection {
    record: u64,
    certificate: Option<String>,
    reason: String,
}

impl Audit {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let mut judge = self.judge()?;
        let head = self.head.as_deref().map(read_head).transpose()?;
        let engine = open(&LedgerPlace::of(&self.ledger)?, self.ledger_password_file.as_deref())?;
        let bar = progress::bar();
        let mut found = Err(StoreError::Misuse("the engine showed nothing"));
        engine.snapshot(&mut |view| {
            found = judge.walk(view, head.as_ref(), &bar);
            Ok(())
        })?;
        bar.finish_and_clear();
        let report = self.report(judge, found)?;
        if output.is_json() {
            output.document(&report)?
        } else {
            report.show(output)?
        }
        let is_good = report.damage.is_none() && report.objected == 0;
        Ok(if is_good { Outcome::Success } else { Outcome::Refused })
    }

    fn judge(&self) -> Result<Judge> {
        let provider: Arc<dyn Provider> = Arc::new(AwsLc);
        let trust = TrustArguments::etsi(self.trust.clone()).load_for(&provider)?;
        output::notes(trust.notes());
        let (_, etsi, _) = trust.into_parts();
        Ok(Judge { authority: self.authority, verifier: etsi, objected: 0, objections: Vec::new() })
    }

    fn report(&self, judge: Judge, found: Result<(Verified, Accounts), StoreError>) -> Result<Report> {
        let (verified, accounts, damage) = match found {
            Ok((verified, accounts)) => (Some(verified), accounts, None),
            Err(StoreError::Damaged(damage)) => (None, Accounts::default(), Some(damage.to_string())),
            Err(error) => return Err(error).with_context(|| self.ledger.display().to_string()),
        };
        Ok(Report {
            ledger: self.ledger.clone(),
            damage,
            head: verified.map(|verified| verified.head.to_string()),
            records: verified.map_or(0, |verified| verified.head.count()),
            entries: verified.map_or(0, |verified| verified.entries),
            certificates: accounts.issued,
            unanswered: accounts.unanswered,
            objected: judge.objected,
            objections: judge.objections,
        })
    }
}

/// Who judges, and what was objected to so far.
struct Judge {
    authority: Authority,
    verifier: Verifier,
    objected: usize,
    objections: Vec<Objection>,
}

impl Judge {
    fn walk(
        &mut self,
        view: &dyn View,
        head: Option<&Head>,
        bar: &ProgressBar,
    ) -> Result<(Verified, Accounts), StoreError> {
        bar.set_message("chain");
        let verified = verify_rows(view, head)?;
        bar.set_message("issued");
        bar.set_length(verified.head.count());
        let accounts = each_issued(view, &mut |issued| {
            bar.set_position(issued.sequence);
            self.judge(&issued);
            Ok(())
        })?;
        Ok((verified, accounts))
    }

    fn judge(&mut self, issued: &Issued<'_>) {
        let certificate = Certificate::parse(issued.certificate);
        let judged = match &certificate {
            Ok(certificate) => self.judge_certificate(issued, certificate),
            Err(refusal) => Err(refusal.to_string()),
        };
        let Err(reason) = judged else { return };
        self.objected += 1;
        if self.objections.len() < MAX_SHOWN {
            let certificate = certificate.ok().map(|certificate| certificate.hashed_id8().to_string());
            self.objections.push(Objection { record: issued.sequence, certificate, reason });
        }
    }

    fn judge_certificate(&mut self, issued: &Issued<'_>, certificate: &Certificate) -> Result<(), String> {
        if !issued.was_intended(certificate.to_be_signed()) {
            return Err("other octets were signed than those that were on record before".to_owned());
        }
        let at = Time64::from_micros(issued.time).time32().ok_or("its record has no time")?;
        let role = self.authority.issues();
        let judged = audit::audit(certificate, role, self.verifier.trust_mut(), &Policy::EU, at);
        judged.map_err(|objection| objection.to_string())
    }
}

impl Report {
    fn show(&self, output: &mut Output) -> Result<()> {
        if let Some(damage) = &self.damage {
            return output.line(format_args!("{}: damaged: {damage}", self.ledger.display()));
        }
        let Self { records, entries, certificates, unanswered, .. } = self;
        output.line(format_args!("{records} records and {entries} entries, all in place"))?;
        output.line(format_args!("{certificates} certificates, {unanswered} requests without an answer"))?;
        for Objection { record, certificate, reason } in &self.objections {
            let certificate = certificate.as_deref().unwrap_or("unreadable");
            output.line(format_args!("record {record}, certificate {certificate}: {reason}"))?;
        }
        if let Some(more) = self.objected.checked_sub(self.objections.len()).filter(|more| *more > 0) {
            output.line(format_args!("and {more} more"))?;
        }
        output.line(format_args!("{} objections", self.objected))?;
        output.line(format_args!("head {}", self.head.as_deref().unwrap_or_default()))
    }
}

/// The storage of a ledger that is there: a mistyped name makes no new one.
fn open(place: &LedgerPlace, password_file: Option<&Path>) -> Result<Box<dyn Engine>> {
    if place.file().is_some_and(|path| !path.is_file()) {
        bail!("{place}: no such ledger");
    }
    place.open(password_file).with_context(|| match place {
        LedgerPlace::File(_) => format!("{place}: cannot be opened; is its server running?"),
        LedgerPlace::Database(_) => place.to_string(),
    })
}

/// The head that a server has kept.
pub(in crate::commands) fn read_head(path: &Path) -> Result<Head> {
    let octets = input::read_raw(path)?;
    let text = String::from_utf8_lossy(&octets);
    text.trim().parse().with_context(|| path.display().to_string())
}
