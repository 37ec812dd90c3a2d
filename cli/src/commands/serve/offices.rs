//! The authorities: keys, ledgers, workers.

use std::path::Path;
use std::sync::{Arc, RwLock};

use anyhow::{Context, Result};
use enrollment_aa::AuthorizationAuthority;
use enrollment_client::{Addresses, Client, EaAddresses, Protocol};
use enrollment_ea::EnrolmentAuthority;
use enrollment_ea_durable::DurableRegistry;
use enrollment_http::clock;
use enrollment_http::desk::Desk;
use enrollment_http::office::{AaOffice, EaOffice};
use store::{Ledger, Options};
use v2x_ca::Role;
use v2x_ca_durable::DurableLedger;
use v2x_crypto::Provider;
use v2x_crypto_pkcs11::Token;
use v2x_security::certificate::Certificate;

use super::config::{Aa, Config, Ea, Hsm};
use super::keys::{Keys, Source};
use super::trusted::Shared;
use crate::commands::pki;
use crate::hardware::Modules;
use crate::ledger_place::LedgerPlace;
use crate::secret::PassphraseArguments;
use crate::{certificate_file, files, http3};

/// What authorities are made of, besides their own keys and ledgers.
pub(super) struct Means<'c> {
    pub(super) config: &'c Config,
    pub(super) provider: Arc<dyn Provider>,
    pub(super) believed: Shared,
    /// The PKCS#11 modules that keys are in.
    pub(super) modules: Modules,
}

/// An EA that is ready to serve.
pub(super) struct ReadyEa {
    pub(super) office: EaOffice,
    pub(super) registry: DurableRegistry,
    /// Where its keys are, if not in files.
    pub(super) token: Option<Arc<Token>>,
}

/// An AA that is ready to serve.
pub(super) struct ReadyAa {
    pub(super) office: AaOffice,
    pub(super) ledger: DurableLedger,
    /// Where EAs are asked: what the settings say, and for the others the lists.
    pub(super) addresses: Arc<RwLock<Addresses>>,
    /// Where its keys are, if not in files.
    pub(super) token: Option<Arc<Token>>,
}

impl Means<'_> {
    pub(super) fn ea(&mut self, settings: &Ea) -> Result<ReadyEa> {
        let keys = Arc::new(self.keys(Role::EnrolmentAuthority, settings.hsm.as_ref())?);
        let token = keys.token.clone();
        let place =
            Place { ledger: &settings.ledger, password_file: settings.ledger_password_file.as_deref() };
        let ledger = place.open(settings.head.as_deref(), "EA", &keys.certificate)?;
        let registry = DurableRegistry::new(ledger);
        let (provider, believed, own) = (Arc::clone(&self.provider), self.believed.clone(), registry.clone());
        let make = move || -> Result<EnrolmentAuthority> {
            Ok(EnrolmentAuthority::new(enrollment_ea::Parts {
                issuer: keys.issuer(&*provider)?,
                agreement: keys.agreement(&*provider)?,
                provider: Arc::clone(&provider),
                trust: believed.store(&provider)?,
                registry: Box::new(own.clone()),
            })?)
        };
        let desk = Desk::open("ea", settings.workers.0, settings.queue.0, make)?;
        Ok(ReadyEa { office: EaOffice::new(Arc::new(desk)), registry, token })
    }

    pub(super) fn aa(&mut self, settings: &Aa, lists: &[Vec<u8>]) -> Result<ReadyAa> {
        let keys = Arc::new(self.keys(Role::AuthorizationAuthority, settings.hsm.as_ref())?);
        let token = keys.token.clone();
        let place =
            Place { ledger: &settings.ledger, password_file: settings.ledger_password_file.as_deref() };
        let ledger = place.open(settings.head.as_deref(), "AA", &keys.certificate)?;
        let (provider, believed, own) = (Arc::clone(&self.provider), self.believed.clone(), ledger.clone());
        let make = move || -> Result<AuthorizationAuthority> {
            Ok(AuthorizationAuthority::new(enrollment_aa::Parts {
                issuer: keys.issuer(&*provider)?,
                agreement: keys.agreement(&*provider)?,
                provider: Arc::clone(&provider),
                trust: believed.store(&provider)?,
                ledger: Box::new(own.clone()),
            })?)
        };
        let desk = Desk::open("aa", settings.workers.0, settings.queue.0, make)?;
        let addresses = Arc::new(RwLock::new(addresses(settings, lists)?));
        let office = AaOffice::new(Arc::new(desk), self.client()?, Arc::clone(&addresses));
        Ok(ReadyAa { office, ledger, addresses, token })
    }

    /// What an AA asks EAs with.
    fn client(&self) -> Result<Client> {
        let client = Client::new(Protocol::Http1);
        let trust = self.config.http3.as_ref().and_then(|http3| http3.trust.as_deref());
        trust.map_or(Ok(client.clone()), |trust| http3::trusting(client, trust))
    }

    fn keys(&mut self, role: Role, hsm: Option<&Hsm>) -> Result<Keys> {
        let passphrase = PassphraseArguments::of(self.config.passphrase_file.clone()).read()?;
        let passphrase = passphrase.as_ref().map(|octets| octets.as_slice());
        let (folder, provider) = (self.config.pki.as_path(), &*self.provider);
        Keys::load(role, hsm, &mut Source { folder, passphrase, provider, modules: &mut self.modules })
    }
}

/// Where EAs are asked: the lists say, and the settings have the last word.
pub(super) fn addresses(settings: &Aa, lists: &[Vec<u8>]) -> Result<Addresses> {
    let mut addresses = Addresses::new();
    for list in lists {
        // Revocation lists name no addresses.
        let Ok(unusable) = addresses.learn(list) else { continue };
        unusable
            .iter()
            .for_each(|address| tracing::warn!(reason = %address, "an address of a list is not used"));
    }
    for ea in &settings.ea {
        let found = EaAddresses { for_aas: ea.url.clone(), for_stations: None };
        addresses.set_ea(&certificate_file::read(&ea.certificate)?, found)?;
    }
    Ok(addresses)
}

/// Where the ledger of an authority is.
struct Place<'s> {
    ledger: &'s LedgerPlace,
    password_file: Option<&'s Path>,
}

impl Place<'_> {
    /// Opens the ledger, and holds it against the head that was kept elsewhere.
    fn open(&self, head: Option<&Path>, role: &str, certificate: &Certificate) -> Result<DurableLedger> {
        let id = certificate.hashed_id8().to_string();
        let mut options = Options::new(&format!("{role} {}", certificate.name().unwrap_or(&id)));
        // There is none before the first is kept.
        options.published = head.filter(|path| path.exists()).map(pki::read_head).transpose()?;
        let engine = self.ledger.open(self.password_file);
        let opened = engine.and_then(|engine| Ok(Ledger::open(engine, &options, clock_micros())?));
        Ok(DurableLedger::new(opened.with_context(|| format!("{}: the ledger of the {role}", self.ledger))?))
    }
}

/// A clock that is nowhere stops issuing; the ledger is opened all the same, to be looked at.
fn clock_micros() -> u64 {
    clock::now().map(v2x_codec::time::Time64::micros).unwrap_or_default()
}

/// Keeps the head of a ledger where a copy of the ledger is not.
pub(super) fn keep_head(ledger: &Ledger, path: &Path) -> Result<()> {
    files::replace(path, format!("{}\n", ledger.head()?).as_bytes()).context("the head cannot be kept")
}
