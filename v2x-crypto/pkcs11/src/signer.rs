//! Signing.

use crate::{KeyName, Pkcs11Error, Token};
use cryptoki::mechanism::Mechanism;
use std::sync::Arc;
use v2x_crypto::{CryptoError, Curve, PreparedKey, Provider, PublicKey, Signature, Signer};

/// What a key signs once, to see whether its public key is its own. No IEEE 1609.2 signature is over so few octets.
const PROBE: &[u8] = b"do these two belong together?";

/// A private key in a token that signs.
#[derive(Clone)]
pub struct TokenSigner {
    token: Arc<Token>,
    name: KeyName,
    public: PublicKey,
    verifier: Arc<dyn PreparedKey>,
}

impl Token {
    /// The key by this name, to sign with; `provider` verifies what it signs. It signs once, which shows that it can and
    /// whose signatures these are.
    ///
    /// # Errors
    /// Those of [`Token::public_key`]; [`Pkcs11Error::WrongCurve`] if it is not on `curve`; [`Pkcs11Error::NotAPair`];
    /// [`Pkcs11Error::Refused`] for a key that does not sign.
    pub fn signer(
        self: &Arc<Self>,
        key: &KeyName,
        curve: Curve,
        provider: &dyn Provider,
    ) -> Result<TokenSigner, Pkcs11Error> {
        let public = self.public_key_on(key, curve)?;
        self.warn_if_extractable(key)?;
        let verifier = provider.prepare(&public).map_err(|reason| self.unusable(key, reason))?;
        let signer =
            TokenSigner { token: Arc::clone(self), name: key.clone(), public, verifier: verifier.into() };
        match signer.try_sign(PROBE) {
            Ok(_) => Ok(signer),
            Err(Pkcs11Error::Unusable { reason: CryptoError::BadSignature, .. }) => Err(self.not_a_pair(key)),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn unusable(&self, key: &KeyName, reason: CryptoError) -> Pkcs11Error {
        Pkcs11Error::Unusable { token: self.label().to_owned(), key: key.clone(), reason }
    }

    pub(crate) fn not_a_pair(&self, key: &KeyName) -> Pkcs11Error {
        Pkcs11Error::NotAPair { token: self.label().to_owned(), key: key.clone() }
    }
}

impl TokenSigner {
    /// Signs the hash of `message`, with the hash of the key's curve, and says what went wrong in full. No signature leaves that
    /// does not verify: keys are numbers to a module, and one that mixed them up, or was disturbed, would not say so.
    ///
    /// # Errors
    /// [`Pkcs11Error::Lost`], [`Pkcs11Error::Busy`], [`Pkcs11Error::Refused`], [`Pkcs11Error::NoKey`],
    /// [`Pkcs11Error::Unusable`]; those of [`Token::open`] when a session is opened anew.
    pub fn try_sign(&self, message: &[u8]) -> Result<Signature, Pkcs11Error> {
        let digest = self.public.curve().hash().digest(message);
        let octets = self.token.with_session(Some(&self.name), |held| {
            let handle = held.private(self.token.place(), &self.name)?;
            Ok(held.session.sign(&Mechanism::Ecdsa, handle, digest.as_bytes())?)
        })?;
        Signature::from_fixed(self.public.curve(), &octets)
            .and_then(|signature| self.verifier.verify(message, &signature).map(|()| signature))
            .map_err(|reason| self.token.unusable(&self.name, reason))
    }
}

impl Signer for TokenSigner {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, CryptoError> {
        self.try_sign(message).map_err(|error| error.logged())
    }
}
