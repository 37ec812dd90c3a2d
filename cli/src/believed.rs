//! Whom a running verifier believes, and how it follows the trust folders.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use anyhow::{Result, bail};
use v2x_crypto::{Digest, Provider};
use v2x_security::certificate::Certificate;
use v2x_security::id::HashedId8;
use v2x_security::refusal::Refusal;
use v2x_security::trust::{Role, TrustProfile, TrustStore};

use crate::trust_dir::{Rules, Trust};

/// What the folders say at one moment, lists applied.
pub(crate) struct Believed {
    profile: TrustProfile,
    certificates: HashMap<(Digest, Role), Certificate>,
    revoked: BTreeSet<HashedId8>,
}

/// What a verifier must change to follow the folders.
#[derive(Debug)]
pub(crate) struct Changes {
    forgotten: Vec<HashedId8>,
    added: Vec<(Certificate, Role)>,
    revoked: Vec<HashedId8>,
}

impl Believed {
    /// What was read, by the one set of rules that a running verifier has.
    pub(crate) fn of(trust: Trust) -> Result<Self> {
        let revoked = trust.revoked().iter().copied().collect();
        let (rules, etsi, ieee) = trust.into_parts();
        let roots = |store: &TrustStore| store.iter().any(|(_, role)| role == Role::Root);
        let is_ieee = match rules {
            Rules::Etsi => false,
            Rules::Ieee => true,
            Rules::Auto if roots(etsi.trust()) && roots(ieee.trust()) => {
                bail!(
                    "the folders hold roots of both systems; say with --rules etsi or --rules ieee whose rules hold"
                )
            }
            Rules::Auto => roots(ieee.trust()),
        };
        let store = if is_ieee { ieee.trust() } else { etsi.trust() };
        let entry =
            |(certificate, role): (&Certificate, Role)| ((*certificate.hash(), role), certificate.clone());
        Ok(Self { profile: store.profile(), certificates: store.iter().map(entry).collect(), revoked })
    }

    /// A store that believes this.
    pub(crate) fn store(&self, provider: &Arc<dyn Provider>) -> Result<TrustStore, Refusal> {
        let mut store = self.nobody(provider);
        self.certificates
            .iter()
            .try_for_each(|((_, role), certificate)| add(&mut store, certificate, *role))?;
        self.revoked.iter().try_for_each(|id| store.revoke(*id))?;
        Ok(store)
    }

    /// A store of the same rules that believes nobody.
    pub(crate) fn nobody(&self, provider: &Arc<dyn Provider>) -> TrustStore {
        TrustStore::new(self.profile, Arc::clone(provider))
    }

    /// The roots and trust list managers.
    pub(crate) fn anchors(&self) -> Vec<Certificate> {
        let is_anchor = |role| matches!(role, Role::Root | Role::TrustListManager);
        let anchors = self.certificates.iter().filter(|((_, role), _)| is_anchor(*role));
        anchors.map(|(_, certificate)| certificate.clone()).collect()
    }

    /// How many are known in a role.
    pub(crate) fn count(&self, role: Role) -> usize {
        self.certificates.keys().filter(|(_, of)| *of == role).count()
    }

    /// How many are revoked.
    pub(crate) fn revoked(&self) -> usize {
        self.revoked.len()
    }

    /// Goes over to what the folders say now. What was revoked stays revoked, whatever they say.
    pub(crate) fn follow(&mut self, mut now: Self) -> Result<Changes> {
        if now.profile != self.profile {
            bail!("the folders now ask for other rules than those that the verifier was started with");
        }
        let is_gone = |key: &(Digest, Role)| !now.certificates.contains_key(key);
        let gone = self.certificates.iter().filter(|(key, _)| is_gone(key));
        let forgotten: BTreeSet<_> = gone.map(|(_, certificate)| certificate.hashed_id8()).collect();
        let is_new = |key: &(Digest, Role), certificate: &Certificate| {
            !self.certificates.contains_key(key) || forgotten.contains(&certificate.hashed_id8())
        };
        let new = now.certificates.iter().filter(|(key, certificate)| is_new(key, certificate));
        let added = new.map(|((_, role), certificate)| (certificate.clone(), *role)).collect();
        let revoked = now.revoked.difference(&self.revoked).copied().collect();
        now.revoked.append(&mut self.revoked);
        *self = now;
        Ok(Changes { forgotten: forgotten.into_iter().collect(), added, revoked })
    }
}

impl Changes {
    /// Whether there is nothing to change.
    pub(crate) const fn is_empty(&self) -> bool {
        self.forgotten.is_empty() && self.added.is_empty() && self.revoked.is_empty()
    }

    /// What is changed, in words.
    pub(crate) fn summary(&self) -> String {
        let (added, forgotten, revoked) = (self.added.len(), self.forgotten.len(), self.revoked.len());
        format!("{added} certificates added, {forgotten} forgotten, {revoked} revoked")
    }

    /// Changes a store. Revocations come first: nothing that is refused later keeps them away.
    pub(crate) fn apply(&self, store: &mut TrustStore) {
        self.revoked.iter().for_each(|id| drop(store.revoke(*id)));
        self.forgotten.iter().for_each(|id| store.remove(*id));
        // Refused is what is revoked; it is known to be that.
        self.added.iter().for_each(|(certificate, role)| drop(add(store, certificate, *role)));
    }
}

fn add(store: &mut TrustStore, certificate: &Certificate, role: Role) -> Result<(), Refusal> {
    match role {
        Role::Root => store.add_root(certificate.clone()),
        Role::TrustListManager => store.add_trust_list_manager(certificate.clone()),
        Role::Authority | Role::Signer => store.add(certificate.clone()),
    }
}
