//! The administration of a server that runs: where it is, and the token for it.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use enrollment_client::{AccessPoint, Client, Protocol};
use serde_json::Value;

use crate::secret;

/// How long a server may take, to register a batch say.
const PATIENCE: Duration = Duration::from_secs(60);

/// The administration of a server that runs.
#[derive(Args)]
pub(super) struct Administration {
    /// Where the server is administered, as its settings say under [admin]
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8699")]
    admin: AccessPoint,

    /// File whose first line is the token
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
}

impl Administration {
    /// What the server answers to a request with this body, or to one without.
    pub(super) fn ask(&self, path: &str, body: Option<(&'static str, Vec<u8>)>) -> Result<Value> {
        let token = secret::line(&self.token_file)?;
        let token = std::str::from_utf8(&token).context("the token is no text")?;
        let to: AccessPoint = format!("{}/{path}", self.admin.to_string().trim_end_matches('/')).parse()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let client = Client::new(Protocol::Http1);
        let answer = runtime.block_on(client.administer(&to, token, body, PATIENCE))?;
        serde_json::from_slice(&answer).context("the answer is not JSON")
    }
}
