//! Curves, ECDSA, ECIES, AES-CCM and hashes for V2X security, with the portable RustCrypto provider.
//!
//! This crate knows keys, points, signatures and shared secrets, but no V2X message: the caller hands over the octets
//! that IEEE 1609.2 says are signed, hashed or encrypted. It does no I/O and holds no random number generator.
//!
//! - A [`PublicKey`] is a point that has been checked: on its curve, coordinates below the field's prime, not infinity.
//!   Decompression and the check happen once, when the key is made.
//! - A [`Signature`] has both parts in `1..n`; anything else is refused when it is made.
//! - A [`PrivateKey`] is wiped when dropped, cannot be cloned, and cannot be printed.
//! - A [`Provider`] verifies, and turns private keys into [`Signer`]s and [`KeyAgreement`]s. [`RustCrypto`] serves all
//!   four curves on every target. A key that lives elsewhere implements [`Signer`] or [`KeyAgreement`] itself.
//! - [`ecies`], [`ccm`], [`mac`], [`kdf`] and [`ecqv`] are the constructions of IEEE 1609.2 on top.
//!
//! Randomness is passed in as `&mut dyn CryptoRng`. SM2, SM3 and SM4 are refused by name ([`CryptoError::Unsupported`]).
//!
//! ```
//! use v2x_crypto::{Curve, HashAlgorithm, PrivateKey, Provider, RustCrypto, SignatureInput};
//!
//! # fn demo(rng: &mut dyn v2x_crypto::CryptoRng) -> Result<(), v2x_crypto::CryptoError> {
//! let key = PrivateKey::generate(Curve::BrainpoolP256r1, rng)?;
//! let message = SignatureInput::new(HashAlgorithm::Sha256, b"to-be-signed octets", b"signer certificate");
//! let signature = RustCrypto.signer(&key)?.sign(message.as_bytes())?;
//! RustCrypto.verify(key.public_key(), message.as_bytes(), &signature)?;
//! # Ok(())
//! # }
//! ```
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod arithmetic;
pub mod ccm;
mod curve;
pub mod ecies;
pub mod ecqv;
mod error;
mod hash;
pub mod kdf;
mod key_file;
pub mod mac;
mod p256_root;
mod private_key;
mod provider;
mod public_key;
mod rust_crypto;
mod secret;
// Not only for tests: every build fails if a secret becomes printable.
mod secret_types;
mod signature;
mod spki;

pub use crate::{
    curve::{Curve, HashAlgorithm},
    error::{Algorithm, CryptoError},
    hash::{Digest, Hasher, SignatureInput, sha256, sha384},
    private_key::PrivateKey,
    provider::{BatchVerifier, KeyAgreement, KeyTableStatistics, PreparedKey, Provider, Signer},
    public_key::PublicKey,
    rust_crypto::{HedgedSigner, RustCrypto},
    secret::{AesKey, SharedSecret},
    signature::Signature,
};
pub use rand_core::CryptoRng;
