//! `wayseal block-list`: the operator's own, for drone links alone.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::Args;
use drone_link::block_list::BlockList as List;
use drone_link::rights::{Right, Rights};
use serde_json::json;

use crate::commands::station;
use crate::exit::Outcome;
use crate::output::Output;
use crate::secret::PassphraseArguments;
use crate::{certificate_file, files, time};

/// Sign a block list: tickets that get no drone link any more
///
/// European tickets have no revocation list, so this is the operator's own means for a drone or ground station that was lost. The
/// list names tickets by the whole hash of their certificate, counts for drone links alone, and takes the place of the one
/// before, so name all that are blocked each time. `wayseal drone` and `wayseal ground` follow it with --block-list FILE.
#[derive(Args)]
#[command(after_help = "Example:\n  \
    wayseal block-list --station operator --out blocked.oer lost.cert\n\n\
    The station's ticket needs the right \"block-list\": `wayseal station authorize --service 29:010080`.")]
pub(crate) struct BlockList {
    /// The operator's station, which `wayseal station init` makes
    #[arg(long, value_name = "DIR")]
    station: PathBuf,

    /// Where to write the list; what is there is replaced
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    /// The number of the list, greater than that of the one before; without, the seconds since 2004
    #[arg(long)]
    number: Option<u64>,

    /// Tickets, each a file; without, nobody is blocked any more
    #[arg(value_name = "CERT")]
    certificates: Vec<PathBuf>,

    #[command(flatten)]
    passphrase: PassphraseArguments,
}

impl BlockList {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let (now, home) = (time::now()?, station::open(&self.station, &self.passphrase)?);
        let may = |pair: &enrollment_home::Pair| {
            let rights = Rights::of_certificate(pair.certificate());
            pair.is_valid(now) && rights.is_ok_and(|rights| rights.has(Right::BlockList))
        };
        let pair = home.tickets()?.into_iter().rfind(may);
        let pair = pair.ok_or_else(|| anyhow!("no ticket with the right \"block-list\" is valid now"))?;
        let hash = |path: &PathBuf| Ok(*certificate_file::read(path)?.hash());
        let hashes = self.certificates.iter().map(hash).collect::<Result<Vec<_>>>()?;
        let number = self.number.unwrap_or(now.micros() / 1_000_000);
        let signed = List::sign(&home.identity(&pair)?, number, &hashes, now)?;
        files::replace(&self.out, &signed)?;
        if output.is_json() {
            output.document(&json!({ "blockList": self.out, "number": number, "blocked": hashes.len() }))?;
        } else {
            output.line(format_args!("{}: number {number}, {} blocked", self.out.display(), hashes.len()))?;
        }
        Ok(Outcome::Success)
    }
}
