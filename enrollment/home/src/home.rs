//! The home itself.

use crate::{
    HomeError, ListNews, Pair,
    files::{self, For},
    limits::RENEWAL_SECONDS,
    lists::{self, Anchors, Believed, Sources},
    pairs::{self, KeyText, read_key},
};
use enrollment_client::{AccessPoint, Client};
use serde::{Deserialize, Serialize};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use v2x_codec::time::Time64;
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
    pub(crate) folder: PathBuf,
    pub(crate) settings: Settings,
    anchors: Anchors,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) client: Client,
    passphrase: Option<Zeroizing<Vec<u8>>>,
}

const SETTINGS: &str = "station.json";
const ROOT: &str = "root.cert";
const MANAGER: &str = "tlm.cert";
const CANONICAL: &str = "canonical.key";
pub(crate) const CREDENTIALS: &str = "credentials";
pub(crate) const TICKETS: &str = "tickets";

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
        KeyText::of(canonical, secret, rng)?.write(&folder.join(CANONICAL))?;
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

    pub(crate) fn passphrase(&self) -> Option<&[u8]> {
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

    pub(crate) fn believed(&self, now: Time64) -> Result<Believed, HomeError> {
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
}

fn certificate(path: &Path) -> Result<Certificate, HomeError> {
    Certificate::parse(&files::read(path)?).map_err(|refusal| HomeError::file(path, refusal))
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
