//! The root's lists: fetched, verified, applied.

use crate::{
    HomeError,
    files::{self, For},
    limits::{MAX_DELTAS, PATIENCE},
    list_files::{List, next_number},
};
use enrollment_client::{AccessPoint, Addresses, Client, ClientError};
use enrollment_protocol::{resource::Resource, signed::Right};
use std::{path::Path, sync::Arc};
use v2x_codec::time::Time64;
use v2x_crypto::Provider;
use v2x_security::{
    certificate::Certificate,
    clock::Clock,
    id::HashedId8,
    links,
    lists::{Change, TrustLists},
    policy::Policy,
    refusal::{ListVersion, Refusal},
    replay::{ReplayConfig, ReplayFilter},
    trust::{TrustProfile, TrustStore},
    verifier::Verifier,
};

/// What became of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// There is a newer one, which is in force now.
    Newer,
    /// There is none.
    Same,
    /// The distribution centre has no such list.
    None,
}

/// Whom a station believes before it has seen any list.
#[derive(Clone, Debug)]
pub struct Anchors {
    /// The root of its PKI.
    pub root: Certificate,
    /// The trust list manager whose list must name the root; without, the root is believed by itself.
    pub manager: Option<Certificate>,
}

/// What became of the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListNews {
    /// The trust list manager's list, for stations that believe one.
    pub ectl: Option<News>,
    /// The trust list.
    pub ctl: News,
    /// The revocation list.
    pub crl: News,
}

/// Whom a station believes by the root's lists, and where they are.
pub(crate) struct Believed {
    verifier: Verifier,
    lists: TrustLists,
    addresses: Addresses,
    /// When the next lists are due.
    pub(crate) due: Option<Time64>,
}

/// A list that is in force, as it is at hand.
#[derive(Clone, Copy)]
struct Held {
    version: ListVersion,
    /// How many changes to the list in full led to it.
    deltas: usize,
}

impl Believed {
    /// The trust list manager alone, or where there is none the root.
    pub(crate) fn anchored(anchors: &Anchors, provider: Arc<dyn Provider>) -> Result<Self, HomeError> {
        let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, provider);
        match &anchors.manager {
            Some(manager) => trust
                .add_trust_list_manager(manager.clone())
                .map_err(HomeError::refused("the trust list manager"))?,
            None => trust.add_root(anchors.root.clone()).map_err(HomeError::refused("the root"))?,
        }
        let verifier = Verifier::new(trust, Policy::STANDARD, no_memory());
        Ok(Self { verifier, lists: TrustLists::new(), addresses: Addresses::new(), due: None })
    }

    /// The anchors, and what the lists in a folder say at a time.
    pub(crate) fn read(
        folder: &Path,
        anchors: &Anchors,
        provider: Arc<dyn Provider>,
        now: Time64,
    ) -> Result<Self, HomeError> {
        let mut believed = Self::anchored(anchors, provider)?;
        for list in anchors.lists() {
            believed.apply_held(folder, *list, now)?;
        }
        Ok(believed)
    }

    /// Applies the list in a folder, and what changed since.
    fn apply_held(&mut self, folder: &Path, list: List, now: Time64) -> Result<Option<Held>, HomeError> {
        let Some(full) = files::read_if_there(&list.path(folder))? else { return Ok(None) };
        let version = self.apply(&full, now).map_err(not_in_force(list))?.version;
        let mut held = Held { version, deltas: 0 };
        while let Some(number) = next_number(held.version).filter(|_| held.deltas < MAX_DELTAS) {
            let Some(delta) = files::read_if_there(&list.delta_path(folder, number))? else { break };
            match self.apply(&delta, now) {
                Ok(change) => held = Held { version: change.version, deltas: held.deltas + 1 },
                // It is left from a list before.
                Err(Refusal::ListOutOfOrder { .. }) => break,
                Err(refusal) => return Err(not_in_force(list)(refusal)),
            }
        }
        Ok(Some(held))
    }

    fn apply(&mut self, list: &[u8], now: Time64) -> Result<Change, Refusal> {
        let change = self.lists.apply(&mut self.verifier, &Clock::exact(now), list);
        // Whoever reads a list again is no attacker.
        self.verifier.replace_replay_filter(no_memory());
        let change = change?;
        self.due = Some(self.due.map_or(change.next_update, |due| due.min(change.next_update)));
        // A revocation list names no addresses, and addresses that cannot be used are left out.
        let _ = self.addresses.learn(list);
        Ok(change)
    }

    pub(crate) const fn trust(&mut self) -> &mut TrustStore {
        self.verifier.trust_mut()
    }

    /// Whom it believes, to be kept.
    pub(crate) fn into_trust(mut self) -> TrustStore {
        let trust = self.verifier.trust_mut();
        let empty = TrustStore::new(trust.profile(), Arc::clone(trust.shared_provider()));
        std::mem::replace(trust, empty)
    }

    pub(crate) const fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// An EA that is valid now.
    pub(crate) fn ea(&mut self, now: Time64) -> Result<Certificate, HomeError> {
        self.authority(Right::AuthorizationValidationResponse, now).ok_or(HomeError::NoAuthority("EA"))
    }

    /// An AA that is valid now.
    pub(crate) fn aa(&mut self, now: Time64) -> Result<Certificate, HomeError> {
        self.authority(Right::AuthorizationValidationRequest, now).ok_or(HomeError::NoAuthority("AA"))
    }

    /// The one that is valid for longest, since another will take its place.
    fn authority(&mut self, right: Right, now: Time64) -> Option<Certificate> {
        let trust = self.verifier.trust_mut();
        let known: Vec<Certificate> = trust
            .iter()
            .map(|(certificate, _)| certificate)
            .filter(|certificate| right.is_in(certificate) && certificate.encryption_key().is_some())
            .cloned()
            .collect();
        let is_valid = |certificate: &Certificate| {
            trust.chain(certificate).is_ok_and(|chain| chain.period().contains(now))
        };
        known.into_iter().filter(is_valid).max_by_key(|certificate| certificate.validity().end())
    }
}

impl Anchors {
    /// The lists that lead on from here, in the order in which each is believed by those before it.
    const fn lists(&self) -> &'static [List] {
        if self.manager.is_some() { &[List::Ectl, List::Ctl, List::Crl] } else { &[List::Ctl, List::Crl] }
    }
}

/// Where lists are fetched.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) client: &'a Client,
    /// The root's distribution centre.
    pub(crate) centre: &'a AccessPoint,
    /// The trust list manager's point of contact.
    pub(crate) contact: Option<&'a AccessPoint>,
}

/// Fetches the lists and keeps those that are newer and believed. Of one that is not, nothing is kept.
pub(crate) async fn update(
    folder: &Path,
    anchors: &Anchors,
    provider: &Arc<dyn Provider>,
    sources: Sources<'_>,
    now: Time64,
) -> Result<ListNews, HomeError> {
    let from = From { folder, anchors, provider, sources, now };
    let ectl = match (&anchors.manager, sources.contact) {
        (Some(manager), Some(contact)) => Some(from.update(List::Ectl, contact, manager.hashed_id8()).await?),
        (Some(_), None) => return Err(HomeError::NoAddress("trust list manager's point of contact")),
        (None, _) => None,
    };
    let id = anchors.root.hashed_id8();
    let news = ListNews {
        ectl,
        ctl: from.update(List::Ctl, sources.centre, id).await?,
        crl: from.update(List::Crl, sources.centre, id).await?,
    };
    if ectl.is_some() {
        // A list of roots that no longer names the root takes the root's lists with it, though they are the same.
        Believed::read(folder, anchors, Arc::clone(provider), now)?;
    }
    Ok(news)
}

/// The trust list manager that comes after `manager`, if its point of contact has one, a link that leads to it and its list
/// (TS 102 941 clauses 6.4.2.1, E.2 and E.3).
pub(crate) async fn next_manager(
    manager: &Certificate,
    provider: &Arc<dyn Provider>,
    client: &Client,
    contact: &AccessPoint,
    now: Time64,
) -> Result<Option<Certificate>, HomeError> {
    let Some(latest) = fetch(client, contact, Resource::TlmCertificate(None)).await? else { return Ok(None) };
    if latest == manager.octets() {
        return Ok(None);
    }
    let next = Certificate::parse(&latest).map_err(HomeError::refused("the next trust list manager"))?;
    if next.validity().begin() <= manager.validity().begin() {
        return Ok(None);
    }
    let link = Resource::TlmLinkCertificate(Some(next.hashed_id8()));
    let Some(link) = fetch(client, contact, link).await? else { return Ok(None) };
    if fetch(client, contact, Resource::Ectl(next.hashed_id8())).await?.is_none() {
        return Ok(None);
    }
    let mut trust = TrustStore::new(TrustProfile::EtsiTs103097, Arc::clone(provider));
    trust.add_trust_list_manager(manager.clone()).map_err(HomeError::refused("the trust list manager"))?;
    links::follow(&mut trust, &Clock::exact(now), &link, next.clone())?;
    Ok(Some(next))
}

async fn fetch(
    client: &Client,
    from: &AccessPoint,
    resource: Resource,
) -> Result<Option<Vec<u8>>, HomeError> {
    match client.fetch(from, resource, None, PATIENCE).await {
        Ok(fetched) => Ok(fetched.map(|fetched| fetched.octets)),
        Err(ClientError::Status { status: 404, .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

struct From<'a> {
    folder: &'a Path,
    anchors: &'a Anchors,
    provider: &'a Arc<dyn Provider>,
    sources: Sources<'a>,
    now: Time64,
}

/// What came of asking for changes.
enum Changes {
    /// So many are in force now, and there are no more.
    Taken(usize),
    /// One is not to be used, or too many are at hand.
    Unusable,
}

impl From<'_> {
    /// Asks for what changed since the list at hand, and for the list in full where that does not lead on.
    async fn update(&self, list: List, from: &AccessPoint, issuer: HashedId8) -> Result<News, HomeError> {
        let (believed, held) = self.state(list)?;
        if let Some(held) = held {
            match self.take_deltas(list, from, issuer, believed, held).await? {
                Changes::Taken(1..) => return Ok(News::Newer),
                Changes::Taken(0) | Changes::Unusable => {}
            }
        }
        self.update_in_full(list, from, issuer).await
    }

    /// Fetches the changes to a list, one after the other, for as long as there are more. Each is kept once it is believed.
    async fn take_deltas(
        &self,
        list: List,
        from: &AccessPoint,
        issuer: HashedId8,
        mut believed: Believed,
        mut held: Held,
    ) -> Result<Changes, HomeError> {
        let before = held.deltas;
        while let Some(number) = next_number(held.version) {
            let Some(resource) = list.delta(issuer, number) else { break };
            let Some(delta) = self.fetch_delta(from, resource).await? else { break };
            if held.deltas >= MAX_DELTAS {
                return Ok(Changes::Unusable);
            }
            match believed.apply(&delta, self.now) {
                Ok(Change { version: version @ ListVersion::Delta(found, _), .. }) if found == number => {
                    files::write(&list.delta_path(self.folder, number), &delta, For::Everybody)?;
                    held = Held { version, deltas: held.deltas + 1 };
                }
                Ok(_) | Err(_) => return Ok(Changes::Unusable),
            }
        }
        Ok(Changes::Taken(held.deltas - before))
    }

    /// A change; `None` where there is none, or who is asked knows of no changes.
    async fn fetch_delta(
        &self,
        from: &AccessPoint,
        resource: Resource,
    ) -> Result<Option<Vec<u8>>, HomeError> {
        match self.sources.client.fetch(from, resource, None, PATIENCE).await {
            Ok(fetched) => Ok(fetched.map(|fetched| fetched.octets)),
            Err(ClientError::Status { .. } | ClientError::TooLong { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn update_in_full(
        &self,
        list: List,
        from: &AccessPoint,
        issuer: HashedId8,
    ) -> Result<News, HomeError> {
        let path = list.path(self.folder);
        let tag_path = path.with_extension("tag");
        let held = files::read_if_there(&path)?;
        let tag = files::read_if_there(&tag_path)?.filter(|_| held.is_some());
        let tag = tag.as_deref().map(|tag| String::from_utf8_lossy(tag).into_owned());
        let resource = list.resource(issuer);
        let fetched = match self.sources.client.fetch(from, resource, tag.as_deref(), PATIENCE).await {
            Ok(Some(fetched)) => fetched,
            Ok(None) => return Ok(News::Same),
            Err(ClientError::Status { status: 404, .. }) => return Ok(News::None),
            Err(error) => return Err(error.into()),
        };
        let held = held.as_deref().map(Vec::as_slice);
        if held == Some(&fetched.octets) {
            return Ok(News::Same);
        }
        let news = self.check(list, issuer, held, &fetched.octets)?;
        files::write(&path, &fetched.octets, For::Everybody)?;
        files::write(&tag_path, fetched.tag.unwrap_or_default().as_bytes(), For::Everybody)?;
        list.forget_deltas(self.folder)?;
        Ok(news)
    }

    /// A list that comes before the one at hand is refused, so that nobody gives out an old one. One at hand that is not in
    /// force is no measure: then the new one stands by itself. A list that changes have led to already is no news.
    fn check(
        &self,
        list: List,
        issuer: HashedId8,
        full: Option<&[u8]>,
        new: &[u8],
    ) -> Result<News, HomeError> {
        let (mut believed, _) = self.state(list)?;
        match believed.apply(new, self.now) {
            Ok(change) if change.issuer == issuer => Ok(News::Newer),
            Ok(Change { issuer: signer, .. }) => {
                let (list, wanted) = (list.name(), "whom the station asked for it");
                Err(HomeError::refused(list)(Refusal::ListSigner { list, wanted, signer }))
            }
            Err(Refusal::ListOutOfOrder {
                applied: ListVersion::Delta(applied, _),
                found: ListVersion::Full(found, _),
                ..
            }) if applied == found => {
                let mut believed = self.before(list)?;
                if let Some(full) = full {
                    believed.apply(full, self.now).map_err(HomeError::refused(list.name()))?;
                }
                believed.apply(new, self.now).map_err(HomeError::refused(list.name()))?;
                Ok(News::Same)
            }
            Err(refusal) => Err(HomeError::refused(list.name())(refusal)),
        }
    }

    /// Whom a station believes by the lists up to this one, and what of it is at hand, if that is in force.
    fn state(&self, list: List) -> Result<(Believed, Option<Held>), HomeError> {
        let mut believed = self.before(list)?;
        match believed.apply_held(self.folder, list, self.now) {
            Ok(held) => Ok((believed, held)),
            Err(HomeError::Lists(_) | HomeError::Refused { .. }) => Ok((self.before(list)?, None)),
            Err(error) => Err(error),
        }
    }

    /// Whom a station believes by the lists before this one: the root is believed by the list of roots.
    fn before(&self, list: List) -> Result<Believed, HomeError> {
        let mut believed = Believed::anchored(self.anchors, Arc::clone(self.provider))?;
        if let (List::Ctl | List::Crl, Some(_)) = (list, &self.anchors.manager) {
            let roots = believed.apply_held(self.folder, List::Ectl, self.now)?;
            roots.ok_or(HomeError::Lists("there is no list of roots"))?;
        }
        Ok(believed)
    }
}

/// Why a list at hand is not in force. Of one that is out of date, nobody knows what has changed since.
fn not_in_force(list: List) -> impl Fn(Refusal) -> HomeError {
    move |refusal| {
        if matches!(refusal, Refusal::ListOutOfDate { .. }) {
            HomeError::Lists("the lists are out of date")
        } else {
            HomeError::refused(list.name())(refusal)
        }
    }
}

const fn no_memory() -> ReplayFilter {
    ReplayFilter::new(ReplayConfig::new([0, 0]), Time64::from_micros(0))
}
