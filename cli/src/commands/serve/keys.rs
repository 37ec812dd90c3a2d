//! The keys of an authority: in files, or in a token of a hardware security module.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use v2x_ca::{Issuer, Policy, Role};
use v2x_crypto::{Curve, KeyAgreement, PrivateKey, Provider, PublicKey, Signer};
use v2x_crypto_pkcs11::{Token, TokenAgreement, TokenSigner};
use v2x_security::certificate::Certificate;

use super::config::Hsm;
use crate::commands::pki;
use crate::hardware::Modules;

/// An authority's certificate and keys. Workers share them, and each makes what it signs and decrypts with.
pub(super) struct Keys {
    role: Role,
    pub(super) certificate: Certificate,
    signing: Signing,
    decryption: Decryption,
    /// The token, if one of the keys is in it.
    pub(super) token: Option<Arc<Token>>,
}

/// What keys are loaded from.
pub(super) struct Source<'s> {
    /// The folder of the PKI.
    pub(super) folder: &'s Path,
    /// The passphrase of keys in files.
    pub(super) passphrase: Option<&'s [u8]>,
    pub(super) provider: &'s dyn Provider,
    /// The modules that are loaded.
    pub(super) modules: &'s mut Modules,
}

enum Signing {
    File(PrivateKey),
    Token(TokenSigner),
}

enum Decryption {
    File(PrivateKey),
    Token(TokenAgreement),
}

impl Keys {
    /// The certificate of `role` from the folder of the PKI; the keys that `hsm` names from its token, the others from the
    /// folder.
    pub(super) fn load(role: Role, hsm: Option<&Hsm>, from: &mut Source<'_>) -> Result<Self> {
        let Source { folder, passphrase, provider, modules } = from;
        let authority = pki::Authority::new(folder, role);
        let certificate = authority.certificate()?;
        let token = hsm.map(|hsm| hsm.place().open(modules)).transpose()?;
        let named = hsm.zip(token.as_ref());
        let curve = curve(certificate.verification_key(), "key to sign with")?;
        let signing = match named.and_then(|(hsm, token)| Some((hsm.signing_key.as_ref()?, token))) {
            Some((key, token)) => Signing::Token(token.signer(&key.name()?, curve, *provider)?),
            None => Signing::File(authority.signing_key(curve, *passphrase)?),
        };
        let curve = self::curve(certificate.encryption_key(), "key to encrypt to")?;
        let decryption = match named.and_then(|(hsm, token)| Some((hsm.decryption_key.as_ref()?, token))) {
            Some((key, token)) => Decryption::Token(token.agreement(&key.name()?, curve)?),
            None => Decryption::File(authority.decryption_key(curve, *passphrase)?),
        };
        Ok(Self { role, certificate, signing, decryption, token })
    }

    /// The authority, ready to issue.
    pub(super) fn issuer(&self, provider: &dyn Provider) -> Result<Issuer> {
        let signer: Box<dyn Signer> = match &self.signing {
            Signing::File(key) => provider.signer(key)?,
            Signing::Token(signer) => Box::new(signer.clone()),
        };
        let issuer = Issuer::new(self.role, self.certificate.clone(), signer, Policy::EU);
        issuer.with_context(|| format!("the {}", self.role))
    }

    /// The authority, ready to decrypt.
    pub(super) fn agreement(&self, provider: &dyn Provider) -> Result<Box<dyn KeyAgreement>> {
        Ok(match &self.decryption {
            Decryption::File(key) => provider.key_agreement(key)?,
            Decryption::Token(agreement) => Box::new(agreement.clone()),
        })
    }
}

fn curve(key: Option<&PublicKey>, what: &str) -> Result<Curve> {
    key.map(PublicKey::curve).ok_or_else(|| anyhow!("the certificate of the authority has no {what}"))
}
