//! Finding keys, and what their token says of them.

use crate::{
    KeyName, Pkcs11Error, Token, curve,
    pool::{Held, Trouble},
    token::Place,
};
use cryptoki::{
    context::Function,
    error::{Error as Raw, RvError},
    object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle},
    session::{Session, SessionState},
};
use v2x_crypto::{Curve, PublicKey};

/// The half of a key pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Half {
    Private,
    Public,
}

impl Half {
    const fn class(self) -> ObjectClass {
        match self {
            Self::Private => ObjectClass::PRIVATE_KEY,
            Self::Public => ObjectClass::PUBLIC_KEY,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
        }
    }
}

impl Token {
    /// The public key by this name: a point that was checked on its curve.
    ///
    /// # Errors
    /// [`Pkcs11Error::Bounds`], [`Pkcs11Error::NoKey`], [`Pkcs11Error::ManyKeys`], [`Pkcs11Error::UnknownCurve`],
    /// [`Pkcs11Error::Unusable`]; [`Pkcs11Error::Lost`], [`Pkcs11Error::Busy`], [`Pkcs11Error::Refused`].
    pub fn public_key(&self, key: &KeyName) -> Result<PublicKey, Pkcs11Error> {
        Self::check_name(key)?;
        self.with_session(Some(key), |held| public_key(held.session, self.place(), key))
    }

    /// The public key by this name, if it is on `curve`.
    pub(crate) fn public_key_on(&self, key: &KeyName, curve: Curve) -> Result<PublicKey, Pkcs11Error> {
        let public = self.public_key(key)?;
        if public.curve() == curve {
            return Ok(public);
        }
        let (token, key) = (self.label().to_owned(), key.clone());
        Err(Pkcs11Error::WrongCurve { token, key, expected: curve, found: public.curve() })
    }

    /// Says in the log when a key could be taken out of its token. Modules that do not tell say nothing.
    pub(crate) fn warn_if_extractable(&self, key: &KeyName) -> Result<(), Pkcs11Error> {
        let asked = [AttributeType::Extractable, AttributeType::Sensitive];
        let told = self.with_session(Some(key), |held| {
            let handle = held.private(self.place(), key)?;
            Ok(held.session.get_attributes(handle, &asked)?)
        })?;
        let weak = |attribute: &Attribute| {
            matches!(attribute, Attribute::Extractable(true) | Attribute::Sensitive(false))
        };
        if told.iter().any(weak) {
            tracing::warn!(token = self.label(), %key, "this key can be taken out of its token");
        }
        Ok(())
    }
}

impl Held<'_> {
    /// The handle of the private key by this name in this session.
    pub(crate) fn private(&mut self, place: &Place, key: &KeyName) -> Result<ObjectHandle, Trouble> {
        if let Some(handle) = self.found.get(key) {
            return Ok(*handle);
        }
        let handle = only(self.session, place, key, Half::Private)?;
        self.found.insert(key.clone(), handle);
        Ok(handle)
    }
}

/// All keys of a half by this name.
pub(crate) fn find(session: &Session, key: &KeyName, half: Half) -> Result<Vec<ObjectHandle>, Trouble> {
    let template = [
        Attribute::Class(half.class()),
        Attribute::KeyType(KeyType::EC),
        Attribute::Token(true),
        key.attribute(),
    ];
    Ok(session.find_objects(&template)?)
}

fn only(session: &Session, place: &Place, key: &KeyName, half: Half) -> Result<ObjectHandle, Trouble> {
    let mut found = find(session, key, half)?;
    if found.is_empty() {
        logged_in(session)?;
        // Another thread may have logged in after the search.
        found = find(session, key, half)?;
    }
    let (token, key, half) = (place.label.clone(), key.clone(), half.name());
    match found.as_slice() {
        [handle] => Ok(*handle),
        [] => {
            logged_in(session)?;
            Err(Pkcs11Error::NoKey { token, key, half }.into())
        }
        _ => Err(Pkcs11Error::ManyKeys { token, key, half }.into()),
    }
}

/// Who is not logged in any more finds no private key, and is told no more than that. Such a session is lost: it would find
/// none for ever.
pub(crate) fn logged_in(session: &Session) -> Result<(), Trouble> {
    match session.get_session_info()?.session_state() {
        SessionState::RoUser | SessionState::RwUser => Ok(()),
        SessionState::RoPublic | SessionState::RwPublic | SessionState::RwSecurityOfficer => {
            Err(Raw::Pkcs11(RvError::UserNotLoggedIn, Function::FindObjects).into())
        }
    }
}

fn public_key(session: &Session, place: &Place, key: &KeyName) -> Result<PublicKey, Trouble> {
    let handle = only(session, place, key, Half::Public)?;
    let (mut curve, mut point) = (None, Vec::new());
    for attribute in session.get_attributes(handle, &[AttributeType::EcParams, AttributeType::EcPoint])? {
        if let Attribute::EcParams(octets) = attribute {
            curve = curve::of_parameters(&octets);
        } else if let Attribute::EcPoint(octets) = attribute {
            point = octets;
        }
    }
    let token = place.label.clone();
    let curve = curve.ok_or_else(|| Pkcs11Error::UnknownCurve { token, key: key.clone() })?;
    curve::point(curve, &point).map_err(|reason| unusable(place, key, reason))
}

/// What the token gave for this key is not usable.
pub(crate) fn unusable(place: &Place, key: &KeyName, reason: v2x_crypto::CryptoError) -> Trouble {
    Pkcs11Error::Unusable { token: place.label.clone(), key: key.clone(), reason }.into()
}
