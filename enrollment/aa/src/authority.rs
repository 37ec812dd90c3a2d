//! The authority: what it holds, what it is waiting for, and its three verbs.

use crate::{
    failure::Failure,
    judge::{Judged, judge},
    limits::{EA_TIMEOUT_MICROS, MAX_PENDING},
    ticket,
};
use enrollment_protocol::{
    Fault,
    answer::Answerer,
    message, request_hash,
    sealed::{Opened, open, seal},
    signed::{self, SignedBy},
};
use std::{collections::BTreeMap, sync::Arc};
use v2x_ca::{
    CaError, Issuer, Role,
    ledger::{Ledger, LedgerError, RequestDigest, Standing},
};
use v2x_codec::{
    ieee1609dot2::encode,
    time::Time64,
    ts102941::{AuthorizationResponseCode, EtsiTs102941DataContent, InnerAtResponse},
};
use v2x_crypto::{AesKey, CryptoError, CryptoRng, KeyAgreement, Provider};
use v2x_security::{certificate::Certificate, sign::SignedPayload, trust::TrustStore};

/// What an authorization authority is made of.
pub struct Parts {
    /// Its certificate and signing key.
    pub issuer: Issuer,
    /// Its decryption key.
    pub agreement: Box<dyn KeyAgreement>,
    /// Who verifies signatures.
    pub provider: Arc<dyn Provider>,
    /// The root, and the EAs that may be asked.
    pub trust: TrustStore,
    /// Where issuing is recorded.
    pub ledger: Box<dyn Ledger + Send>,
}

/// Names a question to an EA: the digest of the station's request that raised it.
pub type QuestionId = RequestDigest;

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Send these octets to the station.
    Answer(Vec<u8>),
    /// Send `request` to the EA with certificate `ea`, and hand its answer to
    /// [`AuthorizationAuthority::ea_answered`].
    AskEa {
        /// Which question it is.
        question: QuestionId,
        /// The EA's certificate: where the EA is reached is in the root's trust list.
        ea: Certificate,
        /// The authorization validation request.
        request: Vec<u8>,
    },
}

/// A question that its EA has not answered yet.
pub(crate) struct Pending {
    /// The station's request hash and key, for the answer.
    pub(crate) request_hash: [u8; 16],
    pub(crate) key: AesKey,
    /// What the station asked for.
    pub(crate) judged: Judged,
    /// The question as it was sent, and the key of its answer.
    pub(crate) question: Vec<u8>,
    pub(crate) question_key: AesKey,
    deadline: Time64,
}

/// An authorization authority.
pub struct AuthorizationAuthority {
    pub(crate) parts: Parts,
    pending: BTreeMap<QuestionId, Pending>,
}

impl AuthorizationAuthority {
    /// An authority of these parts.
    ///
    /// # Errors
    /// [`CaError::Misuse`] if the certificate is no AA's, or the decryption key is not the one in it.
    pub fn new(parts: Parts) -> Result<Self, CaError> {
        if parts.issuer.role() != Role::AuthorizationAuthority {
            return Err(CaError::Misuse("the issuer is no authorization authority"));
        }
        if parts.issuer.certificate().encryption_key() != Some(parts.agreement.public_key()) {
            return Err(CaError::Misuse("the decryption key is not the one in the certificate"));
        }
        Ok(Self { parts, pending: BTreeMap::new() })
    }

    /// The roots and EAs that it knows, to change them.
    pub const fn trust(&mut self) -> &mut TrustStore {
        &mut self.parts.trust
    }

    /// Takes an authorization request (TS 102 941 clause 6.2.3.3.1).
    ///
    /// # Errors
    /// [`CaError`] when no answer is given, because the ledger or a key is not available: the station sends the same
    /// request again, later.
    pub fn request(&mut self, now: Time64, request: &[u8], rng: &mut dyn CryptoRng) -> Result<Step, CaError> {
        let digest = RequestDigest::of(request);
        if let Standing::Answered(octets) = self.parts.ledger.standing(&digest)? {
            return Ok(Step::Answer(octets));
        }
        if let Some(pending) = self.pending.get(&digest) {
            return Ok(ask_again(digest, pending));
        }
        match open(request, self.parts.issuer.certificate(), &*self.parts.agreement) {
            Ok(opened) => self.opened(digest, request, opened, now, rng),
            // Not for the request's sake: the decryption key cannot be asked.
            Err(Fault::Denied(why)) => Err(CaError::Crypto(CryptoError::Backend(why))),
            Err(fault) => self
                .refuse(fault.authorization_code(), request_hash(request), None, now, rng)
                .map(Step::Answer),
        }
    }

    fn opened(
        &mut self,
        digest: RequestDigest,
        request: &[u8],
        opened: Opened,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Step, CaError> {
        let Opened { plaintext, key } = opened;
        let judged = judge(&mut self.parts, &plaintext, now);
        let asked = judged.and_then(|judged| {
            self.has_room()?;
            let (question, question_key) = question(&self.parts, &judged, now, rng)?;
            Ok((judged, question, question_key))
        });
        match asked {
            Ok((judged, question, question_key)) => {
                let deadline = now.saturating_add_micros(EA_TIMEOUT_MICROS);
                let request_hash = request_hash(request);
                let pending = Pending { request_hash, key, judged, question, question_key, deadline };
                let step = ask_again(digest, &pending);
                self.pending.insert(digest, pending);
                Ok(step)
            }
            Err(fault) => {
                let code = fault.authorization_code();
                self.refuse(code, request_hash(request), Some(&key), now, rng).map(Step::Answer)
            }
        }
    }

    fn has_room(&self) -> Result<(), Fault> {
        if self.pending.len() < MAX_PENDING { Ok(()) } else { Err(Fault::UnreachableEa) }
    }

    /// Takes an EA's answer (TS 102 941 clause 6.2.3.4.2) and makes the station's (clause 6.2.3.3.2). `None` when
    /// nobody is waiting for it: then [`request`](Self::request) tells whether there is an answer meanwhile.
    ///
    /// # Errors
    /// As [`request`](Self::request).
    pub fn ea_answered(
        &mut self,
        now: Time64,
        question: QuestionId,
        answer: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Option<Vec<u8>>, CaError> {
        let Some(pending) = self.pending.remove(&question) else { return Ok(None) };
        match ticket::issue(&mut self.parts, question, &pending, answer, now, rng) {
            Ok(octets) => Ok(Some(octets)),
            Err(Failure::Refused(code)) => {
                self.refuse(code, pending.request_hash, Some(&pending.key), now, rng).map(Some)
            }
            Err(Failure::Unavailable(error)) => Err(error),
            Err(Failure::Raced) => Err(CaError::Ledger(LedgerError::Busy)),
        }
    }

    /// Takes note that the EA of a question cannot be reached, and makes the station's answer. `None` when nobody is
    /// waiting for it.
    ///
    /// # Errors
    /// [`CaError`] when not even an answer can be made: the signing key fails.
    pub fn ea_unreachable(
        &mut self,
        now: Time64,
        question: QuestionId,
        rng: &mut dyn CryptoRng,
    ) -> Result<Option<Vec<u8>>, CaError> {
        let Some(pending) = self.pending.remove(&question) else { return Ok(None) };
        let code = Fault::UnreachableEa.authorization_code();
        self.refuse(code, pending.request_hash, Some(&pending.key), now, rng).map(Some)
    }

    /// When the next question runs out.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Time64> {
        self.pending.values().map(|pending| pending.deadline).min()
    }

    /// The answers to stations whose EA did not answer in time.
    ///
    /// # Errors
    /// [`CaError`] when not even an answer can be made: the signing key fails.
    pub fn handle_timeout(
        &mut self,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<(QuestionId, Vec<u8>)>, CaError> {
        let late = |pending: &Pending| pending.deadline <= now;
        let ids: Vec<_> =
            self.pending.iter().filter(|(_, pending)| late(pending)).map(|(id, _)| *id).collect();
        let code = Fault::UnreachableEa.authorization_code();
        let mut answers = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(late) = self.pending.remove(&id) else { continue };
            answers.push((id, self.refuse(code, late.request_hash, Some(&late.key), now, rng)?));
        }
        Ok(answers)
    }

    fn refuse(
        &self,
        code: AuthorizationResponseCode,
        request_hash: [u8; 16],
        key: Option<&AesKey>,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, CaError> {
        let response = InnerAtResponse::refused(request_hash, code);
        let content = EtsiTs102941DataContent::AuthorizationResponse(response);
        let answer = answerer(&self.parts.issuer).answer(content, key, now, rng);
        answer.map_err(|_| CaError::Misuse("the answer cannot be signed"))
    }
}

/// A retry of a request that is under way asks the same question in the same octets.
fn ask_again(question: QuestionId, pending: &Pending) -> Step {
    Step::AskEa { question, ea: pending.judged.ea.clone(), request: pending.question.clone() }
}

/// The authorization validation request: signed by this AA, encrypted to the EA (TS 102 941 clause 6.2.3.4.1).
fn question(
    parts: &Parts,
    judged: &Judged,
    now: Time64,
    rng: &mut dyn CryptoRng,
) -> Result<(Vec<u8>, AesKey), Fault> {
    let content = EtsiTs102941DataContent::AuthorizationValidationRequest(judged.validation.clone());
    let octets = message::to_octets(content)?;
    let by = SignedBy::Certificate(parts.issuer.certificate());
    let signed = signed::sign(SignedPayload::Data(&octets), by, parts.issuer.signer(), now)?;
    let (sealed, key) = seal(&signed, &judged.ea, &*parts.provider, rng)?;
    Ok((encode(&sealed)?, key))
}

/// The authority as it signs answers.
pub(crate) fn answerer(issuer: &Issuer) -> Answerer<'_> {
    Answerer { certificate: issuer.certificate(), signer: issuer.signer() }
}
