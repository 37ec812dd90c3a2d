//! Keys that live in a hardware security module, through PKCS#11 (OASIS, version 2.40 and later).
//!
//! A [`Token`] is one token of one module, found by its label, with a bounded pool of sessions. It finds keys by label or
//! id ([`KeyName`]), and turns them into
//!
//! - a [`TokenSigner`], which signs with `CKM_ECDSA` on all four curves: the hash is made here, the signature in the token;
//! - a [`TokenAgreement`], which agrees with `CKM_ECDH1_DERIVE` and `CKD_NULL`: what ECIES does with the shared x
//!   coordinate (KDF2, MAC1, AES-CCM) stays in [`v2x_crypto`];
//!
//! and makes key pairs that cannot be taken out again ([`Token::generate`]).
//!
//! A public key is read from the token, checked on its curve, and proven to belong to the private key before either is
//! used; every signature is verified before it is given out. A session that is lost (token pulled out, network module restarted) is an
//! error that says so; the next request opens a session anew. Where the token is missing then, the module is started anew,
//! at most once a second. Nothing is tried twice: whoever asked knows whether asking again is right.
//!
//! A [`Module`] is a library, loaded at run time, and stays loaded as long as the process lives. A login holds for the whole
//! process, as PKCS#11 has it: once a token is open, opening it again with a wrong PIN succeeds.
//!
//! ```no_run
//! use v2x_crypto::{Curve, RustCrypto};
//! use v2x_crypto_pkcs11::{KeyName, Module, Pin, Pkcs11Error, Token, Use, limits::USUAL_SESSIONS};
//!
//! # fn demo() -> Result<(), Pkcs11Error> {
//! let module = Module::load("/usr/lib/softhsm/libsofthsm2.so".as_ref())?;
//! let token = Token::open(&module, "wayseal", Pin::new(b"1234")?, USUAL_SESSIONS)?;
//! let name = KeyName::Label("ea".to_owned());
//! token.generate(&name, Curve::BrainpoolP256r1, Use::Sign)?;
//! let signer = token.signer(&name, Curve::BrainpoolP256r1, &RustCrypto)?;
//! let signature = signer.try_sign(b"to-be-signed octets")?;
//! # Ok(())
//! # }
//! ```

mod agreement;
mod curve;
mod error;
mod generate;
mod key;
pub mod limits;
mod module;
mod name;
mod pin;
mod pool;
mod signer;
mod token;

pub use crate::{
    agreement::TokenAgreement,
    error::{Pkcs11Error, Returned},
    generate::Use,
    module::Module,
    name::KeyName,
    pin::Pin,
    signer::TokenSigner,
    token::Token,
};
