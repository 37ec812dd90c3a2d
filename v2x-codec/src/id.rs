//! Short names of certificates and keys: the low octets of their hash.
//!
//! A short name finds candidates and never proves identity: `HashedId3` collides all the time, and `HashedId8`
//! collides in a fleet of a million vehicles. What proves identity is the full hash.

use core::fmt;

use crate::coer::Reader;
use crate::error::CodecError;

/// Declares one width of short hash.
macro_rules! hashed_id {
    ($(#[$doc:meta])* $name:ident, $width:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; $width]);

        impl $name {
            /// The low octets of a hash.
            #[must_use]
            pub fn of_hash(hash: &[u8]) -> Self {
                hash.last_chunk().map_or(Self([0; $width]), |low| Self(*low))
            }

            /// The octets as sent.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $width] {
                &self.0
            }

            #[inline]
            pub(crate) fn read(reader: &mut Reader<'_>, field: &'static str) -> Result<Self, CodecError> {
                reader.array(field).copied().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|octet| write!(f, "{octet:02X}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl From<[u8; $width]> for $name {
            fn from(octets: [u8; $width]) -> Self {
                Self(octets)
            }
        }
    };
}

hashed_id! {
    /// The low three octets of a certificate's hash: peer certificate requests name certificates so.
    HashedId3, 3
}
hashed_id! {
    /// The low eight octets of a certificate's or key's hash: signers, issuers and recipients are named so.
    HashedId8, 8
}

impl HashedId8 {
    /// The name of the same certificate in peer certificate requests: both are low octets of one hash.
    #[must_use]
    pub const fn to_hashed_id3(self) -> HashedId3 {
        let [_, _, _, _, _, a, b, c] = self.0;
        HashedId3([a, b, c])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_the_low_octets_of_the_hash() {
        let hash: Vec<u8> = (0..32).collect();
        let id = HashedId8::of_hash(&hash);
        assert_eq!(id.as_bytes(), &[24, 25, 26, 27, 28, 29, 30, 31]);
        assert_eq!(id.to_hashed_id3(), HashedId3::of_hash(&hash));
        assert_eq!(id.to_string(), "18191A1B1C1D1E1F");
    }
}
