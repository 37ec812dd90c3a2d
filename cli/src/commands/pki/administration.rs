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
    #[arg(long, value_name = "FILE", required_unless_present = "tls_certificate")]
    token_file: Option<PathBuf>,

    /// The certificate in PEM to show a server whose settings have [admin.tls], at an address that begins with https
    #[arg(long, value_name = "FILE", requires = "tls_key", requires = "tls_ca")]
    tls_certificate: Option<PathBuf>,

    /// The key of the certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,

    /// Certificates in PEM that vouch for the server
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_ca: Option<PathBuf>,
}

impl Administration {
    /// What the server answers to a request with this body, or to one without.
    pub(super) fn ask(&self, path: &str, body: Option<(&'static str, Vec<u8>)>) -> Result<Value> {
        let token = self.token_file.as_deref().map(secret::line).transpose()?;
        let token = token.as_ref().map(|token| std::str::from_utf8(token)).transpose();
        let token = token.context("the token is no text")?;
        let to: AccessPoint = format!("{}/{path}", self.admin.to_string().trim_end_matches('/')).parse()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let client = self.client()?;
        let answer = runtime.block_on(client.administer(&to, token, body, PATIENCE))?;
        serde_json::from_slice(&answer).context("the answer is not JSON")
    }

    #[cfg(feature = "tls")]
    fn client(&self) -> Result<Client> {
        let (client, own) = (Client::new(Protocol::Http1), self.tls_certificate.as_deref());
        let given = own.zip(self.tls_key.as_deref()).zip(self.tls_ca.as_deref());
        let Some(((certificate, key), trusted)) = given else { return Ok(client) };
        let read = crate::input::read_raw;
        let identity = enrollment_client::ClientIdentity::from_pem(
            &read(trusted)?,
            &read(certificate)?,
            &secret::file(key)?,
        );
        Ok(client.with_identity(identity.with_context(|| certificate.display().to_string())?))
    }

    #[cfg(not(feature = "tls"))]
    fn client(&self) -> Result<Client> {
        if self.tls_certificate.is_some() {
            anyhow::bail!("this program was built without TLS; build it with `--features tls`");
        }
        Ok(Client::new(Protocol::Http1))
    }
}
