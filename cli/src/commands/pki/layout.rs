//! Which file of a PKI's folder holds what.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use v2x_ca::lab::{Lab, Member};
use v2x_ca::{Issuer, Policy, Role};
use v2x_crypto::{PrivateKey, Provider};
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::certificate::Certificate;
use v2x_security::sign::Identity;

use crate::certificate_file;
use crate::hardware::{OpenToken, TokenArguments};
use crate::secret::{self, PassphraseArguments};

/// The folder of a PKI.
pub(super) struct Layout<'d>(pub(super) &'d Path);

/// The authorities of a PKI, by the names of their files.
pub(super) const ROOT: &str = "root";
pub(super) const EA: &str = "ea";
pub(super) const AA: &str = "aa";
pub(super) const TLM: &str = "tlm";

impl Layout<'_> {
    /// The certificate of an authority, in COER.
    pub(super) fn certificate(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.cert"))
    }

    /// The key that an authority signs with, in PKCS#8.
    pub(super) fn key(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.key"))
    }

    /// The key that an authority decrypts with, in PKCS#8.
    pub(super) fn encryption_key(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}.enc.key"))
    }

    /// The root's trust list: EA, AA and where lists are found.
    pub(super) fn ctl(&self) -> PathBuf {
        self.0.join("ctl.oer")
    }

    /// The trust list manager's list: the root.
    pub(super) fn ectl(&self) -> PathBuf {
        self.0.join("ectl.oer")
    }

    /// The root's revocation list.
    pub(super) fn crl(&self) -> PathBuf {
        self.0.join("crl.oer")
    }

    /// All of it.
    pub(super) fn lab(&self, passphrase: Option<&[u8]>) -> Result<Lab> {
        self.check()?;
        let member = |name| self.member(name, passphrase);
        Ok(Lab {
            root: member(ROOT)?,
            enrolment_authority: member(EA)?,
            authorization_authority: member(AA)?,
            trust_list_manager: member(TLM)?,
            policy: Policy::EU,
        })
    }

    /// An authority with its keys.
    pub(super) fn member(&self, name: &str, passphrase: Option<&[u8]>) -> Result<Member> {
        let certificate = certificate_file::read(&self.certificate(name))?;
        let curve = curve(&certificate)?;
        let encryption = self.encryption_key(name);
        let encryption =
            encryption.exists().then(|| secret::private_key(&encryption, curve, passphrase)).transpose()?;
        Ok(Member {
            signing: secret::private_key(&self.key(name), curve, passphrase)?,
            certificate,
            encryption,
        })
    }

    fn check(&self) -> Result<()> {
        if self.0.is_dir() {
            return Ok(());
        }
        bail!("{}: no such folder; `wayseal pki init` makes it", self.0.display());
    }

    /// An authority, ready to issue, and its own key.
    pub(super) fn issuer(
        &self,
        name: &str,
        role: Role,
        passphrase: Option<&[u8]>,
    ) -> Result<(Issuer, PrivateKey)> {
        self.check()?;
        let certificate = certificate_file::read(&self.certificate(name))?;
        let path = self.key(name);
        let key = secret::private_key(&path, curve(&certificate)?, passphrase)?;
        let signer = AwsLc.signer(&key)?;
        let issuer = Issuer::new(role, certificate, signer, Policy::EU)
            .map_err(|error| anyhow!("{} does not go with {name}.cert: {error}", path.display()))?;
        Ok((issuer, key))
    }

    /// An authority, ready to sign lists, whose key is in a token if one is named.
    pub(super) fn identity(
        &self,
        name: &str,
        passphrase: &PassphraseArguments,
        token: &TokenArguments,
    ) -> Result<Identity> {
        let Some(token) = token.open()? else {
            let passphrase = passphrase.read()?;
            let member = self.member(name, passphrase.as_ref().map(|octets| octets.as_slice()))?;
            return Ok(member.identity(&AwsLc)?);
        };
        let certificate = certificate_file::read(&self.certificate(name))?;
        let signer = token.signer(name, curve(&certificate)?)?;
        Identity::new(certificate, Box::new(signer))
            .map_err(|refusal| anyhow!("the key in the token does not go with {name}.cert: {refusal}"))
    }

    /// An authority, ready to issue, whose key is in a token.
    pub(super) fn issuer_in(&self, token: &OpenToken, name: &str, role: Role) -> Result<Issuer> {
        self.check()?;
        let certificate = certificate_file::read(&self.certificate(name))?;
        let signer = token.signer(name, curve(&certificate)?)?;
        Issuer::new(role, certificate, Box::new(signer), Policy::EU)
            .map_err(|error| anyhow!("the key in the token does not go with {name}.cert: {error}"))
    }
}

fn curve(certificate: &Certificate) -> Result<v2x_crypto::Curve> {
    let key = certificate.verification_key();
    key.map(v2x_crypto::PublicKey::curve).ok_or_else(|| anyhow!("an authority's certificate is explicit"))
}
