//! What keys are found by.

use cryptoki::object::Attribute;
use std::fmt;

/// What a key pair is found by on its token. Both halves have the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyName {
    /// Its label (`CKA_LABEL`).
    Label(String),
    /// Its id (`CKA_ID`).
    Id(Vec<u8>),
}

impl KeyName {
    pub(crate) fn attribute(&self) -> Attribute {
        match self {
            Self::Label(label) => Attribute::Label(label.as_bytes().to_vec()),
            Self::Id(id) => Attribute::Id(id.clone()),
        }
    }

    pub(crate) const fn len(&self) -> usize {
        match self {
            Self::Label(label) => label.len(),
            Self::Id(id) => id.len(),
        }
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(label) => write!(f, "{label:?}"),
            Self::Id(id) => {
                f.write_str("with id ")?;
                id.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
            }
        }
    }
}
