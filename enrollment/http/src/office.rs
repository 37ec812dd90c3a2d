//! EA and AA behind their desks.

use crate::{
    clock,
    desk::{Desk, Seat, WorkerFailed},
    limits::EA_PATIENCE,
    random,
    reply::Reply,
};
use bytes::Bytes;
use enrollment_aa::{AuthorizationAuthority, QuestionId, Step};
use enrollment_client::{Addresses, Client};
use enrollment_ea::EnrolmentAuthority;
use enrollment_protocol::resource::RESPONSE_TYPE;
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use thiserror::Error;
use v2x_ca::{CaError, ledger::LedgerError};
use v2x_security::certificate::Certificate;

/// Why a request has no answer. Nothing is remembered of it: the same octets may come again.
#[derive(Debug, Error)]
pub enum Unavailable {
    /// As many requests are inside as may be.
    #[error("busy")]
    Busy,
    /// The clock cannot be believed.
    #[error(transparent)]
    Clock(#[from] clock::ClockError),
    /// There is no randomness.
    #[error(transparent)]
    Randomness(#[from] random::NoRandomness),
    /// The ledger, a key or another part of the authority.
    #[error(transparent)]
    Authority(#[from] CaError),
    /// A worker died of the request.
    #[error(transparent)]
    Worker(#[from] WorkerFailed),
    /// The authority said twice that somebody else has the answer, and nobody has.
    #[error("the authority did not make up its mind")]
    OutOfStep,
}

impl Unavailable {
    /// What the client is told: to come again, soon or later.
    #[must_use]
    pub fn reply(&self) -> Reply {
        match self {
            Self::Busy | Self::Authority(CaError::Ledger(LedgerError::Busy)) => Reply::busy(),
            Self::Clock(_) | Self::Randomness(_) | Self::Authority(_) | Self::Worker(_) | Self::OutOfStep => {
                tracing::error!(reason = %self, "a request cannot be served");
                Reply::out_of_order()
            }
        }
    }
}

/// An answer as HTTP has it.
pub(crate) fn reply(outcome: Result<Vec<u8>, Unavailable>) -> Reply {
    match outcome {
        Ok(octets) => Reply::ok(RESPONSE_TYPE, octets),
        Err(unavailable) => unavailable.reply(),
    }
}

/// An EA: one core a worker, all on handles of one registry.
#[derive(Clone)]
pub struct EaOffice {
    desk: Arc<Desk<EnrolmentAuthority>>,
}

impl EaOffice {
    /// An EA at this desk.
    #[must_use]
    pub const fn new(desk: Arc<Desk<EnrolmentAuthority>>) -> Self {
        Self { desk }
    }

    /// The desk: to change what the cores know, and to see how full it is.
    #[must_use]
    pub fn desk(&self) -> &Desk<EnrolmentAuthority> {
        &self.desk
    }

    /// Answers an enrolment request.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn enrol(&self, request: Bytes) -> Result<Vec<u8>, Unavailable> {
        self.step(move |ea| Ok(ea.enrol(clock::now()?, &request, &mut random::generator()?)?)).await
    }

    /// Answers an authorization validation request.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn validate(&self, request: Bytes) -> Result<Vec<u8>, Unavailable> {
        self.step(move |ea| Ok(ea.validate(clock::now()?, &request, &mut random::generator()?)?)).await
    }

    async fn step(
        &self,
        step: impl FnOnce(&mut EnrolmentAuthority) -> Result<Vec<u8>, Unavailable> + Send + 'static,
    ) -> Result<Vec<u8>, Unavailable> {
        self.desk.seat().ok_or(Unavailable::Busy)?.step(step).await?
    }
}

/// An AA: one core a worker, all on handles of one ledger, and the way to the EAs.
#[derive(Clone)]
pub struct AaOffice {
    desk: Arc<Desk<AuthorizationAuthority>>,
    client: Client,
    addresses: Arc<RwLock<Addresses>>,
    patience: Duration,
}

impl AaOffice {
    /// An AA at this desk, which asks EAs where `addresses` say.
    #[must_use]
    pub const fn new(
        desk: Arc<Desk<AuthorizationAuthority>>,
        client: Client,
        addresses: Arc<RwLock<Addresses>>,
    ) -> Self {
        Self { desk, client, addresses, patience: EA_PATIENCE }
    }

    /// With another time in which an EA must be reached, below the 10 s that the core lets a question wait.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience.min(EA_PATIENCE);
        self
    }

    /// The desk: to change what the cores know, and to see how full it is.
    #[must_use]
    pub fn desk(&self) -> &Desk<AuthorizationAuthority> {
        &self.desk
    }

    /// Answers an authorization request.
    ///
    /// What was taken in is brought to its end, also when the client goes away: it comes again, and finds its answer.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn authorize(&self, request: Bytes) -> Result<Vec<u8>, Unavailable> {
        let seat = self.desk.seat().ok_or(Unavailable::Busy)?;
        let office = self.clone();
        let task = tokio::spawn(async move { office.seated(&seat, request).await });
        task.await.map_err(|_| WorkerFailed)?
    }

    /// A retry can meet its first on the same worker: whoever comes second to the EA's answer finds the ticket on record.
    async fn seated(
        &self,
        seat: &Seat<AuthorizationAuthority>,
        request: Bytes,
    ) -> Result<Vec<u8>, Unavailable> {
        for _ in 0..2 {
            let (question, ea, asked) = match self.first_step(seat, request.clone()).await? {
                Step::Answer(octets) => return Ok(octets),
                Step::AskEa { question, ea, request } => (question, ea, request),
            };
            let confirmed = self.ask(&ea, &asked).await;
            if let Some(octets) = self.second_step(seat, question, confirmed).await? {
                return Ok(octets);
            }
        }
        Err(Unavailable::OutOfStep)
    }

    async fn first_step(
        &self,
        seat: &Seat<AuthorizationAuthority>,
        request: Bytes,
    ) -> Result<Step, Unavailable> {
        let step = move |aa: &mut AuthorizationAuthority| -> Result<Step, Unavailable> {
            Ok(aa.request(clock::now()?, &request, &mut random::generator()?)?)
        };
        seat.step(step).await?
    }

    async fn second_step(
        &self,
        seat: &Seat<AuthorizationAuthority>,
        question: QuestionId,
        confirmed: Option<Vec<u8>>,
    ) -> Result<Option<Vec<u8>>, Unavailable> {
        let step = move |aa: &mut AuthorizationAuthority| -> Result<Option<Vec<u8>>, Unavailable> {
            let (now, rng) = (clock::now()?, &mut random::generator()?);
            Ok(match confirmed {
                Some(answer) => aa.ea_answered(now, question, &answer, rng)?,
                None => aa.ea_unreachable(now, question, rng)?,
            })
        };
        seat.step(step).await?
    }

    /// What the EA answers, or nothing when it cannot be reached.
    async fn ask(&self, ea: &Certificate, question: &[u8]) -> Option<Vec<u8>> {
        let address = {
            let addresses = self.addresses.read().unwrap_or_else(PoisonError::into_inner);
            addresses.ea(ea).map(|found| found.for_aas.clone())
        };
        let Some(address) = address else {
            tracing::warn!(ea = %ea.hashed_id8(), "no list and no setting says where this EA is");
            return None;
        };
        match self.client.send(&address, question, self.patience).await {
            Ok(answer) => Some(answer),
            Err(error) => {
                tracing::warn!(ea = %ea.hashed_id8(), reason = %error, "an EA does not answer");
                None
            }
        }
    }
}
