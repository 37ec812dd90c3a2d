//! A PKI whose EA and AA are somewhere else: servers, say.

use super::{Held, PkiError, TicketWish, exchange::Asking, trust_store};
use enrollment_ea::registry::{CanonicalId, Profile, Station, Status};
use enrollment_station::enrolment::Identity;
use std::sync::Arc;
use v2x_ca::lab::Lab;
use v2x_codec::time::Time64;
use v2x_crypto::{CryptoRng, PrivateKey, Provider};
use v2x_station::ticket_pool::Ticket;

/// Carries octets to an EA and an AA, from many stations at the same time. What fails is said in a sentence.
pub trait Offices: Send + Sync {
    /// The time by which they judge.
    ///
    /// # Errors
    /// Why it is not known.
    fn now(&self) -> Result<Time64, String>;
    /// Registers a station with the EA.
    ///
    /// # Errors
    /// Why it is not registered.
    fn register(&self, id: &CanonicalId, station: &Station) -> Result<(), String>;
    /// The EA's answer to an enrolment request.
    ///
    /// # Errors
    /// Why there is none.
    fn enrol(&self, request: &[u8]) -> Result<Vec<u8>, String>;
    /// The AA's answer to an authorization request.
    ///
    /// # Errors
    /// Why there is none.
    fn authorize(&self, request: &[u8]) -> Result<Vec<u8>, String>;
}

/// Opens the offices of a lab's EA and AA.
pub type Open<'a> = dyn Fn(&Lab) -> Result<Box<dyn Offices>, String> + 'a;

/// Stations' way to the offices of a lab.
pub struct Counter<'o> {
    lab: Arc<Lab>,
    provider: Arc<dyn Provider>,
    offices: &'o dyn Offices,
}

impl<'o> Counter<'o> {
    /// The offices of `lab`'s EA and AA.
    #[must_use]
    pub const fn new(lab: Arc<Lab>, provider: Arc<dyn Provider>, offices: &'o dyn Offices) -> Self {
        Self { lab, provider, offices }
    }

    /// The time by which the offices judge.
    ///
    /// # Errors
    /// [`PkiError::Office`].
    pub fn now(&self) -> Result<Time64, PkiError> {
        self.offices.now().map_err(PkiError::Office)
    }

    /// Registers a station under a name, enrols it, and gets it so many tickets.
    ///
    /// # Errors
    /// [`PkiError::Office`] when an office fails; [`PkiError::Station`] with what the station made of an answer.
    pub fn newcomer(
        &self,
        name: &str,
        profile: Profile,
        (tickets, wish): (usize, &TicketWish),
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<Ticket>, PkiError> {
        let now = self.now()?;
        let (id, curve) = (CanonicalId::new(name.as_bytes())?, self.lab.root.signing.curve());
        let canonical = PrivateKey::generate(curve, rng)?;
        let station = Station { canonical_key: *canonical.public_key(), status: Status::Active, profile };
        self.offices.register(&id, &station).map_err(PkiError::Office)?;
        let mut trust = trust_store(&self.lab, &self.provider)?;
        let (lab, provider) = (&*self.lab, &*self.provider);
        let mut asking = Asking { lab, provider, trust: &mut trust, now };
        let signer = self.provider.signer(&canonical)?;
        let identity = Identity::Canonical { id: name.as_bytes(), signer: &*signer };
        let credential = asking.enrol(identity, curve, rng, &mut |request, _| {
            self.offices.enrol(request).map_err(PkiError::Office)
        })?;
        let mut get = || {
            asking.ticket(&credential, wish, rng, &mut |request, _| {
                self.offices.authorize(request).map_err(PkiError::Office)
            })
        };
        let held: Vec<Held> = (0..tickets).map(|_| get()).collect::<Result<_, _>>()?;
        let mut pool = |held: &Held| -> Result<Ticket, PkiError> {
            let chain = trust.chain(&held.certificate)?;
            Ok(Ticket::new(chain, self.provider.signer(&held.key)?)?)
        };
        held.iter().map(&mut pool).collect()
    }
}
