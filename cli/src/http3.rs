//! HTTP/3, in a program that was built with it.

use std::path::Path;

#[cfg(feature = "http3")]
use anyhow::Context as _;
use anyhow::Result;
use enrollment_client::Client;

/// What is said where it is asked for in vain.
#[cfg(not(feature = "http3"))]
pub(crate) const MISSING: &str = "this program was built without HTTP/3; build it with `--features http3`";

/// The client, which speaks HTTP/3 with servers that the certificates in a file vouch for.
#[cfg(feature = "http3")]
pub(crate) fn trusting(client: Client, certificates: &Path) -> Result<Client> {
    let trust = enrollment_client::ServerTrust::from_pem(&crate::input::read_raw(certificates)?);
    Ok(client.with_http3(trust.with_context(|| certificates.display().to_string())?))
}

#[cfg(not(feature = "http3"))]
pub(crate) fn trusting(_client: Client, certificates: &Path) -> Result<Client> {
    anyhow::bail!("{}: {MISSING}", certificates.display())
}
