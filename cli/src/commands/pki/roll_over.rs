//! `wayseal pki roll-over`: the next certificate of a root or trust list manager, and the link that leads to it.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use serde_json::json;
use v2x_ca::issuer::self_signed;
use v2x_ca::ledger::{MemoryLedger, RequestDigest};
use v2x_ca::link::{root_link, tlm_link};
use v2x_ca::profile::Template;
use v2x_ca::{Policy, Role};
use v2x_codec::time::{Duration, Time32, Time64, ValidityPeriod};
use v2x_crypto::{Curve, PrivateKey, Provider, Signer};
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::certificate::Certificate;
use v2x_security::sign::Identity;

use super::layout::{Layout, ROOT, TLM};
use super::lists::{self, Of};
use crate::exit::Outcome;
use crate::files::Overwrite;
use crate::output::Output;
use crate::secret::PassphraseArguments;
use crate::{files, period, random, time};

/// Make the next certificate of a root or trust list manager, and the message that links the present one to it
///
/// The next certificate says what the present one says, with another key and other dates. The link (TS 102 941 clause 6.4.2) is
/// signed by the present key, a root's by the next one as well: whoever trusts the present certificate trusts the next by it.
/// Certificate, key and link go beside the present ones, as DIR/NAME-next.cert, .key and .link. A trust list manager's next key
/// signs the list of roots as well, DIR/ectl-next.oer; servers that watch the folder hand out its certificate, link and list. A
/// root's next certificate goes into the list of roots by `wayseal pki trust-list --of tlm --add-root`.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal pki roll-over pki tlm\n  \
    wayseal pki roll-over pki root --curve brainpoolP384r1 --valid-for 8y")]
pub(crate) struct RollOver {
    /// The folder that `wayseal pki init` made
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Whose certificate
    #[arg(value_enum)]
    of: Of,

    /// Curve of the next key, if not that of the present one
    #[arg(long)]
    curve: Option<Curve>,

    /// When it is made and starts to be valid: now, 2026-11-22T18:00:00Z, or microseconds TAI since 2004
    #[arg(long, value_parser = time::parse, default_value = "now", value_name = "TIME")]
    start: Time64,

    /// How long it is valid
    #[arg(long, value_name = "TIME", value_parser = period::parse, default_value = "4y")]
    valid_for: Duration,

    #[command(flatten)]
    passphrase: PassphraseArguments,

    /// Replace what is there
    #[arg(long)]
    force: bool,
}

impl RollOver {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let (layout, overwrite) = (Layout(&self.folder), Overwrite::if_forced(self.force));
        let (name, role) = match self.of {
            Of::Root => (ROOT, Role::RootCa),
            Of::Tlm => (TLM, Role::TrustListManager),
        };
        let next = format!("{name}-next");
        let paths = [layout.key(&next), layout.certificate(&next), self.folder.join(format!("{next}.link"))];
        overwrite.check(&paths)?;
        let passphrase = self.passphrase.read()?;
        let passphrase = passphrase.as_ref().map(|octets| octets.as_slice());
        let present = layout.member(name, passphrase)?;
        let curve = self.curve.unwrap_or_else(|| present.signing.curve());
        let key = PrivateKey::generate(curve, &mut random::generator()?)?;
        let certificate = self.certificate(role, &present.certificate, &*AwsLc.signer(&key)?)?;
        let (old, new) =
            (present.identity(&AwsLc)?, Identity::new(certificate.clone(), AwsLc.signer(&key)?)?);
        let link = match self.of {
            Of::Root => root_link(&old, &new, self.start),
            Of::Tlm => tlm_link(&old, &certificate, self.start),
        };
        let link = link.context("no link was made")?;
        let [key_path, certificate_path, link_path] = &paths;
        let roots = match self.of {
            Of::Root => None,
            Of::Tlm => Some(lists::first_of_next(&layout, &present.certificate, &new, self.start)?),
        };
        overwrite.write_key(key_path, &key, passphrase)?;
        if let Some(roots) = roots {
            files::replace(&self.folder.join("ectl-next.oer"), &roots)?;
        }
        overwrite.write(link_path, &link)?;
        overwrite.write(certificate_path, certificate.octets())?;
        if output.is_json() {
            output.document(&json!({
                "certificate": certificate_path, "key": key_path, "link": link_path,
                "hashedId8": certificate.hashed_id8().to_string(),
            }))?;
        } else {
            output.line(format_args!("{}: {certificate}", certificate_path.display()))?;
            output.line(format_args!("{}: its key", key_path.display()))?;
            output.line(format_args!("{}: leads to it from {}", link_path.display(), present.certificate))?;
        }
        Ok(Outcome::Success)
    }

    fn certificate(&self, role: Role, present: &Certificate, signer: &dyn Signer) -> Result<Certificate> {
        let start = self.start.time32().ok_or_else(|| anyhow!("{}: after the year 2140", self.start))?;
        let validity = ValidityPeriod { start, duration: self.valid_for };
        let template = Template::like(role, present, *signer.public_key(), None, validity);
        issue(&template, signer, start).context("no certificate was made")
    }
}

/// One certificate, one process: what is recorded is the file.
fn issue(template: &Template, signer: &dyn Signer, now: Time32) -> Result<Certificate> {
    let request = RequestDigest::of(&signer.public_key().to_sec1_compressed());
    Ok(self_signed(template, signer, &Policy::EU, request, now, &mut MemoryLedger::new())?)
}
