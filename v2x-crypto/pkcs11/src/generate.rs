//! Making key pairs that stay where they were made.

use crate::{
    KeyName, Pkcs11Error, Token, curve,
    key::{Half, find},
    pool::Trouble,
    token::Access,
};
use cryptoki::{mechanism::Mechanism, object::Attribute, session::Session};
use v2x_crypto::{Curve, PublicKey, sha256};

/// What a key pair is for. A key has one use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// To sign (`CKA_SIGN`).
    Sign,
    /// To agree, which is how ECIES decrypts (`CKA_DERIVE`).
    Agree,
}

/// Octets of an id that is made from a label.
const ID_LEN: usize = 8;

impl Token {
    /// Makes a key pair in the token. Its private half is private, sensitive and not extractable: it can be used after
    /// login, and neither read nor wrapped. A key that goes by a label gets an id made from it, and the other way round.
    ///
    /// # Errors
    /// [`Pkcs11Error::Bounds`]; [`Pkcs11Error::KeyExists`] if either half is there already; those of [`Token::open`];
    /// [`Pkcs11Error::Refused`] when the token does not make keys on this curve.
    pub fn generate(&self, key: &KeyName, curve: Curve, purpose: Use) -> Result<PublicKey, Pkcs11Error> {
        Self::check_name(key)?;
        let mut seat = self.place().open(Access::ReadWrite)?;
        seat.work(|held| self.generate_in(held.session, key, curve, purpose))
            .map_err(|trouble| self.place().told(Some(key), trouble))?;
        self.public_key_on(key, curve)
    }

    /// Whether either half of a key pair goes by this name, so that none would be made.
    ///
    /// # Errors
    /// [`Pkcs11Error::Bounds`], [`Pkcs11Error::Lost`], [`Pkcs11Error::Busy`], [`Pkcs11Error::Refused`].
    pub fn has_key(&self, key: &KeyName) -> Result<bool, Pkcs11Error> {
        Self::check_name(key)?;
        self.with_session(Some(key), |held| is_there(held.session, key))
    }

    fn generate_in(
        &self,
        session: &Session,
        key: &KeyName,
        curve: Curve,
        purpose: Use,
    ) -> Result<(), Trouble> {
        if is_there(session, key)? {
            let (token, key) = (self.label().to_owned(), key.clone());
            return Err(Pkcs11Error::KeyExists { token, key }.into());
        }
        let (public, private) = (public_half(key, curve, purpose), private_half(key, purpose));
        session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)?;
        Ok(())
    }
}

fn is_there(session: &Session, key: &KeyName) -> Result<bool, Trouble> {
    Ok(!find(session, key, Half::Private)?.is_empty() || !find(session, key, Half::Public)?.is_empty())
}

fn public_half(key: &KeyName, curve: Curve, purpose: Use) -> Vec<Attribute> {
    let (label, id) = names(key);
    vec![
        Attribute::Token(true),
        Attribute::Private(false),
        label,
        id,
        Attribute::EcParams(curve::parameters(curve).to_vec()),
        Attribute::Verify(purpose == Use::Sign),
        Attribute::Derive(purpose == Use::Agree),
    ]
}

fn private_half(key: &KeyName, purpose: Use) -> Vec<Attribute> {
    let (label, id) = names(key);
    vec![
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        label,
        id,
        Attribute::Sign(purpose == Use::Sign),
        Attribute::Derive(purpose == Use::Agree),
    ]
}

/// Label and id: tools show the one, and some modules join the halves of a pair by the other.
fn names(key: &KeyName) -> (Attribute, Attribute) {
    match key {
        KeyName::Label(label) => {
            let id = sha256(label.as_bytes()).into_iter().take(ID_LEN).collect();
            (Attribute::Label(label.as_bytes().to_vec()), Attribute::Id(id))
        }
        KeyName::Id(id) => {
            let label: String = id.iter().map(|octet| format!("{octet:02x}")).collect();
            (Attribute::Label(label.into_bytes()), Attribute::Id(id.clone()))
        }
    }
}
