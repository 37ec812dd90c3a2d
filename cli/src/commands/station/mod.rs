//! `wayseal station`: a station's side of the PKI, with its home on disk.

mod exchange;
mod init;
mod status;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use enrollment_client::{Client, Protocol};
use enrollment_home::{Home, HomeError, Means};
use enrollment_station::StationError;
use v2x_crypto_aws_lc::AwsLc;

use crate::exit::Outcome;
use crate::http3;
use crate::output::Output;
use crate::secret::PassphraseArguments;

/// What a station can do.
#[derive(Subcommand)]
pub(crate) enum Station {
    Init(Box<init::Init>),
    UpdateLists(exchange::UpdateLists),
    Enrol(exchange::Enrol),
    Renew(exchange::Renew),
    Authorize(exchange::Authorize),
    Status(status::Status),
}

/// Where the station lives.
#[derive(Args)]
struct HomeArguments {
    /// The station's home, which `wayseal station init` makes
    #[arg(long, value_name = "DIR")]
    home: PathBuf,

    #[command(flatten)]
    passphrase: PassphraseArguments,
}

/// The file of a home with the certificates that vouch for servers at addresses that begin with https.
const TLS_CA: &str = "tls-ca.pem";

impl HomeArguments {
    fn open(&self) -> Result<Home> {
        open(&self.home, &self.passphrase)
    }

    fn means(&self) -> Result<Means> {
        means(&self.home, &self.passphrase)
    }
}

/// Opens a station's home.
pub(super) fn open(home: &Path, passphrase: &PassphraseArguments) -> Result<Home> {
    Home::open(home, means(home, passphrase)?).context("`wayseal station init` makes a station's home")
}

fn means(home: &Path, passphrase: &PassphraseArguments) -> Result<Means> {
    let (client, passphrase) = (client(home)?, passphrase.read()?);
    Ok(Means { provider: Arc::new(AwsLc), client, passphrase })
}

/// One that trusts whose certificates are in the home.
fn client(home: &Path) -> Result<Client> {
    let (client, trusted) = (Client::new(Protocol::Http1), home.join(TLS_CA));
    if trusted.exists() { http3::trusting(client, &trusted) } else { Ok(client) }
}

impl Station {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        match self {
            Self::Init(command) => command.run(output),
            Self::UpdateLists(command) => command.run(output),
            Self::Enrol(command) => command.run(output),
            Self::Renew(command) => command.run(output),
            Self::Authorize(command) => command.run(output),
            Self::Status(command) => command.run(output),
        }
    }
}

/// Runs an exchange to its end.
fn wait<T>(exchange: impl Future<Output = Result<T, HomeError>>) -> Result<Result<T, StationError>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match runtime.block_on(exchange) {
        Ok(done) => Ok(Ok(done)),
        Err(HomeError::Station(
            refused @ (StationError::EnrolmentRefused(_) | StationError::AuthorizationRefused(_)),
        )) => Ok(Err(refused)),
        Err(error) => Err(error.into()),
    }
}

/// An authority that refuses is no bad input: it is said, and told by the exit code.
fn refused(refusal: &StationError) -> Outcome {
    eprintln!("wayseal: {refusal}");
    Outcome::Refused
}
