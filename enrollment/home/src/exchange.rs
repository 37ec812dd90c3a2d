//! Enrolment and authorization: what is asked for, sent until there is an answer, and kept.

use crate::{
    Home, HomeError, Pair,
    home::{CREDENTIALS, TICKETS},
    limits::{MAX_CREDENTIALS, MAX_TICKETS, PATIENCE},
    lists::Believed,
    pairs::{self, KeyText},
    pending::{self, Kept, Slot},
};
use enrollment_client::{AccessPoint, ClientError};
use enrollment_station::{
    Credential, StationError,
    authorization::{Ask, Authorities, Authorization, Privacy, Proof},
    enrolment::{Enrolment, Identity},
};
use v2x_codec::{
    ieee1609dot2::{decode, encode},
    time::Time64,
    ts102941::{CertificateSubjectAttributes, EnrolmentResponseCode, SharedAtRequest},
};
use v2x_crypto::{CryptoRng, PrivateKey};
use v2x_security::certificate::Certificate;

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

/// What all tickets of one round are asked for with.
struct Asking {
    believed: Believed,
    ea: Certificate,
    aa: Certificate,
    address: AccessPoint,
    credential: Pair,
    key: PrivateKey,
}

impl Home {
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
    /// As the holder of a credential, or with the canonical key. A request that has no answer yet goes first.
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
        let (slot, canonical) = (self.slot(CREDENTIALS), self.canonical_key()?);
        let (asked, key) = match slot.take_up(&ea, self.passphrase(), now)? {
            Some(Kept { sent, key, text, .. }) => (Enrolment::resume(sent, *key.public_key()), text),
            None => self.ask_to_enrol(&slot, current, canonical, &ea, &mut believed, now, rng)?,
        };
        let answer = slot.reached(self.client.send(&address, asked.request(), PATIENCE).await)?;
        let credential = slot.answered(asked.answer(&answer, believed.trust(), now))?;
        let kept = self.keep_credential(&credential, &key, now)?;
        slot.forget()?;
        Ok(kept)
    }

    #[allow(clippy::too_many_arguments, reason = "one request is made of all this")]
    fn ask_to_enrol(
        &self,
        slot: &Slot,
        current: Option<&Pair>,
        canonical: PrivateKey,
        ea: &Certificate,
        believed: &mut Believed,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Enrolment, KeyText), HomeError> {
        let key = PrivateKey::generate(canonical.curve(), rng)?;
        let new = self.provider.signer(&key)?;
        let own = current.map_or(Ok(canonical), |pair| pair.key(self.passphrase()))?;
        let signer = &*self.provider.signer(&own)?;
        let identity = match current {
            Some(pair) => Identity::Credential(Credential { certificate: pair.certificate(), signer }),
            None => Identity::Canonical { id: &self.settings.id, signer },
        };
        let asked = Enrolment::new(identity, &*new, ea, believed.trust(), now, rng)?;
        let text = KeyText::of(&key, self.passphrase(), rng)?;
        slot.keep(&pending::Made { sent: asked.sent(), key: &key, text: &text, note: &[], now }, rng)?;
        Ok((asked, text))
    }

    fn keep_credential(
        &self,
        credential: &Certificate,
        key: &KeyText,
        now: Time64,
    ) -> Result<Pair, HomeError> {
        let folder = self.folder.join(CREDENTIALS);
        pairs::keep(&folder, credential, key)?;
        if pairs::list(&folder)?.len() > MAX_CREDENTIALS {
            pairs::forget_expired(&folder, now)?;
        }
        let kept = pairs::list(&folder)?.into_iter().find(|pair| pair.certificate() == credential);
        kept.ok_or_else(|| HomeError::file(&folder, "the credential is gone"))
    }

    /// Gets so many tickets, each with a key of its own. Those that have run out are forgotten first. What was got before a
    /// failure is kept. A ticket that was asked for before without an answer is got first: it is one of the number if it says
    /// what is asked for now, and in the pool all the same if not.
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
        if count > 0 {
            tickets.extend(self.pending_ticket(&mut asking, wish, now()).await?);
        }
        while tickets.len() < count {
            tickets.push(self.ticket(&mut asking, wish, now(), rng).await?);
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

    /// The ticket that was asked for before, if it is one that is wished for.
    async fn pending_ticket(
        &self,
        asking: &mut Asking,
        wish: &TicketWish,
        now: Time64,
    ) -> Result<Option<Certificate>, HomeError> {
        let slot = self.slot(TICKETS);
        let Some(kept) = slot.take_up(&asking.aa, self.passphrase(), now)? else { return Ok(None) };
        let Ok(shared) = decode::<SharedAtRequest>(&kept.note) else {
            return slot.forget().map(|()| None);
        };
        let attributes = shared.requested_subject_attributes;
        let is_wished_for = attributes == wish.attributes;
        let asked = Authorization::resume(kept.sent, *kept.key.public_key(), attributes);
        let ticket = self.receive(&slot, asking, &asked, &kept.text, now).await?;
        Ok(is_wished_for.then_some(ticket))
    }

    async fn ticket(
        &self,
        asking: &mut Asking,
        wish: &TicketWish,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Certificate, HomeError> {
        let slot = self.slot(TICKETS);
        let key = PrivateKey::generate(asking.key.curve(), rng)?;
        let (new, own) = (self.provider.signer(&key)?, self.provider.signer(&asking.key)?);
        let TicketWish { attributes, privacy, proof } = wish.clone();
        let note = note(&attributes)?;
        let ask = Ask { key: &*new, encryption_key: None, attributes, privacy, proof };
        let credential = Credential { certificate: asking.credential.certificate(), signer: &*own };
        let authorities = Authorities { ea: &asking.ea, aa: &asking.aa };
        let asked = Authorization::new(&ask, credential, authorities, asking.believed.trust(), now, rng)?;
        let text = KeyText::of(&key, self.passphrase(), rng)?;
        slot.keep(&pending::Made { sent: asked.sent(), key: &key, text: &text, note: &note, now }, rng)?;
        self.receive(&slot, asking, &asked, &text, now).await
    }

    async fn receive(
        &self,
        slot: &Slot,
        asking: &mut Asking,
        asked: &Authorization,
        key: &KeyText,
        now: Time64,
    ) -> Result<Certificate, HomeError> {
        let answer = slot.reached(self.client.send(&asking.address, asked.request(), PATIENCE).await)?;
        let ticket = slot.answered(asked.answer(&answer, asking.believed.trust(), now))?;
        pairs::keep(&self.folder.join(TICKETS), &ticket, key)?;
        slot.forget()?;
        Ok(ticket)
    }

    /// Where the request is kept that certificates in this folder are asked for with.
    fn slot(&self, certificates: &str) -> Slot {
        Slot::new(self.folder.join("pending").join(certificates), self.folder.join(certificates))
    }
}

/// What a ticket was asked to say, in the form in which the EA hears of it; who is asked is kept beside it.
fn note(attributes: &CertificateSubjectAttributes) -> Result<Vec<u8>, HomeError> {
    let shared = SharedAtRequest::new([0; 8], [0; 16], attributes.clone());
    Ok(encode(&shared).map_err(|error| StationError::Fault(error.into()))?)
}

impl Slot {
    /// An authority that cannot read a request will not read it the next time either.
    fn reached(&self, answer: Result<Vec<u8>, ClientError>) -> Result<Vec<u8>, HomeError> {
        if let Err(ClientError::Status { status: 400 | 413 | 415, .. }) = &answer {
            self.forget()?;
        }
        Ok(answer?)
    }

    /// A refusal is an answer; what else is wrong with one may come from anybody, and the real one may still come.
    fn answered(&self, answer: Result<Certificate, StationError>) -> Result<Certificate, HomeError> {
        let is_refusal = |error: &StationError| {
            matches!(error, StationError::EnrolmentRefused(_) | StationError::AuthorizationRefused(_))
        };
        if answer.as_ref().is_err_and(is_refusal) {
            self.forget()?;
        }
        Ok(answer?)
    }
}
