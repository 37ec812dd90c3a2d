//! The authorities: keys, ledgers, workers.

use std::path::Path;
use std::sync::{Arc, RwLock};

use anyhow::{Context, Result, anyhow};
use enrollment_aa::AuthorizationAuthority;
use enrollment_client::{Addresses, Client, EaAddresses, Protocol};
use enrollment_ea::EnrolmentAuthority;
use enrollment_ea_durable::DurableRegistry;
use enrollment_http::clock;
use enrollment_http::desk::Desk;
use enrollment_http::office::{AaOffice, EaOffice};
use store::engine::Redb;
use store::{Ledger, Options};
use v2x_ca::lab::Member;
use v2x_ca::{Policy, Role};
use v2x_ca_durable::DurableLedger;
use v2x_crypto::{KeyAgreement, Provider};

use super::config::{Aa, Config, Ea};
use super::trusted::Shared;
use crate::commands::pki;
use crate::secret::PassphraseArguments;
use crate::{certificate_file, files};

/// What authorities are made of, besides their own keys and ledgers.
pub(super) struct Means<'c> {
    pub(super) config: &'c Config,
    pub(super) provider: Arc<dyn Provider>,
    pub(super) believed: Shared,
}

/// An EA that is ready to serve.
pub(super) struct ReadyEa {
    pub(super) office: EaOffice,
    pub(super) registry: DurableRegistry,
}

/// An AA that is ready to serve.
pub(super) struct ReadyAa {
    pub(super) office: AaOffice,
    pub(super) ledger: DurableLedger,
    /// Where EAs are asked: what the settings say, and for the others the lists.
    pub(super) addresses: Arc<RwLock<Addresses>>,
}

impl Means<'_> {
    pub(super) fn ea(&self, settings: &Ea) -> Result<ReadyEa> {
        let member = Arc::new(self.member(Role::EnrolmentAuthority)?);
        let ledger = ledger(&settings.ledger, settings.head.as_deref(), "EA", &member)?;
        let registry = DurableRegistry::new(ledger);
        let (provider, believed, own) = (Arc::clone(&self.provider), self.believed.clone(), registry.clone());
        let make = move || -> Result<EnrolmentAuthority> {
            Ok(EnrolmentAuthority::new(enrollment_ea::Parts {
                issuer: member.issuer(Role::EnrolmentAuthority, Policy::EU, &*provider)?,
                agreement: agreement(&member, &*provider)?,
                provider: Arc::clone(&provider),
                trust: believed.store(&provider)?,
                registry: Box::new(own.clone()),
            })?)
        };
        let desk = Desk::open("ea", settings.workers.0, settings.queue.0, make)?;
        Ok(ReadyEa { office: EaOffice::new(Arc::new(desk)), registry })
    }

    pub(super) fn aa(&self, settings: &Aa, lists: &[Vec<u8>]) -> Result<ReadyAa> {
        let member = Arc::new(self.member(Role::AuthorizationAuthority)?);
        let ledger = ledger(&settings.ledger, settings.head.as_deref(), "AA", &member)?;
        let (provider, believed, own) = (Arc::clone(&self.provider), self.believed.clone(), ledger.clone());
        let make = move || -> Result<AuthorizationAuthority> {
            Ok(AuthorizationAuthority::new(enrollment_aa::Parts {
                issuer: member.issuer(Role::AuthorizationAuthority, Policy::EU, &*provider)?,
                agreement: agreement(&member, &*provider)?,
                provider: Arc::clone(&provider),
                trust: believed.store(&provider)?,
                ledger: Box::new(own.clone()),
            })?)
        };
        let desk = Desk::open("aa", settings.workers.0, settings.queue.0, make)?;
        let addresses = Arc::new(RwLock::new(addresses(settings, lists)?));
        let office = AaOffice::new(Arc::new(desk), Client::new(Protocol::Http1), Arc::clone(&addresses));
        Ok(ReadyAa { office, ledger, addresses })
    }

    fn member(&self, role: Role) -> Result<Member> {
        let passphrase = PassphraseArguments::of(self.config.passphrase_file.clone()).read()?;
        let passphrase = passphrase.as_ref().map(|octets| octets.as_slice());
        pki::authority(&self.config.pki, role, passphrase)
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

fn agreement(member: &Member, provider: &dyn Provider) -> Result<Box<dyn KeyAgreement>> {
    let key = member.encryption.as_ref().ok_or_else(|| anyhow!("the authority has no decryption key"))?;
    Ok(provider.key_agreement(key)?)
}

/// Opens the ledger of an authority, and holds it against the head that was kept elsewhere.
fn ledger(path: &Path, head: Option<&Path>, role: &str, member: &Member) -> Result<DurableLedger> {
    let id = member.certificate.hashed_id8().to_string();
    let mut options = Options::new(&format!("{role} {}", member.certificate.name().unwrap_or(&id)));
    // There is none before the first is kept.
    options.published = head.filter(|path| path.exists()).map(pki::read_head).transpose()?;
    let opened = Redb::open(path).and_then(|engine| Ledger::open(engine, &options, clock_micros()));
    Ok(DurableLedger::new(opened.with_context(|| format!("{}: the ledger of the {role}", path.display()))?))
}

/// A clock that is nowhere stops issuing; the ledger is opened all the same, to be looked at.
fn clock_micros() -> u64 {
    clock::now().map(v2x_codec::time::Time64::micros).unwrap_or_default()
}

/// Keeps the head of a ledger where a copy of the ledger is not.
pub(super) fn keep_head(ledger: &Ledger, path: &Path) -> Result<()> {
    files::replace(path, format!("{}\n", ledger.head()?).as_bytes()).context("the head cannot be kept")
}
