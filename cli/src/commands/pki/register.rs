//! `wayseal pki register` and `wayseal pki station`: the registry of an EA that runs.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use enrollment_client::{AccessPoint, Client, Protocol};
use serde_json::Value;
use v2x_crypto::Curve;

use crate::exit::Outcome;
use crate::output::Output;
use crate::{input, secret};

/// How long an EA may take to register a batch.
const PATIENCE: Duration = Duration::from_secs(60);

/// The administration of an EA that runs.
#[derive(Args)]
struct Administration {
    /// Where the EA is administered, as its settings say under [admin]
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8699")]
    admin: AccessPoint,

    /// File whose first line is the token
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
}

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

impl Administration {
    fn ask(&self, path: &str, body: Option<(&'static str, Vec<u8>)>) -> Result<Value> {
        let token = secret::line(&self.token_file)?;
        let token = std::str::from_utf8(&token).context("the token is no text")?;
        let to: AccessPoint = format!("{}/{path}", self.admin.to_string().trim_end_matches('/')).parse()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let client = Client::new(Protocol::Http1);
        let answer = runtime.block_on(client.administer(&to, token, body, PATIENCE))?;
        serde_json::from_slice(&answer).context("the answer is not JSON")
    }
}
