//! Answers: signed by the authority, then encrypted under the request's key where that could be read.

use crate::{
    Fault, message,
    sealed::seal_answer,
    signed::{self, SignedBy},
};
use v2x_codec::{ieee1609dot2::encode, time::Time64, ts102941::EtsiTs102941DataContent};
use v2x_crypto::{AesKey, CryptoRng, Signer};
use v2x_security::{certificate::Certificate, sign::SignedPayload};

/// An authority as it signs answers.
#[derive(Clone, Copy)]
pub struct Answerer<'a> {
    /// Its certificate.
    pub certificate: &'a Certificate,
    /// Its key, wherever that lives.
    pub signer: &'a dyn Signer,
}

impl Answerer<'_> {
    /// The octets of an answer under the key of its request.
    ///
    /// TS 102 941 encrypts answers under the key of the request. Where that key could not be read there is nothing to
    /// encrypt under, and the answer, which then holds a hash and a code only, is signed alone.
    ///
    /// # Errors
    /// [`Fault::Unparsable`] when the content breaks its own rules; [`Fault::Denied`] when a key fails.
    pub fn answer(
        self,
        content: EtsiTs102941DataContent,
        key: Option<&AesKey>,
        now: Time64,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, Fault> {
        let octets = message::to_octets(content)?;
        let by = SignedBy::Certificate(self.certificate);
        let signed = signed::sign(SignedPayload::Data(&octets), by, self.signer, now)?;
        match key {
            Some(key) => Ok(encode(&seal_answer(&signed, key, rng)?)?),
            None => Ok(signed),
        }
    }
}
