//! Keys in a hardware security module: how a token is named in settings and on the command line, and how it is opened.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};
use clap::Args;
use serde::Deserialize;
use v2x_ca::lab::{AuthorityKeys, encryption_curve};
use v2x_crypto::{Curve, PublicKey};
use v2x_crypto_aws_lc::AwsLc;
use v2x_crypto_pkcs11::limits::USUAL_SESSIONS;
use v2x_crypto_pkcs11::{KeyName, Module, Pin, Token, TokenSigner, Use};

use crate::secret;

/// A token, and where its PIN is.
#[derive(Clone, Debug)]
pub(crate) struct TokenPlace<'a> {
    /// The library of the module.
    pub(crate) module: &'a Path,
    /// The token's label.
    pub(crate) token: &'a str,
    /// A file whose first line is the PIN.
    pub(crate) pin_file: Option<&'a Path>,
    /// An environment variable that holds the PIN.
    pub(crate) pin_variable: Option<&'a str>,
    /// Sessions that are open at a time.
    pub(crate) sessions: usize,
}

impl TokenPlace<'_> {
    /// Opens it. The PIN is kept, wiped when the token is dropped, to open sessions anew.
    pub(crate) fn open(&self, modules: &mut Modules) -> Result<Arc<Token>> {
        let pin = self.pin()?;
        Ok(Token::open(&modules.load(self.module)?, self.token, pin, self.sessions)?)
    }

    fn pin(&self) -> Result<Pin> {
        let octets = match (self.pin_file, self.pin_variable) {
            (Some(file), None) => secret::line(file)?,
            (None, Some(variable)) => secret::variable(variable)
                .ok_or_else(|| anyhow!("{variable}: the environment variable for the PIN is not set"))?,
            (None, None) | (Some(_), Some(_)) => {
                bail!(
                    "the PIN of token {:?} is in a file or in an environment variable: one of them",
                    self.token
                )
            }
        };
        Ok(Pin::new(&octets)?)
    }
}

/// The modules of a process: each is loaded once, since it is started anew for all its tokens at once.
#[derive(Default)]
pub(crate) struct Modules(Vec<Arc<Module>>);

impl Modules {
    fn load(&mut self, path: &Path) -> Result<Arc<Module>> {
        // Two names of one file are one module. A name without a folder is looked for by the system.
        let is_bare = path.components().count() == 1;
        let real = if is_bare { None } else { path.canonicalize().ok() };
        let real = real.unwrap_or_else(|| path.to_owned());
        if let Some(module) = self.0.iter().find(|module| module.path() == real) {
            return Ok(Arc::clone(module));
        }
        let module = Module::load(&real)?;
        self.0.push(Arc::clone(&module));
        Ok(module)
    }
}

/// A key of a token, by its label or, in a table, by its id in hex digits.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "a key's label, or its id in hex digits as { id = \"0a1b\" }")]
pub(crate) enum KeyText {
    /// By its label.
    Label(String),
    /// By its id.
    Id(KeyId),
}

/// The id of a key.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeyId {
    id: String,
}

impl KeyText {
    /// The name that the token is asked for.
    pub(crate) fn name(&self) -> Result<KeyName> {
        match self {
            Self::Label(label) => Ok(KeyName::Label(label.clone())),
            Self::Id(KeyId { id }) => {
                let octets =
                    hex::decode(id).map_err(|_| anyhow!("{id}: an id of a key has hex digits only"))?;
                Ok(KeyName::Id(octets))
            }
        }
    }
}

/// A token, for commands that make keys in it or sign with those that are there.
#[derive(Args)]
#[command(next_help_heading = "Keys in a hardware security module")]
pub(crate) struct TokenArguments {
    /// Library of a PKCS#11 module: keys are in its token instead of files
    #[arg(long = "hsm-module", value_name = "FILE", requires = "hsm_token")]
    hsm_module: Option<PathBuf>,

    /// Label of the token
    #[arg(long = "hsm-token", value_name = "LABEL", requires = "hsm_module")]
    hsm_token: Option<String>,

    /// File whose first line is the token's PIN; else WAYSEAL_HSM_PIN is used
    #[arg(long = "hsm-pin-file", value_name = "FILE", requires = "hsm_module")]
    hsm_pin_file: Option<PathBuf>,

    /// What the labels of the keys begin with, for a token with keys of more than one PKI
    #[arg(long = "hsm-prefix", value_name = "TEXT", requires = "hsm_module", default_value = "")]
    hsm_prefix: String,
}

/// The environment variable that can hold a token's PIN.
const PIN_VARIABLE: &str = "WAYSEAL_HSM_PIN";

/// A token that was opened for a command.
pub(crate) struct OpenToken {
    token: Arc<Token>,
    prefix: String,
}

impl TokenArguments {
    /// The token, if one was named.
    pub(crate) fn open(&self) -> Result<Option<OpenToken>> {
        let (Some(module), Some(token)) = (&self.hsm_module, &self.hsm_token) else { return Ok(None) };
        let pin_file = self.hsm_pin_file.as_deref();
        let pin_variable = pin_file.is_none().then_some(PIN_VARIABLE);
        let place = TokenPlace { module, token, pin_file, pin_variable, sessions: USUAL_SESSIONS };
        Ok(Some(OpenToken { token: place.open(&mut Modules::default())?, prefix: self.hsm_prefix.clone() }))
    }
}

impl OpenToken {
    /// What the key of an authority is called: `ea`, and the one that it decrypts with `ea.enc`.
    pub(crate) fn label(&self, name: &str, purpose: Use) -> String {
        let ending = if purpose == Use::Agree { ".enc" } else { "" };
        format!("{}{name}{ending}", self.prefix)
    }

    /// The same token with labels that begin with something else.
    pub(crate) fn with_prefix(&self, prefix: &str) -> Self {
        Self { token: Arc::clone(&self.token), prefix: prefix.to_owned() }
    }

    /// Makes a key pair to sign with.
    pub(crate) fn make_signer(&self, name: &str, curve: Curve) -> Result<TokenSigner> {
        self.make(name, curve, Use::Sign)?;
        self.signer(name, curve)
    }

    /// Makes both key pairs of an EA or AA.
    pub(crate) fn make_authority(&self, name: &str, curve: Curve) -> Result<AuthorityKeys> {
        let signing = self.make(name, curve, Use::Sign)?;
        Ok(AuthorityKeys { signing, encryption: self.make(name, encryption_curve(curve), Use::Agree)? })
    }

    fn make(&self, name: &str, curve: Curve, purpose: Use) -> Result<PublicKey> {
        let key = KeyName::Label(self.label(name, purpose));
        Ok(self.token.generate(&key, curve, purpose)?)
    }

    /// The key that an authority signs with.
    pub(crate) fn signer(&self, name: &str, curve: Curve) -> Result<TokenSigner> {
        Ok(self.token.signer(&KeyName::Label(self.label(name, Use::Sign)), curve, &AwsLc)?)
    }

    /// Refuses to make keys where one of them is there already: before the first is made.
    pub(crate) fn check_free(&self, keys: &[(&str, Use)]) -> Result<()> {
        for (name, purpose) in keys {
            let label = self.label(name, *purpose);
            if self.token.has_key(&KeyName::Label(label.clone()))? {
                bail!(
                    "token {:?} has a key {label:?} already; --hsm-prefix gives others names",
                    self.token.label()
                );
            }
        }
        Ok(())
    }

    /// The token's label.
    pub(crate) fn token_label(&self) -> &str {
        self.token.label()
    }
}
