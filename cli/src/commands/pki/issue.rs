//! `wayseal pki issue-at` and `wayseal pki issue-ec`.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use serde_json::json;
use v2x_ca::implicit::Issuance;
use v2x_ca::ledger::{MemoryLedger, RequestDigest};
use v2x_ca::profile::{Key, Template};
use v2x_ca::services::{its_services, permission};
use v2x_ca::{Issuer, Role};
use v2x_codec::ieee1609dot2::PsidSsp;
use v2x_codec::time::{Duration, Time32, Time64, ValidityPeriod};
use v2x_crypto::{Curve, PrivateKey};
use v2x_security::certificate::Certificate;
use v2x_security::implicit;

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

    /// Curve of the certificate's key: P-256, P-384, brainpoolP256r1 or brainpoolP384r1; P-256 when it is left out
    #[arg(long)]
    curve: Option<Curve>,

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
    wayseal pki issue-at pki --psid 36 --valid-for 1h --circle 52.52,13.405,5000 --out berlin.cert\n  \
    wayseal pki issue-at pki --psid 36 --implicit --out small.cert")]
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

    /// Issue an implicit ticket: smaller, without a signature; its key is on the AA's curve, which must have 256 bits
    #[arg(long, conflicts_with = "curve")]
    implicit: bool,

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
        let kind = if self.implicit { Kind::Implicit } else { Kind::Explicit };
        let authority = (AA, Role::AuthorizationAuthority);
        self.station.issue(authority, kind, self.valid_for, output, |key, validity| {
            Template::authorization_ticket(key, validity, permissions)
        })
    }
}

impl IssueEc {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let authority = (EA, Role::EnrolmentAuthority);
        self.station.issue(authority, Kind::Explicit, self.valid_for, output, |key, validity| match key {
            Key::Verification(point) | Key::Reconstruction(point) => {
                Template::enrolment_credential(&self.name, point, validity)
            }
        })
    }
}

/// How a certificate vouches for its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// By its issuer's signature.
    Explicit,
    /// By being what the key is made of.
    Implicit,
}

impl StationArguments {
    fn issue(
        &self,
        (by, role): (&str, Role),
        kind: Kind,
        valid_for: Duration,
        output: &mut Output,
        template: impl FnOnce(Key, ValidityPeriod) -> Template,
    ) -> Result<Outcome> {
        let (overwrite, key_path) = (Overwrite::if_forced(self.force), self.key_path()?);
        overwrite.check([&self.out, &key_path])?;
        let passphrase = self.passphrase.read()?;
        let passphrase = passphrase.as_ref().map(|octets| octets.as_slice());
        let (issuer, issuer_key) = Layout(&self.folder).issuer(by, role, passphrase)?;
        let start = self.start()?;
        let template = |key| {
            let template = template(key, ValidityPeriod { start, duration: valid_for });
            Template { region: self.region.region(), ..template }
        };
        let issued = match kind {
            Kind::Explicit => self.explicit(&issuer, start, template),
            Kind::Implicit => implicit(&issuer, &issuer_key, start, template),
        };
        let (certificate, key) = issued.context("nothing was issued")?;
        overwrite.write_key(&key_path, &key, passphrase)?;
        overwrite.write(&self.out, certificate.octets())?;
        self.report(&certificate, &key_path, output)?;
        Ok(Outcome::Success)
    }

    /// A certificate for a fresh key, and that key.
    fn explicit(
        &self,
        issuer: &Issuer,
        start: Time32,
        template: impl FnOnce(Key) -> Template,
    ) -> Result<(Certificate, PrivateKey)> {
        let curve = self.curve.unwrap_or(Curve::NistP256);
        let key = PrivateKey::generate(curve, &mut random::generator()?)?;
        let template = template(Key::Verification(*key.public_key()));
        Ok((issuer.issue(&template, request(&key), start, &mut MemoryLedger::new())?, key))
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

/// An implicit ticket and its key: both sides of the exchange at once, since both are here.
fn implicit(
    issuer: &Issuer,
    issuer_key: &PrivateKey,
    start: Time32,
    template: impl FnOnce(Key) -> Template,
) -> Result<(Certificate, PrivateKey)> {
    let rng = &mut random::generator()?;
    let asked = PrivateKey::generate(issuer_key.curve(), rng)?;
    let issuance = Issuance::new(issuer, issuer_key, asked.public_key(), rng)?;
    let template = template(issuance.key());
    let ticket = issuance.issue(&template, request(&asked), start, &mut MemoryLedger::new())?;
    let key = implicit::private_key(&ticket.certificate, issuer.certificate(), &asked, &ticket.contribution)?;
    Ok((ticket.certificate, key))
}

/// The key is fresh, so the request is a new one; the ledger lives as long as this command.
fn request(key: &PrivateKey) -> RequestDigest {
    RequestDigest::of(key.public_key().as_sec1())
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
