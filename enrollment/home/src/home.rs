//! The home itself.

use crate::{
    HomeError, ListNews, Pair,
    files::{self, For},
    limits::{MAX_CREDENTIALS, MAX_TICKETS, PATIENCE, RENEWAL_SECONDS},
    lists::{self, Anchors, Believed, Sources},
    pairs::{self, read_key, write_key},
};
use enrollment_client::{AccessPoint, Client};
use enrollment_station::{
    Credential, StationError,
    authorization::{Ask, Authorities, Authorization, Privacy, Proof},
    enrolment::{Enrolment, Identity},
};
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use v2x_codec::{
    time::Time64,
    ts102941::{CertificateSubjectAttributes, EnrolmentResponseCode},
};
use v2x_crypto::{CryptoRng, PrivateKey, Provider};
use v2x_security::{certificate::Certificate, sign::Identity as SigningIdentity, trust::TrustStore};
use zeroize::Zeroizing;

/// What a station is told when its home is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its canonical identifier.
    pub id: Vec<u8>,
    /// Where the root's lists are handed out.
    pub centre: AccessPoint,
    /// Where its EA is, if not where the list says.
    pub ea: Option<AccessPoint>,
    /// Where its AA is, if not where the list says.
    pub aa: Option<AccessPoint>,
    /// Where the trust list manager's list is handed out, for a station that believes one.
    pub contact: Option<AccessPoint>,
}

/// The same as a file.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SettingsText {
    id: String,
    distribution_centre: String,
    enrolment_authority: Option<String>,
    authorization_authority: Option<String>,
    #[serde(default)]
    point_of_contact: Option<String>,
}

/// What tickets are asked for.
#[derive(Clone)]
pub struct TicketWish {
    /// What each shall say.
    pub attributes: CertificateSubjectAttributes,
    /// Whether the AA may learn who asks.
    pub privacy: Privacy,
    /// Whether possession of the key is proved.
    pub proof: Proof,
}

/// What a home works with.
pub struct Means {
    /// Who computes.
    pub provider: Arc<dyn Provider>,
    /// Who speaks to the authorities.
    pub client: Client,
    /// What keys are encrypted with on disk (PKCS#8, PBES2); without, only the mode of their files protects them.
    pub passphrase: Option<Zeroizing<Vec<u8>>>,
}

/// A station's home.
pub struct Home {
    folder: PathBuf,
    settings: Settings,
    anchors: Anchors,
    provider: Arc<dyn Provider>,
    client: Client,
    passphrase: Option<Zeroizing<Vec<u8>>>,
}

const SETTINGS: &str = "station.json";
const ROOT: &str = "root.cert";
const MANAGER: &str = "tlm.cert";
const CANONICAL: &str = "canonical.key";
const CREDENTIALS: &str = "credentials";
const TICKETS: &str = "tickets";

impl Home {
    /// Makes a home in a folder that holds none: settings, root and canonical key.
    ///
    /// # Errors
    /// [`HomeError::File`], also when there is one already.
    pub fn create(
        folder: &Path,
        settings: Settings,
        anchors: Anchors,
        canonical: &PrivateKey,
        means: Means,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, HomeError> {
        let Means { provider, client, passphrase } = means;
        let path = folder.join(SETTINGS);
        if path.exists() {
            return Err(HomeError::file(&path, "there is a home already"));
        }
        if settings.contact.is_some() != anchors.manager.is_some() {
            return Err(HomeError::file(&path, "a trust list manager and its point of contact go together"));
        }
        Believed::anchored(&anchors, Arc::clone(&provider))?;
        files::make_folder(folder)?;
        let secret = passphrase.as_ref().map(|octets| octets.as_slice());
        write_key(&folder.join(CANONICAL), canonical, secret, rng)?;
        files::write(&folder.join(ROOT), anchors.root.octets(), For::Everybody)?;
        if let Some(manager) = &anchors.manager {
            files::write(&folder.join(MANAGER), manager.octets(), For::Everybody)?;
        }
        // Last: a folder without settings is no home yet.
        let text = serde_json::to_vec_pretty(&SettingsText::of(&settings));
        files::write(&path, &text.map_err(|error| HomeError::file(&path, error))?, For::Everybody)?;
        Ok(Self { folder: folder.to_owned(), settings, anchors, provider, client, passphrase })
    }

    /// Opens a home.
    ///
    /// # Errors
    /// [`HomeError::File`].
    pub fn open(folder: &Path, means: Means) -> Result<Self, HomeError> {
        let Means { provider, client, passphrase } = means;
        let path = folder.join(SETTINGS);
        let text: SettingsText =
            serde_json::from_slice(&files::read(&path)?).map_err(|error| HomeError::file(&path, error))?;
        let settings = text.settings(&path)?;
        let root = certificate(&folder.join(ROOT))?;
        // The settings say that there is one: without its certificate nobody is believed, the root neither.
        let manager = settings.contact.as_ref().map(|_| certificate(&folder.join(MANAGER))).transpose()?;
        let anchors = Anchors { root, manager };
        Ok(Self { folder: folder.to_owned(), settings, anchors, provider, client, passphrase })
    }

    /// What it was told.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The key that the station is registered with.
    ///
    /// # Errors
    /// [`HomeError::File`], also when it is encrypted and the passphrase is wrong or missing.
    pub fn canonical_key(&self) -> Result<PrivateKey, HomeError> {
        read_key(&self.folder.join(CANONICAL), self.passphrase())
    }

    fn passphrase(&self) -> Option<&[u8]> {
        self.passphrase.as_ref().map(|octets| octets.as_slice())
    }

    /// Its credentials, those that start first in front.
    ///
    /// # Errors
    /// [`HomeError::File`].
    pub fn credentials(&self) -> Result<Vec<Pair>, HomeError> {
        pairs::list(&self.folder.join(CREDENTIALS))
    }

    /// The credential to use: the one that started last of those that are valid.
    ///
    /// # Errors
    /// [`HomeError::NotEnrolled`]; [`HomeError::File`].
    pub fn credential(&self, now: Time64) -> Result<Pair, HomeError> {
        let valid = self.credentials()?.into_iter().rfind(|pair| pair.is_valid(now));
        valid.ok_or(HomeError::NotEnrolled)
    }

    /// Whether it is time for another credential: there is none, or it ends soon.
    ///
    /// # Errors
    /// [`HomeError::File`].
    pub fn is_due(&self, now: Time64) -> Result<bool, HomeError> {
        match self.credential(now) {
            Ok(pair) => {
                let from_then = now.saturating_add_micros(RENEWAL_SECONDS * 1_000_000);
                Ok(pair.certificate().validity().end() <= from_then)
            }
            Err(HomeError::NotEnrolled) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Its tickets, those that start first in front.
    ///
    /// # Errors
    /// [`HomeError::File`].
    pub fn tickets(&self) -> Result<Vec<Pair>, HomeError> {
        pairs::list(&self.folder.join(TICKETS))
    }

    /// When the next lists are due; `None` without lists.
    ///
    /// # Errors
    /// [`HomeError::Lists`] when they are overdue; [`HomeError::Refused`].
    pub fn lists_due(&self, now: Time64) -> Result<Option<Time64>, HomeError> {
        Ok(self.believed(now)?.due)
    }

    /// Whom the station believes by its lists.
    ///
    /// # Errors
    /// [`HomeError::Lists`] when they are overdue; [`HomeError::Refused`].
    pub fn trust(&self, now: Time64) -> Result<TrustStore, HomeError> {
        Ok(self.believed(now)?.into_trust())
    }

    /// A ticket or credential of this home with its key, to sign with.
    ///
    /// # Errors
    /// [`HomeError::File`], also when the key is encrypted and the passphrase is wrong or missing.
    pub fn identity(&self, pair: &Pair) -> Result<SigningIdentity, HomeError> {
        let signer = self.provider.signer(&pair.key(self.passphrase())?)?;
        let identity = SigningIdentity::new(pair.certificate().clone(), signer);
        identity.map_err(|refusal| HomeError::file(pair.key_file(), refusal))
    }

    fn believed(&self, now: Time64) -> Result<Believed, HomeError> {
        Believed::read(&self.folder, &self.anchors, Arc::clone(&self.provider), now)
    }

    /// Fetches the lists: the trust list manager's, if the station believes one, and the root's. A trust list manager that a link
    /// leads to takes the place of the one before as soon as it has a list.
    ///
    /// # Errors
    /// [`HomeError::Client`]; [`HomeError::Refused`] for a list that is not believed or comes before the one at hand;
    /// [`HomeError::Link`].
    pub async fn update_lists(&mut self, now: Time64) -> Result<ListNews, HomeError> {
        let (manager, contact) = (self.anchors.manager.clone(), self.settings.contact.clone());
        let next = match manager.zip(contact) {
            Some((manager, contact)) => {
                lists::next_manager(&manager, &self.provider, &self.client, &contact, now).await?
            }
            None => None,
        };
        let Some(next) = next else { return self.update_lists_of(&self.anchors, now).await };
        let anchors = Anchors { manager: Some(next.clone()), ..self.anchors.clone() };
        let news = self.update_lists_of(&anchors, now).await?;
        // Behind its list: whoever stops in between starts again from here.
        files::write(&self.folder.join(MANAGER), next.octets(), For::Everybody)?;
        self.anchors = anchors;
        Ok(news)
    }

    async fn update_lists_of(&self, anchors: &Anchors, now: Time64) -> Result<ListNews, HomeError> {
        let Settings { centre, contact, .. } = &self.settings;
        let sources = Sources { client: &self.client, centre, contact: contact.as_ref() };
        lists::update(&self.folder, anchors, &self.provider, sources, now).await
    }

    /// Gets a credential: with the current one if it is valid and the EA knows it, else with the canonical key. What is at
    /// hand stays, since both may be valid for a while.
    ///
    /// # Errors
    /// [`HomeError::Station`] with the EA's refusal; [`HomeError::Client`]; [`HomeError::Lists`] and those of reading
    /// the home.
    pub async fn enrol(&self, now: Time64, rng: &mut dyn CryptoRng) -> Result<Pair, HomeError> {
        let current = match self.credential(now) {
            Ok(pair) => Some(pair),
            Err(HomeError::NotEnrolled) => None,
            Err(error) => return Err(error),
        };
        match self.enrol_as(current.as_ref(), now, rng).await {
            // An EA that lost records knows the station still, and a credential of its own no more.
            Err(HomeError::Station(StationError::EnrolmentRefused(EnrolmentResponseCode::UnknownIts)))
                if current.is_some() =>
            {
                self.enrol_as(None, now, rng).await
            }
            outcome => outcome,
        }
    }

    /// As the holder of a credential, or with the canonical key.
    async fn enrol_as(
        &self,
        current: Option<&Pair>,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Pair, HomeError> {
        let mut believed = self.believed(now)?;
        let ea = believed.ea(now)?;
        let of_list = believed.addresses().ea(&ea).and_then(|found| found.for_stations.clone());
        let address = self.settings.ea.clone().or(of_list).ok_or(HomeError::NoAddress("EA"))?;
        let canonical = self.canonical_key()?;
        let key = PrivateKey::generate(canonical.curve(), rng)?;
        let new = self.provider.signer(&key)?;
        let own = current.map_or(Ok(canonical), |pair| pair.key(self.passphrase()))?;
        let signer = &*self.provider.signer(&own)?;
        let identity = match current {
            Some(pair) => Identity::Credential(Credential { certificate: pair.certificate(), signer }),
            None => Identity::Canonical { id: &self.settings.id, signer },
        };
        let asked = Enrolment::new(identity, &*new, &ea, believed.trust(), now, rng)?;
        let answer = self.client.send(&address, asked.request(), PATIENCE).await?;
        let credential = asked.answer(&answer, believed.trust(), now)?;
        self.keep_credential(&credential, &key, now, rng)
    }

    fn keep_credential(
        &self,
        credential: &Certificate,
        key: &PrivateKey,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Pair, HomeError> {
        let folder = self.folder.join(CREDENTIALS);
        pairs::keep(&folder, credential, key, self.passphrase(), rng)?;
        if pairs::list(&folder)?.len() > MAX_CREDENTIALS {
            pairs::forget_expired(&folder, now)?;
        }
        let kept = pairs::list(&folder)?.into_iter().find(|pair| pair.certificate() == credential);
        kept.ok_or_else(|| HomeError::file(&folder, "the credential is gone"))
    }

    /// Gets so many tickets, each with a key of its own, and says how many of them there are now. Those that have run out
    /// are forgotten first. What was got before a failure is kept.
    ///
    /// # Errors
    /// [`HomeError::TooMany`]; [`HomeError::NotEnrolled`]; [`HomeError::Station`] with the AA's refusal;
    /// [`HomeError::Client`]; [`HomeError::Lists`] and those of reading the home.
    pub async fn authorize(
        &self,
        count: usize,
        wish: &TicketWish,
        now: impl Fn() -> Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<Certificate>, HomeError> {
        let folder = self.folder.join(TICKETS);
        pairs::forget_expired(&folder, now())?;
        let held = pairs::list(&folder)?.len();
        if held.saturating_add(count) > MAX_TICKETS {
            return Err(HomeError::TooMany { held, wanted: count });
        }
        let mut asking = self.asking(now())?;
        let mut tickets = Vec::with_capacity(count);
        for _ in 0..count {
            let (ticket, key) = self.ticket(&mut asking, wish, now(), rng).await?;
            pairs::keep(&folder, &ticket, &key, self.passphrase(), rng)?;
            tickets.push(ticket);
        }
        Ok(tickets)
    }

    fn asking(&self, now: Time64) -> Result<Asking, HomeError> {
        let mut believed = self.believed(now)?;
        let (ea, aa) = (believed.ea(now)?, believed.aa(now)?);
        let of_list = believed.addresses().aa(&aa).cloned();
        let address = self.settings.aa.clone().or(of_list).ok_or(HomeError::NoAddress("AA"))?;
        let credential = self.credential(now)?;
        let key = credential.key(self.passphrase())?;
        Ok(Asking { believed, ea, aa, address, credential, key })
    }

    async fn ticket(
        &self,
        asking: &mut Asking,
        wish: &TicketWish,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Certificate, PrivateKey), HomeError> {
        let key = PrivateKey::generate(asking.key.curve(), rng)?;
        let (new, own) = (self.provider.signer(&key)?, self.provider.signer(&asking.key)?);
        let TicketWish { attributes, privacy, proof } = wish.clone();
        let ask = Ask { key: &*new, encryption_key: None, attributes, privacy, proof };
        let credential = Credential { certificate: asking.credential.certificate(), signer: &*own };
        let authorities = Authorities { ea: &asking.ea, aa: &asking.aa };
        let trust = asking.believed.trust();
        let asked = Authorization::new(&ask, credential, authorities, trust, now, rng)?;
        let answer = self.client.send(&asking.address, asked.request(), PATIENCE).await?;
        let ticket = asked.answer(&answer, asking.believed.trust(), now)?;
        Ok((ticket, key))
    }
}

fn certificate(path: &Path) -> Result<Certificate, HomeError> {
    Certificate::parse(&files::read(path)?).map_err(|refusal| HomeError::file(path, refusal))
}

/// What all tickets of one round are asked for with.
struct Asking {
    believed: Believed,
    ea: Certificate,
    aa: Certificate,
    address: AccessPoint,
    credential: Pair,
    key: PrivateKey,
}

impl SettingsText {
    fn of(settings: &Settings) -> Self {
        Self {
            id: hex::encode(&settings.id),
            distribution_centre: settings.centre.to_string(),
            enrolment_authority: settings.ea.as_ref().map(ToString::to_string),
            authorization_authority: settings.aa.as_ref().map(ToString::to_string),
            point_of_contact: settings.contact.as_ref().map(ToString::to_string),
        }
    }

    fn settings(self, path: &Path) -> Result<Settings, HomeError> {
        let address =
            |text: String| text.parse::<AccessPoint>().map_err(|error| HomeError::file(path, error));
        Ok(Settings {
            id: hex::decode(&self.id).map_err(|error| HomeError::file(path, error))?,
            centre: address(self.distribution_centre)?,
            ea: self.enrolment_authority.map(address).transpose()?,
            aa: self.authorization_authority.map(address).transpose()?,
            contact: self.point_of_contact.map(address).transpose()?,
        })
    }
}
