//! `wayseal pki request-ca` and `wayseal pki issue-ca`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use serde_json::json;
use v2x_ca::ledger::MemoryLedger;
use v2x_ca::profile::Template;
use v2x_ca::request::{Application, Asked, answer, fingerprint};
use v2x_ca::services::its_services;
use v2x_ca::{Issuer, Role};
use v2x_codec::time::{Duration, Time32, Time64, ValidityPeriod};
use v2x_crypto::{Curve, PrivateKey, Provider, PublicKey};
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::trust::{TrustProfile, TrustStore};

use super::layout::{AA, EA, Layout, ROOT};
use crate::exit::Outcome;
use crate::files::Overwrite;
use crate::output::Output;
use crate::secret::PassphraseArguments;
use crate::{certificate_file, input, period, random, time};

/// An authority that a root certifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Authority {
    /// Enrolment authority
    Ea,
    /// Authorization authority
    Aa,
}

impl Authority {
    const fn file(self) -> &'static str {
        match self {
            Self::Ea => EA,
            Self::Aa => AA,
        }
    }

    const fn role(self) -> Role {
        match self {
            Self::Ea => Role::EnrolmentAuthority,
            Self::Aa => Role::AuthorizationAuthority,
        }
    }

    /// What it gives to stations.
    pub(super) const fn issues(self) -> Role {
        match self {
            Self::Ea => Role::EnrolmentCredential,
            Self::Aa => Role::AuthorizationTicket,
        }
    }

    /// Its name among ledgers.
    pub(super) const fn ledger(self) -> &'static str {
        match self {
            Self::Ea => "ea",
            Self::Aa => "aa",
        }
    }
}

/// Ask a root for the certificate of an EA or AA (TS 102 941 clause 6.2.1)
///
/// Makes fresh keys beside the request, FILE.key and FILE.enc.key, and prints the request's fingerprint for the
/// application form. With --rekey, the authority in DIR asks for a certificate with new keys that says the same as its
/// current one, and signs the request with its current key as well: no form is needed.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal pki request-ca aa --name \"Second AA\" --out second.request\n  \
    wayseal pki request-ca aa --rekey pki --out next.request")]
pub(crate) struct RequestCa {
    /// What it becomes
    authority: Authority,

    /// Its name
    #[arg(long, required_unless_present = "rekey", conflicts_with = "rekey")]
    name: Option<String>,

    /// The folder of the authority that changes its keys
    #[arg(long, value_name = "DIR")]
    rekey: Option<PathBuf>,

    /// Curve of its signing key: P-256, P-384, brainpoolP256r1 or brainpoolP384r1
    #[arg(long, default_value_t = Curve::NistP256)]
    curve: Curve,

    /// When the request is made and the certificate starts: now, 2026-11-22T18:00:00Z, or microseconds TAI since 2004
    #[arg(long, value_parser = time::parse, default_value = "now", value_name = "TIME")]
    start: Time64,

    /// How long the certificate is valid
    #[arg(long, value_name = "TIME", value_parser = period::parse, default_value = "365d")]
    valid_for: Duration,

    #[command(flatten)]
    passphrase: PassphraseArguments,

    /// Where to write the request; its keys go beside it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    /// Replace what is there
    #[arg(long)]
    force: bool,
}

impl RequestCa {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let overwrite = Overwrite::if_forced(self.force);
        let paths = [beside(&self.out, "key")?, beside(&self.out, "enc.key")?, self.out.clone()];
        overwrite.check(&paths)?;
        let passphrase = self.passphrase.read()?;
        let passphrase = passphrase.as_ref().map(|octets| octets.as_slice());
        let (key, encryption) = self.keys()?;
        let asked = self.ask(&key, encryption.public_key(), passphrase)?;
        let [key_path, encryption_path, _] = &paths;
        overwrite.write_key(key_path, &key, passphrase)?;
        overwrite.write_key(encryption_path, &encryption, passphrase)?;
        overwrite.write(&self.out, asked.message())?;
        let digits = hex::encode(asked.fingerprint());
        if output.is_json() {
            output.document(&json!({
                "request": self.out, "fingerprint": digits, "key": key_path, "encryptionKey": encryption_path,
            }))?;
        } else {
            output.line(format_args!("{}: fingerprint {digits}", self.out.display()))?;
            output.line(format_args!("{}, {}: its keys", key_path.display(), encryption_path.display()))?;
        }
        Ok(Outcome::Success)
    }

    fn keys(&self) -> Result<(PrivateKey, PrivateKey)> {
        let rng = &mut random::generator()?;
        // ECIES is defined on 256-bit curves only.
        let encryption = match self.curve {
            Curve::NistP256 | Curve::NistP384 => Curve::NistP256,
            Curve::BrainpoolP256r1 | Curve::BrainpoolP384r1 => Curve::BrainpoolP256r1,
        };
        Ok((PrivateKey::generate(self.curve, rng)?, PrivateKey::generate(encryption, rng)?))
    }

    fn ask(&self, key: &PrivateKey, encryption: &PublicKey, passphrase: Option<&[u8]>) -> Result<Asked> {
        let validity = ValidityPeriod { start: whole_seconds(self.start)?, duration: self.valid_for };
        let (own, encryption) = (*key.public_key(), *encryption);
        let signer = AwsLc.signer(key)?;
        let initial =
            |template: &Template| Asked::initial(template, &*signer, self.start).context("nothing was asked");
        let Some(folder) = &self.rekey else {
            let name = self.name.as_deref().unwrap_or_default();
            return initial(&match self.authority {
                Authority::Ea => Template::enrolment_authority(name, own, encryption, validity),
                Authority::Aa => {
                    Template::authorization_authority(name, own, encryption, validity, &its_services())
                }
            });
        };
        let (file, role) = (self.authority.file(), self.authority.role());
        let (current, _) = Layout(folder).issuer(file, role, passphrase)?;
        let template = Asked::next(current.certificate(), own, encryption, validity)?;
        let rekeying = initial(&template)?.rekeying(current.certificate(), current.signer(), self.start);
        rekeying.context("nothing was asked")
    }
}

/// Certify an EA or AA by its request (TS 102 941 clause 6.2.1)
///
/// The root in DIR checks the request and issues the certificate. An initial request needs --approve and the
/// --fingerprint of its application form; a re-keying needs neither, and is judged by the authority's current
/// certificate in DIR.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal pki issue-ca pki second.request --approve aa --fingerprint 5f3c… --out second.cert\n  \
    wayseal pki issue-ca pki next.request --out next.cert")]
pub(crate) struct IssueCa {
    /// The folder that `wayseal pki init` made
    #[arg(value_name = "DIR")]
    folder: PathBuf,

    /// The request
    #[arg(value_name = "REQUEST")]
    request: PathBuf,

    /// What the application form was approved for
    #[arg(long, requires = "fingerprint")]
    approve: Option<Authority>,

    /// The fingerprint on the application form, in hex digits
    #[arg(long, value_name = "HEX", requires = "approve")]
    fingerprint: Option<String>,

    /// When it is issued: now, 2026-11-22T18:00:00Z, or microseconds TAI since 2004
    #[arg(long, value_parser = time::parse, default_value = "now", value_name = "TIME")]
    at: Time64,

    #[command(flatten)]
    passphrase: PassphraseArguments,

    /// Where to write the certificate
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    /// Replace what is there
    #[arg(long)]
    force: bool,
}

impl IssueCa {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let overwrite = Overwrite::if_forced(self.force);
        overwrite.check([&self.out])?;
        let passphrase = self.passphrase.read()?;
        let passphrase = passphrase.as_ref().map(|octets| octets.as_slice());
        let (root, _) = Layout(&self.folder).issuer(ROOT, Role::RootCa, passphrase)?;
        let message = input::read_file(&self.request)?.octets;
        let application = self.application()?;
        let mut trust = self.trust(&root)?;
        // One request, one process: what is recorded is the file.
        let mut ledger = MemoryLedger::new();
        let issued = answer(&root, &mut trust, application.as_ref(), &message, self.at, &mut ledger);
        let certificate = issued.context("nothing was issued")?;
        overwrite.write(&self.out, certificate.octets())?;
        if output.is_json() {
            output.document(&json!({
                "certificate": self.out,
                "hashedId8": certificate.hashed_id8().to_string(),
                "fingerprint": hex::encode(fingerprint(&message)),
            }))?;
        } else {
            output.line(format_args!("{}: {certificate}", self.out.display()))?;
        }
        Ok(Outcome::Success)
    }

    fn application(&self) -> Result<Option<Application>> {
        let (Some(authority), Some(digits)) = (self.approve, &self.fingerprint) else { return Ok(None) };
        let octets = hex::decode(digits).ok().and_then(|octets| octets.try_into().ok());
        let fingerprint = octets.ok_or_else(|| anyhow!("{digits}: not a fingerprint of 64 hex digits"))?;
        Ok(Some(Application { fingerprint, role: authority.role() }))
    }

    /// The root, and the authorities that it has certified so far.
    fn trust(&self, root: &Issuer) -> Result<TrustStore> {
        let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, std::sync::Arc::new(AwsLc));
        trust.add_root(root.certificate().clone())?;
        for authority in [Authority::Ea, Authority::Aa] {
            let path = Layout(&self.folder).certificate(authority.file());
            trust.add(certificate_file::read(&path)?)?;
        }
        Ok(trust)
    }
}

fn whole_seconds(time: Time64) -> Result<Time32> {
    time.time32().ok_or_else(|| anyhow!("{time}: after the year 2140"))
}

/// The file with another ending.
fn beside(path: &Path, ending: &str) -> Result<PathBuf> {
    let other = path.with_extension(ending);
    if other == path {
        bail!("{}: is where a key would go; give the request another ending", path.display());
    }
    Ok(other)
}
