//! `wayseal serve`: the servers of a PKI.

mod admin;
mod backup;
mod config;
mod health;
mod keys;
mod logs;
mod loopback;
mod offices;
mod profiles;
mod registration;
mod run;
mod tokens;
mod trusted;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};

pub(super) use loopback::Loopback;

use crate::exit::Outcome;

/// Serve a PKI: enrolment, authorization, lists (TS 102 941 V2.2.1 annexes C to E)
///
/// Reads one TOML file, of which each process uses its own parts; docs/serve.toml is a commented example. Everything that
/// is issued is on record, durably, before it is given out. SIGTERM and SIGINT end it when what was taken in is answered.
/// The trust folders are watched: a certificate or list that is put there is taken over within a second, as on SIGHUP.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal serve all --config pki.toml\n  \
    wayseal serve ea --config pki.toml")]
pub(crate) struct Serve {
    /// What to serve
    #[arg(value_enum)]
    role: Role,

    /// The settings
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// What one process serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Role {
    /// A root's distribution centre: its trust lists and revocation lists. The root's key is not needed
    RootDc,
    /// The C-ITS point of contact: certificates and lists of trust list managers. Their keys are not needed
    Tlm,
    /// The enrolment authority
    Ea,
    /// The authorization authority
    Aa,
    /// All that the settings have, in one process: for laboratories, since an EA and an AA that share a process share what
    /// breaks into it
    All,
}

impl Serve {
    pub(crate) fn run(self) -> Result<Outcome> {
        let config = config::Config::read(&self.config)?;
        run::run(self.role, &config)?;
        Ok(Outcome::Success)
    }
}
