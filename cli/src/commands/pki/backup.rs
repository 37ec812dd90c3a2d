//! `wayseal pki backup` and `wayseal pki restore`: copies of ledgers.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

use super::administration::Administration;
use super::authority::Authority;
use crate::exit::Outcome;
use crate::ledger_place::LedgerPlace;
use crate::output::Output;

/// Have a server write a backup of its ledger, while it goes on
///
/// The file comes into the folder that the settings name as `backups`, on the server's machine. It holds all records of one
/// moment and ends with a hash of them.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal pki backup ea --token-file operate.token\n  \
    wayseal pki backup aa --admin http://10.0.0.2:8699 --token-file operate.token --json")]
pub(crate) struct Backup {
    /// Whose ledger
    authority: Authority,

    #[command(flatten)]
    administration: Administration,
}

impl Backup {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let path = format!("ledgers/{}/backup", self.authority.ledger());
        let answer = self.administration.ask(&path, Some(("text/plain", Vec::new())))?;
        if output.is_json() {
            output.document(&answer)?;
        } else {
            let text = |name: &str| answer.get(name).and_then(Value::as_str).unwrap_or("?").to_owned();
            output.line(format_args!("{}: head {}", text("file"), text("head")))?;
        }
        Ok(Outcome::Success)
    }
}

/// Make a ledger of a backup
///
/// The ledger that comes out is whole and verified. Whatever was recorded after the backup is missing, so it issues nothing
/// until an operator raises its epoch: see docs/operator.md.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal pki restore /var/backups/ea/0-1024.backup ea.ledger\n  \
    wayseal pki restore ea.backup copy.ledger && wayseal pki audit ea copy.ledger --trust pki\n  \
    wayseal pki restore ea.backup postgres://ea@db.example/ea --ledger-password-file ea.password")]
pub(crate) struct Restore {
    /// The backup
    #[arg(value_name = "BACKUP")]
    backup: PathBuf,

    /// The ledger that is made: a file of a new name, or an empty database, postgres://USER@HOST/DATABASE
    #[arg(value_name = "LEDGER")]
    ledger: PathBuf,

    /// File whose first line is the password of the ledger's database
    #[arg(long, value_name = "FILE")]
    ledger_password_file: Option<PathBuf>,
}

impl Restore {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let name = self.backup.display().to_string();
        let file = File::open(&self.backup).with_context(|| format!("{name}: cannot be read"))?;
        let place = LedgerPlace::of(&self.ledger)?;
        if place.file().is_some_and(|path| path.exists()) {
            bail!("{place}: exists already; a backup is restored into a new ledger");
        }
        let engine = place.open(self.ledger_password_file.as_deref()).with_context(|| place.to_string())?;
        let restored = store::restore(&engine, &mut BufReader::new(file));
        drop(engine);
        if let (Err(_), Some(path)) = (&restored, place.file()) {
            // Half a ledger is of no use, and would be in the way of the next attempt. If it stays, it says what it is.
            let _ = std::fs::remove_file(path);
        }
        let head = restored.context(name)?;
        if output.is_json() {
            output.document(&json!({ "ledger": self.ledger, "head": head.to_string() }))?;
        } else {
            output.line(format_args!("{}: head {head}", self.ledger.display()))?;
            output.line("it issues nothing until its epoch is raised")?;
        }
        Ok(Outcome::Success)
    }
}
