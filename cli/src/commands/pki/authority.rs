//! `wayseal pki request-ca` and `wayseal pki issue-ca`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use serde_json::json;
use v2x_ca::lab::encryption_curve;
use v2x_ca::ledger::MemoryLedger;
use v2x_ca::profile::Template;
use v2x_ca::request::{Application, Asked, answer, fingerprint};
use v2x_ca::services::its_services;
use v2x_ca::{Issuer, Role};
use v2x_codec::time::{Duration, Time32, Time64, ValidityPeriod};
use v2x_crypto::{Curve, PrivateKey, Provider, PublicKey, Signer};
use v2x_crypto_aws_lc::AwsLc;
use v2x_crypto_pkcs11::Use;
use v2x_security::trust::{TrustProfile, TrustStore};

use super::layout::{AA, EA, Layout, ROOT};
use crate::exit::Outcome;
use crate::files::Overwrite;
use crate::hardware::{OpenToken, TokenArguments};
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
/// application form. With --hsm-module, the keys are made in a token and stay there: ea and ea.enc, or aa and aa.enc, by
/// their labels. With --rekey, the authority in DIR asks for a certificate with new keys that says the same as its
/// current one, and signs the request with its current key as well: no form is needed.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal pki request-ca aa --name \"Second AA\" --out second.request\n  \
    wayseal pki request-ca aa --rekey pki --out next.request\n  \
    wayseal pki request-ca aa --name \"Third AA\" --out third.request --hsm-module /usr/lib/softhsm/libsofthsm2.so \\\n    \
    --hsm-token third --hsm-pin-file pin")]
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

    #[command(flatten)]
    token: TokenArguments,

    /// With --rekey: the current key is in the same token, and this is what its label begins with; else it is in DIR
    #[arg(long, value_name = "TEXT", requires_all = ["hsm_module", "rekey"])]
    #[arg(help_heading = "Keys in a hardware security module")]
    hsm_current_prefix: Option<String>,
}

/// Keys that were made for a request.
struct Fresh {
    signer: Box<dyn Signer>,
    encryption: PublicKey,
    kept: Kept,
}

/// Where they are.
enum Kept {
    /// Here, to be written: to sign, and to decrypt.
    Here(PrivateKey, PrivateKey),
    /// In a token, by these labels.
    Token { token: String, signing: String, decryption: String },
}

impl RequestCa {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let overwrite = Overwrite::if_forced(self.force);
        let token = self.token.open()?;
        let keys = [beside(&self.out, "key")?, beside(&self.out, "enc.key")?];
        overwrite.check(keys.iter().filter(|_| token.is_none()).chain([&self.out]))?;
        let passphrase = self.passphrase.read()?;
        let passphrase = passphrase.as_ref().map(|octets| octets.as_slice());
        let current = self.current(token.as_ref(), passphrase)?;
        let fresh = match &token {
            None => self.fresh()?,
            Some(token) => self.fresh_in(token)?,
        };
        let asked = self.ask(&*fresh.signer, fresh.encryption, current.as_ref())?;
        if let (Kept::Here(signing, decryption), [key, encryption_key]) = (&fresh.kept, &keys) {
            overwrite.write_key(key, signing, passphrase)?;
            overwrite.write_key(encryption_key, decryption, passphrase)?;
        }
        overwrite.write(&self.out, asked.message())?;
        self.report(&asked, &fresh.kept, &keys, output)?;
        Ok(Outcome::Success)
    }

    fn fresh(&self) -> Result<Fresh> {
        let rng = &mut random::generator()?;
        let signing = PrivateKey::generate(self.curve, rng)?;
        let decryption = PrivateKey::generate(encryption_curve(self.curve), rng)?;
        let (signer, encryption) = (AwsLc.signer(&signing)?, *decryption.public_key());
        Ok(Fresh { signer, encryption, kept: Kept::Here(signing, decryption) })
    }

    fn fresh_in(&self, token: &OpenToken) -> Result<Fresh> {
        let name = self.authority.file();
        token.check_free(&[(name, Use::Sign), (name, Use::Agree)])?;
        let made = token.make_authority(name, self.curve)?;
        let kept = Kept::Token {
            token: token.token_label().to_owned(),
            signing: token.label(name, Use::Sign),
            decryption: token.label(name, Use::Agree),
        };
        let signer = Box::new(token.signer(name, self.curve)?);
        Ok(Fresh { signer, encryption: made.encryption, kept })
    }

    /// The authority as it is, which vouches for its next keys.
    fn current(&self, token: Option<&OpenToken>, passphrase: Option<&[u8]>) -> Result<Option<Issuer>> {
        let Some(folder) = &self.rekey else { return Ok(None) };
        let (layout, file, role) = (Layout(folder), self.authority.file(), self.authority.role());
        match token.zip(self.hsm_current_prefix.as_ref()) {
            Some((token, prefix)) => layout.issuer_in(&token.with_prefix(prefix), file, role).map(Some),
            None => layout.issuer(file, role, passphrase).map(|(issuer, _)| Some(issuer)),
        }
    }

    fn report(&self, asked: &Asked, kept: &Kept, keys: &[PathBuf; 2], output: &mut Output) -> Result<()> {
        let digits = hex::encode(asked.fingerprint());
        let [key, encryption_key] = keys;
        let (key, encryption_key, token) = match kept {
            Kept::Here(..) => (key.display().to_string(), encryption_key.display().to_string(), None),
            Kept::Token { token, signing, decryption } => (signing.clone(), decryption.clone(), Some(token)),
        };
        if output.is_json() {
            return output.document(&json!({
                "request": self.out, "fingerprint": digits, "key": key, "encryptionKey": encryption_key,
                "token": token,
            }));
        }
        output.line(format_args!("{}: fingerprint {digits}", self.out.display()))?;
        match token {
            None => output.line(format_args!("{key}, {encryption_key}: its keys")),
            Some(token) => output.line(format_args!("{key}, {encryption_key}: its keys in token {token:?}")),
        }
    }

    fn ask(&self, signer: &dyn Signer, encryption: PublicKey, current: Option<&Issuer>) -> Result<Asked> {
        let validity = ValidityPeriod { start: whole_seconds(self.start)?, duration: self.valid_for };
        let own = *signer.public_key();
        let initial =
            |template: &Template| Asked::initial(template, signer, self.start).context("nothing was asked");
        let Some(current) = current else {
            let name = self.name.as_deref().unwrap_or_default();
            return initial(&match self.authority {
                Authority::Ea => Template::enrolment_authority(name, own, encryption, validity),
                Authority::Aa => {
                    Template::authorization_authority(name, own, encryption, validity, &its_services())
                }
            });
        };
        let template = Asked::next(current.certificate(), own, encryption, validity)?;
        let rekeying = initial(&template)?.rekeying(current.certificate(), current.signer(), self.start);
        rekeying.context("nothing was asked")
    }
}

/// Certify an EA or AA by its request (TS 102 941 clause 6.2.1)
///
/// The root in DIR checks the request and issues the certificate; with --hsm-module, its key is in a token. An initial request needs --approve and the
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

    #[command(flatten)]
    token: TokenArguments,
}

impl IssueCa {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let overwrite = Overwrite::if_forced(self.force);
        overwrite.check([&self.out])?;
        let passphrase = self.passphrase.read()?;
        let passphrase = passphrase.as_ref().map(|octets| octets.as_slice());
        let layout = Layout(&self.folder);
        let root = match self.token.open()? {
            Some(token) => layout.issuer_in(&token, ROOT, Role::RootCa)?,
            None => layout.issuer(ROOT, Role::RootCa, passphrase)?.0,
        };
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
