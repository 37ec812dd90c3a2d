//! `wayseal pki register` and `wayseal pki station`: the registry of an EA that runs.

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use serde_json::Value;
use v2x_crypto::Curve;

use super::administration::Administration;
use crate::exit::Outcome;
use crate::input;
use crate::output::Output;

/// Register stations with an EA that runs
///
/// One station by --id and --key, or a batch from a CSV file with the columns id,curve,key,profile: the canonical
/// identifier and the public key in hex digits, and the name of a profile in the EA's settings. A curve that is left out
/// is P-256, a profile `usual`. `wayseal station init` prints such a line. Stations that are registered already stay as
/// they are, so a batch can be sent again.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal pki register --token-file operate.token stations.csv\n  \
    wayseal pki register --token-file operate.token --id 63617231 --key 026b17…")]
pub(crate) struct Register {
    #[command(flatten)]
    administration: Administration,

    /// The batch, or - for standard input
    #[arg(value_name = "CSV", required_unless_present = "id", conflicts_with = "id")]
    batch: Option<String>,

    /// Canonical identifier of one station, in hex digits
    #[arg(long, value_name = "HEX", requires = "key")]
    id: Option<String>,

    /// Its canonical public key, in hex digits
    #[arg(long, value_name = "HEX", requires = "id")]
    key: Option<String>,

    /// The key's curve
    #[arg(long, default_value_t = Curve::NistP256)]
    curve: Curve,

    /// What it may have: a profile of the EA's settings
    #[arg(long, value_name = "NAME", default_value = "usual")]
    profile: String,
}

impl Register {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let batch = self.batch()?;
        let answer = self.administration.ask("stations", Some(("text/csv", batch)))?;
        if output.is_json() {
            output.document(&answer)?;
        } else {
            let count = |name: &str| answer.get(name).and_then(Value::as_u64).unwrap_or(0);
            let (registered, known) = (count("registered"), count("known"));
            output.line(format_args!("{registered} registered, {known} were already"))?;
        }
        Ok(Outcome::Success)
    }

    fn batch(&self) -> Result<Vec<u8>> {
        match (&self.batch, &self.id, &self.key) {
            (Some(batch), _, _) if batch == "-" => {
                std::io::read_to_string(std::io::stdin()).map(String::into_bytes).context("standard input")
            }
            (Some(batch), _, _) => input::read_raw(batch.as_ref()),
            (None, Some(id), Some(key)) => {
                Ok(format!("{id},{},{key},{}\n", self.curve, self.profile).into_bytes())
            }
            (None, _, _) => bail!("give a batch, or --id and --key"),
        }
    }
}

/// Look at a station that is registered with an EA that runs, or change whether it is served
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal pki station --token-file operate.token 63617231\n  \
    wayseal pki station --token-file operate.token 63617231 --set blocked")]
pub(crate) struct Station {
    #[command(flatten)]
    administration: Administration,

    /// Its canonical identifier, in hex digits
    #[arg(value_name = "HEX")]
    id: String,

    /// What it shall be: a blocked station gets no further credential or ticket
    #[arg(long, value_name = "STATUS")]
    set: Option<Status>,
}

/// Whether a station is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Status {
    /// It is
    Active,
    /// Not for now
    Inactive,
    /// It is not, and gets nothing any more
    Blocked,
}

impl Station {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let path = format!("stations/{}", self.id);
        let answer = match self.set {
            None => self.administration.ask(&path, None)?,
            Some(status) => {
                let word = match status {
                    Status::Active => "active",
                    Status::Inactive => "inactive",
                    Status::Blocked => "blocked",
                };
                self.administration.ask(&format!("{path}/status"), Some(("text/plain", word.into())))?
            }
        };
        if output.is_json() {
            output.document(&answer)?;
        } else if let Value::Object(fields) = &answer {
            for (name, value) in fields {
                let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                output.line(format_args!("{name}: {value}"))?;
            }
        }
        Ok(Outcome::Success)
    }
}
