//! Who signs: a certificate and its key, from files.

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use v2x_crypto::{Curve, Provider};
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::certificate::Certificate;
use v2x_security::sign::Identity;

use crate::certificate_file;
use crate::secret::{self, PassphraseArguments};

/// The signer of messages: the same arguments for every command that signs.
#[derive(Args)]
pub(crate) struct SignerArguments {
    /// Certificate of the signer, in COER
    #[arg(long, value_name = "FILE")]
    cert: PathBuf,

    /// Certificate of the signer's issuer: an implicit certificate cannot be told to go with its key without it
    #[arg(long, value_name = "FILE")]
    issuer: Option<PathBuf>,

    /// Private key of the signer: PKCS#8 (PEM or DER), or the bare scalar in binary or hex
    #[arg(long, value_name = "FILE")]
    key: PathBuf,

    #[command(flatten)]
    passphrase: PassphraseArguments,
}

impl SignerArguments {
    /// The signer.
    pub(crate) fn identity(&self) -> Result<Identity> {
        let certificate = certificate_file::read(&self.cert)?;
        let issuer = self.issuer.as_deref().map(certificate_file::read).transpose()?;
        let curve =
            self.curve(issuer.as_ref().filter(|_| certificate.is_implicit()).unwrap_or(&certificate))?;
        let passphrase = self.passphrase.read()?;
        let key = secret::private_key(&self.key, curve, passphrase.as_ref().map(|octets| octets.as_slice()))?;
        let signer = AwsLc.signer(&key).with_context(|| self.key.display().to_string())?;
        let identity = match &issuer {
            Some(issuer) if certificate.is_implicit() => Identity::of_implicit(certificate, issuer, signer),
            Some(_) | None => Identity::new(certificate, signer),
        };
        identity.map_err(|refusal| {
            anyhow!("{} does not go with {}: {refusal}", self.key.display(), self.cert.display())
        })
    }

    /// The curve of the key in `explicit`: the signer's own certificate, or else its issuer's.
    fn curve(&self, explicit: &Certificate) -> Result<Curve> {
        match explicit.verification_key() {
            Some(key) => Ok(key.curve()),
            None => bail!(
                "{}: is an implicit certificate; give the explicit certificate of its issuer with --issuer",
                self.cert.display()
            ),
        }
    }
}

/// Signs nothing that receivers would refuse by its header: what they would say is the error.
pub(crate) fn refused(refusal: &v2x_security::refusal::Refusal) -> anyhow::Error {
    anyhow!("not signed, since receivers would refuse it: {refusal} ({})", refusal.source_text())
}
