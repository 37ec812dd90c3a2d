//! Whom this station trusts: roots, the authorities and signers it was told of, and what is revoked.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use v2x_crypto::{Digest, HashAlgorithm, Provider, PublicKey, sha256};

use crate::certificate::{Certificate, Issuer};
use crate::chain::{self, Chain, Proof};
use crate::id::HashedId8;
use crate::limits::{MAX_KNOWN_CERTIFICATES, MAX_REVOKED};
use crate::observer::{Observer, Silent};
use crate::permission::Psid;
use crate::profile;
use crate::refusal::{Refusal, RevokedBy};
use crate::rule::Rule;

/// Which rules certificates and messages are held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrustProfile {
    /// TS 103 097 V2.2.1: the European C-ITS.
    EtsiTs103097,
    /// IEEE 1609.2 without a regional profile: SCMS deployments, BSM.
    Ieee1609Dot2Generic,
}

/// What a known certificate may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The end of chains. Its own signature counts for trust and revocation lists.
    Root,
    /// Vouches for trust lists, and for nothing else.
    TrustListManager,
    /// Issues certificates, once its own chain is verified.
    Authority,
    /// Signs messages, once its own chain is verified.
    Signer,
}

/// Everything that is believed, and everything that is not believed any more.
///
/// Certificates are found by `HashedId8`, which collides: every look-up yields a list of candidates.
pub struct TrustStore {
    profile: TrustProfile,
    provider: Arc<dyn Provider>,
    known: HashMap<HashedId8, Vec<Known>>,
    count: usize,
    revoked: Revocations,
    verdicts: HashMap<Digest, Arc<Chain>>,
    epoch: Epoch,
    misbehaviour_service: Option<Psid>,
}

/// Says whether proofs that a store gave are still its own: which store, and how often it stopped believing something.
#[derive(Clone, Debug, Default)]
pub(crate) struct Epoch {
    store: Arc<()>,
    changes: u64,
}

impl Epoch {
    pub(crate) fn is_of_same_store(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.store, &other.store)
    }

    pub(crate) const fn is_as_late(&self, other: &Self) -> bool {
        self.changes == other.changes
    }
}

struct Known {
    certificate: Certificate,
    role: Role,
}

/// What must not be believed, by every handle that a revoked certificate can be known by.
#[derive(Default)]
struct Revocations {
    ids: HashSet<HashedId8>,
    keys: HashSet<PublicKey>,
    contents: HashSet<[u8; 32]>,
}

impl Revocations {
    fn find(&self, certificate: &Certificate) -> Option<RevokedBy> {
        if self.ids.contains(&certificate.hashed_id8()) {
            return Some(RevokedBy::HashedId8);
        }
        if certificate.verification_key().is_some_and(|key| self.keys.contains(key)) {
            return Some(RevokedBy::PublicKey);
        }
        // Hashing is the dear part: skipped as long as nothing is revoked.
        let content =
            !self.contents.is_empty() && self.contents.contains(&sha256(certificate.to_be_signed()));
        content.then_some(RevokedBy::ToBeSigned)
    }

    /// Whoever flips s to n − s in a signature gets another HashedId8; key and content stay.
    fn learn(&mut self, certificate: &Certificate) {
        self.contents.insert(sha256(certificate.to_be_signed()));
        self.keys.extend(certificate.verification_key());
    }
}

impl TrustStore {
    /// A store that trusts nobody yet, and has signatures verified by `provider`.
    #[must_use]
    pub fn new(profile: TrustProfile, provider: Arc<dyn Provider>) -> Self {
        Self {
            profile,
            provider,
            known: HashMap::new(),
            count: 0,
            revoked: Revocations::default(),
            verdicts: HashMap::new(),
            epoch: Epoch::default(),
            misbehaviour_service: None,
        }
    }

    /// Which rules it holds certificates against.
    #[must_use]
    pub const fn profile(&self) -> TrustProfile {
        self.profile
    }

    /// Says which ITS-AID the service "Misbehaviour Detection Management" has: TS 103 097 clause 7.2.6 refers to TS 102 965
    /// for it, and the deployment knows. From then on a misbehaviour authority must hold it, and its messages of that
    /// service are accepted. Until then it is a party to encrypt to, and nothing that it signs is accepted.
    pub fn set_misbehaviour_service(&mut self, service: Psid) {
        self.misbehaviour_service = Some(service);
        self.distrust();
    }

    /// Whether a message of `psid` may come from the holder of `certificate`, as far as the kind of holder goes.
    pub(crate) fn may_send(&self, certificate: &Certificate, psid: Psid) -> bool {
        !profile::is_misbehaviour_authority(self.profile, certificate)
            || self.misbehaviour_service == Some(psid)
    }

    /// Who verifies signatures.
    #[must_use]
    pub fn provider(&self) -> &dyn Provider {
        &*self.provider
    }

    /// Who verifies signatures, to share.
    #[must_use]
    pub const fn shared_provider(&self) -> &Arc<dyn Provider> {
        &self.provider
    }

    /// Changes whenever something is no longer believed: remembered proofs of an older epoch are void.
    pub(crate) const fn epoch(&self) -> &Epoch {
        &self.epoch
    }

    /// How many certificates it knows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether it knows none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds a certificate in the role that it has by itself: a self-signed one with `certIssuePermissions` is a
    /// trusted root, a self-signed one without is a trust list manager, one with an issuer is an authority or a
    /// signer, to be believed when its chain verifies.
    ///
    /// # Errors
    /// As [`add_root`](Self::add_root), [`add_trust_list_manager`](Self::add_trust_list_manager) and [`add`](Self::add).
    pub fn add_by_content(&mut self, certificate: Certificate) -> Result<Role, Refusal> {
        let role = match (certificate.issuer(), certificate.issue_permissions()) {
            (Issuer::SelfSigned, Some(_)) => Role::Root,
            (Issuer::SelfSigned, None) => Role::TrustListManager,
            (Issuer::Digest { .. }, Some(_)) => Role::Authority,
            (Issuer::Digest { .. }, None) => Role::Signer,
        };
        self.add_as(certificate, role).map(|()| role)
    }

    /// Trusts a root.
    ///
    /// # Errors
    /// [`Refusal::CertificateProfile`] when it breaks the profile of roots, [`Refusal::BadCertificateSignature`] when
    /// it did not sign itself, [`Refusal::Revoked`], [`Refusal::Full`].
    pub fn add_root(&mut self, certificate: Certificate) -> Result<(), Refusal> {
        self.add_as(certificate, Role::Root)
    }

    /// Trusts a trust list manager to vouch for trust lists.
    ///
    /// # Errors
    /// As [`add_root`](Self::add_root).
    pub fn add_trust_list_manager(&mut self, certificate: Certificate) -> Result<(), Refusal> {
        self.add_as(certificate, Role::TrustListManager)
    }

    /// Makes an authority or a signer known. It is not believed for that: its chain is verified when it is used.
    ///
    /// # Errors
    /// [`Refusal::Revoked`], [`Refusal::Full`]; for a self-signed certificate [`Refusal::UntrustedRoot`].
    pub fn add(&mut self, certificate: Certificate) -> Result<(), Refusal> {
        match (certificate.issuer(), certificate.issue_permissions()) {
            (Issuer::SelfSigned, _) => Err(Refusal::UntrustedRoot(certificate.hashed_id8())),
            (Issuer::Digest { .. }, Some(_)) => self.add_as(certificate, Role::Authority),
            (Issuer::Digest { .. }, None) => self.add_as(certificate, Role::Signer),
        }
    }

    fn add_as(&mut self, certificate: Certificate, role: Role) -> Result<(), Refusal> {
        if self.revoked.ids.contains(&certificate.hashed_id8()) {
            self.revoked.learn(&certificate);
        }
        self.check_revocation(&certificate)?;
        if matches!(role, Role::Root | Role::TrustListManager) {
            profile::check(self.profile, &certificate)?;
            chain::verify_self_signed(self.provider(), &certificate)?;
        }
        let known = self.known.entry(certificate.hashed_id8()).or_default();
        if known.iter().any(|entry| entry.certificate == certificate && entry.role == role) {
            return Ok(());
        }
        if self.count >= MAX_KNOWN_CERTIFICATES {
            return Err(Refusal::Full { what: "the trust store", limit: MAX_KNOWN_CERTIFICATES });
        }
        known.push(Known { certificate, role });
        self.count += 1;
        Ok(())
    }

    /// Forgets every certificate with this name, in every role: a root that left a trust list, say.
    pub fn remove(&mut self, id: HashedId8) {
        if let Some(gone) = self.known.remove(&id) {
            self.count -= gone.len();
            self.distrust();
        }
    }

    /// Revokes by the name that a revocation list carries: every known certificate with that name, and every
    /// certificate, known or to come, with the key or the content of one of them. For good.
    ///
    /// # Errors
    /// [`Refusal::Full`].
    pub fn revoke(&mut self, id: HashedId8) -> Result<(), Refusal> {
        if self.revoked.ids.len() >= MAX_REVOKED {
            return Err(Refusal::Full { what: "the list of revoked certificates", limit: MAX_REVOKED });
        }
        self.revoked.ids.insert(id);
        let known = self.known.get(&id).map_or(&[][..], Vec::as_slice);
        known.iter().for_each(|entry| self.revoked.learn(&entry.certificate));
        self.distrust();
        Ok(())
    }

    fn distrust(&mut self) {
        self.verdicts.clear();
        self.epoch.changes += 1;
    }

    /// Checks that a certificate is not revoked by name, key or content.
    ///
    /// # Errors
    /// [`Refusal::Revoked`].
    pub fn check_revocation(&self, certificate: &Certificate) -> Result<(), Refusal> {
        match self.revoked.find(certificate) {
            None => Ok(()),
            Some(by) => Err(Refusal::Revoked { certificate: certificate.hashed_id8(), by }),
        }
    }

    /// The certificates known by this name, with their roles.
    pub fn find(&self, id: HashedId8) -> impl Iterator<Item = (&Certificate, Role)> {
        let known = self.known.get(&id).map_or(&[][..], Vec::as_slice);
        known.iter().map(|entry| (&entry.certificate, entry.role))
    }

    /// The roles in which this very certificate is known.
    pub fn roles(&self, certificate: &Certificate) -> impl Iterator<Item = Role> {
        self.find(certificate.hashed_id8())
            .filter(move |(known, _)| *known == certificate)
            .map(|(_, role)| role)
    }

    /// Whether a chain that was proven before a revocation or a removal is still good: nobody in it is revoked, its
    /// root is still trusted, and everybody in between is still known. Its signatures are as good as they were.
    pub(crate) fn still_holds(&self, chain: &Chain) -> bool {
        let Some((root, below)) = chain.certificates().split_last() else { return false };
        let known = |issuer: &Certificate| self.roles(issuer).any(|role| role == Role::Authority);
        chain.certificates().iter().all(|certificate| self.check_revocation(certificate).is_ok())
            && self.anchors(root)
            && below.iter().skip(1).all(known)
    }

    /// Every known certificate with its role, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&Certificate, Role)> {
        self.known.values().flatten().map(|entry| (&entry.certificate, entry.role))
    }

    /// Whether this very certificate is a trusted root or trust list manager.
    pub(crate) fn anchors(&self, certificate: &Certificate) -> bool {
        let trusted = |role| matches!(role, Role::Root | Role::TrustListManager);
        self.find(certificate.hashed_id8()).any(|(known, role)| trusted(role) && known == certificate)
    }

    /// The chain of `certificate` to a trusted root.
    ///
    /// # Errors
    /// The first check that fails; with several candidates for an issuer, that of the last.
    pub fn chain(&mut self, certificate: &Certificate) -> Result<Arc<Chain>, Refusal> {
        self.chain_observed(certificate, &mut Silent)
    }

    /// As [`chain`](Self::chain), telling `observer` of every check. A watching observer sees all of them, remembered
    /// verdicts or not.
    ///
    /// # Errors
    /// As [`chain`](Self::chain).
    pub fn chain_observed(
        &mut self,
        certificate: &Certificate,
        observer: &mut impl Observer,
    ) -> Result<Arc<Chain>, Refusal> {
        let chain = self.climb(certificate, crate::limits::MAX_CHAIN, observer)?;
        // An authority that issues nothing here is asked about as often: an EA by an AA, for each ticket.
        let is_authority =
            |(known, role): (&Certificate, Role)| role == Role::Authority && known == certificate;
        if self.remembered(certificate).is_none() && self.find(certificate.hashed_id8()).any(is_authority) {
            self.remember(certificate, &chain);
        }
        Ok(chain)
    }

    /// As [`chain`](Self::chain), but leaves the signature by the certificate's issuer to be verified with others, where there
    /// is but one issuer that can have made it.
    pub(crate) fn chain_or_claim(&mut self, certificate: &Certificate) -> Result<Proof, Refusal> {
        let issuer = self.only_issuer(certificate).filter(|_| self.remembered(certificate).is_none());
        let Some(issuer) = issuer else { return self.chain(certificate).map(Proof::Chain) };
        self.check_alone(certificate, &mut Silent)?;
        let above = self.climb(&issuer, crate::limits::MAX_CHAIN - 1, &mut Silent)?;
        self.remember(&issuer, &above);
        chain::claim(self, certificate, &above)
    }

    fn only_issuer(&self, certificate: &Certificate) -> Option<Certificate> {
        let (algorithm, id) = chain::issuer_id(certificate)?;
        let mut candidates = self.issuers(algorithm, id);
        candidates.pop().filter(|_| candidates.is_empty())
    }

    fn climb(
        &mut self,
        certificate: &Certificate,
        steps: usize,
        observer: &mut impl Observer,
    ) -> Result<Arc<Chain>, Refusal> {
        if let Some(chain) = self.remembered(certificate).filter(|_| !observer.watches()) {
            return Ok(chain);
        }
        self.check_alone(certificate, observer)?;
        let Some((algorithm, id)) = chain::issuer_id(certificate) else {
            return chain::anchor(self, certificate, observer);
        };
        let unknown = Refusal::UnknownIssuer { certificate: certificate.hashed_id8(), issuer: id };
        let Some(steps) = steps.checked_sub(1) else {
            let limit = crate::limits::MAX_CHAIN;
            return Err(Refusal::ChainTooLong { certificate: certificate.hashed_id8(), limit });
        };
        let candidates = self.issuers(algorithm, id);
        let found = if candidates.is_empty() { Err(unknown.clone()) } else { Ok(()) };
        observer.note(Rule::IssuerKnown, || format!("issuer {id} of {certificate}"), found)?;
        self.try_issuers(certificate, &candidates, steps, observer).unwrap_or(Err(unknown))
    }

    fn check_alone(&self, certificate: &Certificate, observer: &mut impl Observer) -> Result<(), Refusal> {
        let revocation = self.check_revocation(certificate);
        observer.note(Rule::Revocation, || format!("{certificate} by name, key and content"), revocation)?;
        let service = self.misbehaviour_service;
        let kept = profile::check(self.profile, certificate)
            .and_then(|()| profile::check_misbehaviour_service(self.profile, service, certificate));
        observer.note(Rule::CertificateProfile, || profile::describe(self.profile, certificate), kept)
    }

    /// The first candidate that vouches for `certificate`, or why the last does not.
    fn try_issuers(
        &mut self,
        certificate: &Certificate,
        candidates: &[Certificate],
        steps: usize,
        observer: &mut impl Observer,
    ) -> Option<Result<Arc<Chain>, Refusal>> {
        let mut last = None;
        for candidate in candidates {
            let chain = self
                .climb(candidate, steps, observer)
                .inspect(|above| self.remember(candidate, above))
                .and_then(|above| chain::extend(self, certificate, &above, observer));
            let done = chain.is_ok();
            last = Some(chain);
            if done {
                break;
            }
        }
        last
    }

    /// Known issuers by name. A trust list manager issues nothing, so it is none.
    fn issuers(&self, algorithm: HashAlgorithm, id: HashedId8) -> Vec<Certificate> {
        let issues = |role| matches!(role, Role::Root | Role::Authority);
        self.find(id)
            .filter(|(candidate, role)| issues(*role) && candidate.hash().algorithm() == algorithm)
            .map(|(candidate, _)| candidate.clone())
            .collect()
    }

    fn remembered(&self, certificate: &Certificate) -> Option<Arc<Chain>> {
        let chain = self.verdicts.get(certificate.hash())?;
        (chain.certificate() == certificate).then(|| Arc::clone(chain))
    }

    /// Only of known certificates, so there are never more verdicts than [`MAX_KNOWN_CERTIFICATES`].
    fn remember(&mut self, certificate: &Certificate, chain: &Arc<Chain>) {
        self.verdicts.insert(*certificate.hash(), Arc::clone(chain));
    }
}
