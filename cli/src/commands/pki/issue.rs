//! `wayseal pki issue-at` and `wayseal pki issue-ec`.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use serde_json::json;
use v2x_ca::Role;
use v2x_ca::ledger::{MemoryLedger, RequestDigest};
use v2x_ca::profile::{Key, Template};
use v2x_ca::services::{its_services, permission};
use v2x_codec::ieee1609dot2::PsidSsp;
use v2x_codec::time::{Duration, Time32, Time64, ValidityPeriod};
use v2x_crypto::{Curve, PrivateKey};
use v2x_security::certificate::Certificate;

use super::layout::{AA, EA, Layout};
use crate::exit::Outcome;
use crate::files::Overwrite;
use crate::output::Output;
use crate::region::RegionArguments;
use crate::secret::PassphraseArguments;
use crate::service::{self, Ssp};
use crate::{period, random, time};

/// What every certificate of a station has.
#[derive(Args)]
struct StationArguments {
    /// The folder that `wayseal pki init` made
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// Curve of the certificate's key: P-256, P-384, brainpoolP256r1 or brainpoolP384r1
    #[arg(long, default_value_t = Curve::NistP256)]
    curve: Curve,

    /// When it starts to be valid: now, 2026-11-22T18:00:00Z, or microseconds TAI since 2004
    #[arg(long, value_parser = time::parse, default_value = "now", value_name = "TIME")]
    start: Time64,

    #[command(flatten)]
    region: RegionArguments,

    #[command(flatten)]
    passphrase: PassphraseArguments,

    /// Where to write the certificate; its key goes beside it, with the ending .key
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    /// Replace what is there
    #[arg(long)]
    force: bool,
}

/// Issue an authorization ticket with a fresh key
///
/// The ticket lets its holder sign messages of the given services. It passes the same lints as any other: what the
/// AA may not give, or a profile forbids, is not issued.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal pki issue-at pki --psid 36 --ssp 01FFFC --psid 37 --ssp 01FFFFFF --out at.cert\n  \
    wayseal pki issue-at pki --psid 36 --valid-for 1h --circle 52.52,13.405,5000 --out berlin.cert")]
pub(crate) struct IssueAt {
    #[command(flatten)]
    station: StationArguments,

    /// PSID (ITS-AID) of a service: 36 for CAM, 37 for DENM; can be given more than once
    #[arg(long, required = true)]
    psid: Vec<u64>,

    /// Bitmap SSP of each service in hex digits, in the order of the PSIDs; without any, every right that a test PKI
    /// gives
    #[arg(long, value_name = "HEX", value_parser = service::parse_ssp)]
    ssp: Vec<Ssp>,

    /// How long it is valid, at most a week
    #[arg(long, value_name = "TIME", value_parser = period::parse, default_value = "7d")]
    valid_for: Duration,
}

/// Issue an enrolment credential with a fresh key
///
/// The credential lets its holder ask for tickets.
#[derive(Args)]
#[command(after_help = "Example:\n  wayseal pki issue-ec pki --name station-1 --out ec.cert")]
pub(crate) struct IssueEc {
    #[command(flatten)]
    station: StationArguments,

    /// Name in the credential
    #[arg(long)]
    name: String,

    /// How long it is valid, at most three years, and not longer than the EA
    #[arg(long, value_name = "TIME", value_parser = period::parse, default_value = "365d")]
    valid_for: Duration,
}

impl IssueAt {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let permissions = permissions(&self.psid, &self.ssp)?;
        self.station.issue(AA, Role::AuthorizationAuthority, self.valid_for, output, |key, validity| {
            Template::authorization_ticket(Key::Verification(key), validity, permissions)
        })
    }
}

impl IssueEc {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        self.station.issue(EA, Role::EnrolmentAuthority, self.valid_for, output, |key, validity| {
            Template::enrolment_credential(&self.name, key, validity)
        })
    }
}

impl StationArguments {
    fn issue(
        &self,
        by: &str,
        role: Role,
        valid_for: Duration,
        output: &mut Output,
        template: impl FnOnce(v2x_crypto::PublicKey, ValidityPeriod) -> Template,
    ) -> Result<Outcome> {
        let (overwrite, key_path) = (Overwrite::if_forced(self.force), self.key_path()?);
        overwrite.check([&self.out, &key_path])?;
        let passphrase = self.passphrase.read()?;
        let passphrase = passphrase.as_ref().map(|octets| octets.as_slice());
        let issuer = Layout(&self.folder).issuer(by, role, passphrase)?;
        let key = PrivateKey::generate(self.curve, &mut random::generator()?)?;
        let start = self.start()?;
        let template = template(*key.public_key(), ValidityPeriod { start, duration: valid_for });
        let template = Template { region: self.region.region(), ..template };
        // The key is fresh, so the request is a new one; the ledger lives as long as this command.
        let request = RequestDigest::of(key.public_key().as_sec1());
        let issued = issuer.issue(&template, request, start, &mut MemoryLedger::new());
        let certificate = issued.context("nothing was issued")?;
        overwrite.write_key(&key_path, &key, passphrase)?;
        overwrite.write(&self.out, certificate.octets())?;
        self.report(&certificate, &key_path, output)?;
        Ok(Outcome::Success)
    }

    fn start(&self) -> Result<Time32> {
        self.start.time32().ok_or_else(|| anyhow!("{}: after the year 2140", self.start))
    }

    fn key_path(&self) -> Result<PathBuf> {
        let path = self.out.with_extension("key");
        if path == self.out {
            bail!("{}: is where the key would go; give the certificate another ending", path.display());
        }
        Ok(path)
    }

    fn report(&self, certificate: &Certificate, key: &std::path::Path, output: &mut Output) -> Result<()> {
        let validity = certificate.validity();
        if output.is_json() {
            return output.document(&json!({
                "certificate": self.out,
                "key": key,
                "hashedId8": certificate.hashed_id8().to_string(),
                "start": validity.begin().to_string(),
                "end": validity.end().to_string(),
            }));
        }
        let (out, period) =
            (self.out.display(), format!("from {} until {}", validity.begin(), validity.end()));
        output.line(format_args!("{out}: {certificate}, valid {period}"))?;
        output.line(format_args!("{}: its key", key.display()))
    }
}

/// Pairs PSIDs with their SSPs.
fn permissions(psids: &[u64], ssps: &[Ssp]) -> Result<Vec<PsidSsp>> {
    if ssps.is_empty() {
        return psids.iter().map(|psid| every_right(*psid)).collect();
    }
    if psids.len() != ssps.len() {
        bail!(
            "{} --psid but {} --ssp: give one --ssp for each --psid, or none at all",
            psids.len(),
            ssps.len()
        );
    }
    Ok(psids.iter().zip(ssps).map(|(psid, ssp)| permission(*psid, &ssp.0)).collect())
}

fn every_right(psid: u64) -> Result<PsidSsp> {
    let known = its_services().into_iter().find(|range| range.psid == psid);
    let range = known.ok_or_else(|| anyhow!("PSID {psid}: no rights are known for it; give --ssp"))?;
    Ok(permission(psid, &range.value))
}
