//! The default crypto provider: P-256 and P-384 by aws-lc-rs.
//!
//! Brainpool curves, which AWS-LC does not have, are deferred to [`RustCrypto`]. Signatures are randomised by AWS-LC's
//! own generator: the one place where randomness is not passed in.

mod nist;

use nist::{Agreement, Nist, Prepared, SigningKey};
use v2x_crypto::{
    CryptoError, KeyAgreement, PreparedKey, PrivateKey, Provider, PublicKey, RustCrypto, Signature, Signer,
};

/// ECDSA and ECDH of AWS-LC on P-256 and P-384, of RustCrypto on the brainpool curves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AwsLc;

impl Provider for AwsLc {
    fn name(&self) -> &'static str {
        "AWS-LC"
    }

    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> Result<(), CryptoError> {
        match Nist::of(key.curve()) {
            Some(nist) => nist.verify(key, message, signature),
            None => RustCrypto.verify(key, message, signature),
        }
    }

    fn prepare(&self, key: &PublicKey) -> Result<Box<dyn PreparedKey>, CryptoError> {
        match Nist::of(key.curve()) {
            Some(nist) => Ok(Box::new(Prepared::new(nist, key)?)),
            None => RustCrypto.prepare(key),
        }
    }

    fn signer(&self, key: &PrivateKey) -> Result<Box<dyn Signer>, CryptoError> {
        match Nist::of(key.curve()) {
            Some(nist) => Ok(Box::new(SigningKey::new(nist, key)?)),
            None => RustCrypto.signer(key),
        }
    }

    fn key_agreement(&self, key: &PrivateKey) -> Result<Box<dyn KeyAgreement>, CryptoError> {
        match Nist::of(key.curve()) {
            Some(nist) => Ok(Box::new(Agreement::new(nist, key)?)),
            None => RustCrypto.key_agreement(key),
        }
    }
}
