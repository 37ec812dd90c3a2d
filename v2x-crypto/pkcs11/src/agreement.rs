//! Agreeing on a secret, for ECIES.

use crate::{
    KeyName, Pkcs11Error, Token,
    key::unusable,
    pool::{Held, Trouble},
    token::Place,
};
use cryptoki::{
    mechanism::{
        Mechanism,
        elliptic_curve::{EcKdf, Ecdh1DeriveParams},
    },
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
};
use std::{hint::black_box, sync::Arc};
use v2x_crypto::{CryptoError, Curve, KeyAgreement, PrivateKey, PublicKey, SharedSecret};
use zeroize::Zeroizing;

/// A private key in a token that others encrypt to.
#[derive(Clone)]
pub struct TokenAgreement {
    token: Arc<Token>,
    name: KeyName,
    public: PublicKey,
}

impl Token {
    /// The key by this name, to agree with. It agrees once with the base point, which must give its own public key.
    ///
    /// # Errors
    /// Those of [`Token::public_key`]; [`Pkcs11Error::WrongCurve`] if it is not on `curve`; [`Pkcs11Error::NotAPair`];
    /// [`Pkcs11Error::Refused`] for a key that does not agree.
    pub fn agreement(self: &Arc<Self>, key: &KeyName, curve: Curve) -> Result<TokenAgreement, Pkcs11Error> {
        let public = self.public_key_on(key, curve)?;
        self.warn_if_extractable(key)?;
        let agreement = TokenAgreement { token: Arc::clone(self), name: key.clone(), public };
        let base = base_point(curve).map_err(|reason| self.unusable(key, reason))?;
        let secret = agreement.try_agree(&base)?;
        if secret.expose() == public.x() { Ok(agreement) } else { Err(self.not_a_pair(key)) }
    }
}

/// The public key of the private key one.
fn base_point(curve: Curve) -> Result<PublicKey, CryptoError> {
    let mut one = vec![0; curve.coordinate_len()];
    one.iter_mut().rev().take(1).for_each(|octet| *octet = 1);
    Ok(*PrivateKey::from_scalar(curve, &one)?.public_key())
}

impl TokenAgreement {
    /// The x coordinate of this key times `peer`, and in full what went wrong.
    ///
    /// # Errors
    /// [`Pkcs11Error::WrongCurve`] for a peer on another curve; otherwise as [`TokenSigner::try_sign`](crate::TokenSigner::try_sign).
    pub fn try_agree(&self, peer: &PublicKey) -> Result<SharedSecret, Pkcs11Error> {
        let curve = self.public.curve();
        if peer.curve() != curve {
            let (token, key) = (self.token.label().to_owned(), self.name.clone());
            return Err(Pkcs11Error::WrongCurve { token, key, expected: curve, found: peer.curve() });
        }
        let place = self.token.place();
        self.token.with_session(Some(&self.name), |held| {
            let key = held.private(place, &self.name)?;
            let derived = derive(held, key, peer)?;
            let secret = read(held, derived, place, &self.name, curve);
            // Away with it whether it could be read or not.
            held.session.destroy_object(derived)?;
            secret
        })
    }
}

/// Derives the x coordinate as an object of the session that can be read, which is what PKCS#11 has for a secret that goes
/// through a function it does not know.
fn derive(held: &Held<'_>, key: ObjectHandle, peer: &PublicKey) -> Result<ObjectHandle, Trouble> {
    let mechanism = Mechanism::Ecdh1Derive(Ecdh1DeriveParams::new(EcKdf::null(), peer.as_sec1()));
    let len = u64::try_from(peer.x().len()).map_err(|_| Pkcs11Error::Bounds)?;
    let template = [
        Attribute::Class(ObjectClass::SECRET_KEY),
        Attribute::KeyType(KeyType::GENERIC_SECRET),
        Attribute::Token(false),
        Attribute::Sensitive(false),
        Attribute::Extractable(true),
        Attribute::ValueLen(len.into()),
    ];
    Ok(held.session.derive_key(&mechanism, key, &template)?)
}

fn read(
    held: &Held<'_>,
    derived: ObjectHandle,
    place: &Place,
    name: &KeyName,
    curve: Curve,
) -> Result<SharedSecret, Trouble> {
    let mut octets = Zeroizing::new(Vec::new());
    for attribute in held.session.get_attributes(derived, &[AttributeType::Value])? {
        if let Attribute::Value(value) = attribute {
            octets = Zeroizing::new(value);
        }
    }
    overwrite_freed(octets.len());
    SharedSecret::new(curve, &octets).map_err(|reason| unusable(place, name, reason))
}

/// Overwrites what `cryptoki` has just freed: it reads an attribute into a buffer of its own, copies that, and frees it as it
/// is. Allocators hand out to a thread what it freed last, so a few buffers of the same size get that one too. They are not
/// filled with zeros, for which allocators have other ways.
fn overwrite_freed(len: usize) {
    let mut buffers: [Vec<u8>; 8] = std::array::from_fn(|_| vec![0xff; len]);
    black_box(&mut buffers);
}

impl KeyAgreement for TokenAgreement {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn agree(&self, peer: &PublicKey) -> Result<SharedSecret, CryptoError> {
        let expected = self.public.curve();
        if peer.curve() != expected {
            return Err(CryptoError::CurveMismatch { expected, found: peer.curve() });
        }
        self.try_agree(peer).map_err(|error| error.logged())
    }
}
