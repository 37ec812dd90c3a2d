//! What both ends of a link are told.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use drone_link::limits::MAX_RIGHTS_OCTETS;
use drone_link::signing::SigningKey;
use drone_link::table::RightsTable;
use drone_link_gateway::local::{self, LocalAddress, LocalSide};
use drone_link_gateway::report::Reporter;
use drone_link_gateway::signing_file::SigningFile;
use enrollment_home::Home;

use crate::commands::station;
use crate::secret::{self, PassphraseArguments};
use crate::{input, time};

/// Which of a signer's links this is: 0 is what autopilots use themselves.
const SIGNING_LINK: u8 = 1;

/// What both ends of a link are told.
#[derive(Args)]
pub(super) struct LinkArguments {
    /// The station's home, which `wayseal station init` makes: it needs a ticket for UAS command and control (PSID 29)
    #[arg(long, value_name = "DIR")]
    station: PathBuf,

    /// Which message needs which right, instead of the table that is built in; `--rights print` shows that
    #[arg(long, value_name = "FILE")]
    rights: Option<PathBuf>,

    /// The operator's block list, which `wayseal block-list` signs; it must be there, and is followed
    #[arg(long, value_name = "FILE")]
    block_list: Option<PathBuf>,

    /// Sign MAVLink 2 on the local side, and believe nothing unsigned from there: a file with the passphrase
    ///
    /// Its SHA-256 is the key, as in MAVProxy and other ground stations. The file must be its owner's alone.
    #[arg(long, value_name = "FILE")]
    mavlink_key: Option<PathBuf>,

    #[command(flatten)]
    passphrase: PassphraseArguments,
}

impl LinkArguments {
    /// Whether only the table that is built in is asked for.
    pub(super) fn asks_for_table(&self) -> bool {
        self.rights.as_ref().is_some_and(|path| path.as_os_str() == "print")
    }

    pub(super) fn home(&self) -> Result<Home> {
        station::open(&self.station, &self.passphrase)
    }

    pub(super) fn station(&self) -> &PathBuf {
        &self.station
    }

    pub(super) fn block_list(&self) -> Option<&PathBuf> {
        self.block_list.as_ref()
    }

    pub(super) fn table(&self) -> Result<Arc<RightsTable>> {
        let table = match &self.rights {
            None => RightsTable::usual()?,
            Some(path) => {
                let octets = input::read_file(path)?.octets;
                let text = std::str::from_utf8(octets.get(..MAX_RIGHTS_OCTETS + 1).unwrap_or(&octets));
                let text = text.with_context(|| format!("{}: is no text", path.display()))?;
                RightsTable::parse(text).with_context(|| path.display().to_string())?
            }
        };
        Ok(Arc::new(table))
    }

    /// Opens the local side. The state of its signing lies in the station's home.
    pub(super) async fn local(&self, address: LocalAddress, reporter: &Reporter) -> Result<LocalSide> {
        let signing = self.mavlink_key.as_ref().map(|path| self.signing(path)).transpose()?;
        Ok(local::open(address, signing, reporter.clone()).await?)
    }

    fn signing(&self, path: &Path) -> Result<SigningFile> {
        let key = SigningKey::of_passphrase(&secret::line(path)?);
        let state = fs::canonicalize(&self.station)?.join("mavlink-signing.json");
        Ok(SigningFile::open(key, SIGNING_LINK, state, time::now()?)?)
    }
}
