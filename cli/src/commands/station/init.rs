//! `wayseal station init`.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use enrollment_client::{AccessPoint, Client, Protocol};
use enrollment_home::{Anchors, Home, Settings};
use serde_json::json;
use v2x_crypto::{Curve, PrivateKey};

use super::{HomeArguments, TLS_CA};
use crate::exit::Outcome;
use crate::output::Output;
use crate::{certificate_file, files, http3, input, random};

/// Octets of the longest canonical identifier that an EA takes.
const MAX_ID: usize = 64;

/// Make a station's home: its canonical key, the root that it believes, and where lists are
///
/// Prints what the EA's operator registers it by: identifier, curve and public key, as a line of CSV. Everything else
/// comes from the root's lists. Keys are encrypted when a passphrase is given, then and for each later command.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal station init --home car1 --id \"car 1\" --root pki/root.cert --dc http://localhost:8600/dc\n  \
    wayseal station init --home car1 --id \"car 1\" --root pki/root.cert --dc https://dc.example/dc --tls-ca ca.pem")]
pub(crate) struct Init {
    #[command(flatten)]
    home: HomeArguments,

    /// Its canonical identifier: 1 to 64 octets of text
    #[arg(long, value_name = "TEXT")]
    id: String,

    /// Certificate of the root that it believes
    #[arg(long, value_name = "FILE")]
    root: PathBuf,

    /// The distribution centre of the root's lists
    #[arg(long, value_name = "URL")]
    dc: AccessPoint,

    /// Certificate of the trust list manager whose list must name the root; without, the root is believed by itself
    #[arg(long, value_name = "FILE", requires = "cpoc")]
    tlm: Option<PathBuf>,

    /// The trust list manager's point of contact
    #[arg(long, value_name = "URL", requires = "tlm")]
    cpoc: Option<AccessPoint>,

    /// Its EA, if not where the root's trust list says
    #[arg(long, value_name = "URL")]
    ea: Option<AccessPoint>,

    /// Its AA, if not where the root's trust list says
    #[arg(long, value_name = "URL")]
    aa: Option<AccessPoint>,

    /// Certificates in PEM that vouch for servers at addresses that begin with https, which are asked over HTTP/3
    #[arg(long, value_name = "FILE")]
    tls_ca: Option<PathBuf>,

    /// Curve of its keys: P-256, P-384, brainpoolP256r1 or brainpoolP384r1
    #[arg(long, default_value_t = Curve::NistP256)]
    curve: Curve,
}

/// The octets of a file, once they are known to be certificates.
fn tls_certificates(path: &Path) -> Result<Vec<u8>> {
    http3::trusting(Client::new(Protocol::Http1), path)?;
    input::read_raw(path)
}

impl Init {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let id = self.id.into_bytes();
        if !(1..=MAX_ID).contains(&id.len()) {
            bail!("--id: an identifier has 1 to {MAX_ID} octets");
        }
        let manager = self.tlm.as_deref().map(certificate_file::read).transpose()?;
        let anchors = Anchors { root: certificate_file::read(&self.root)?, manager };
        let trusted = self.tls_ca.as_deref().map(tls_certificates).transpose()?;
        let rng = &mut random::generator()?;
        let key = PrivateKey::generate(self.curve, rng)?;
        let settings =
            Settings { id: id.clone(), centre: self.dc, ea: self.ea, aa: self.aa, contact: self.cpoc };
        Home::create(&self.home.home, settings, anchors, &key, self.home.means()?, rng)?;
        if let Some(trusted) = trusted {
            files::replace(&self.home.home.join(TLS_CA), &trusted)?;
        }
        let (id, public) = (hex::encode(id), hex::encode(key.public_key().to_sec1_compressed()));
        if output.is_json() {
            output.document(&json!({ "id": id, "curve": self.curve.to_string(), "key": public }))?;
        } else {
            output.line(format_args!("{id},{},{public}", self.curve))?;
        }
        Ok(Outcome::Success)
    }
}
