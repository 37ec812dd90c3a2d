//! What the octets of a type look like, as data: one table a type, read by [`scan`](super::scan).
//!
//! The tables follow the ASN.1 modules of IEEE 1609.2 (2022 generation, which TS 103 097 profiles) and TS 102 941
//! V2.2.1, whose names they keep. They describe canonical OER only: what is not in a table is refused.

mod base;
mod crl;
mod data;
mod ts102941;

pub use base::{ECC_P256_CURVE_POINT, ECC_P384_CURVE_POINT, GEOGRAPHIC_REGION, SYMMETRIC_ENCRYPTION_KEY};
pub use base::{PUBLIC_ENCRYPTION_KEY, PUBLIC_VERIFICATION_KEY, SIGNATURE};
pub use crl::CRL_CONTENTS;
pub use data::{CERTIFICATE, ETSI_HEADER_INFO_EXTENSION, IEEE1609_DOT2_DATA};
pub use data::{HEADER_INFO, HEADER_INFO_EXTENSION_CONTENT, TO_BE_SIGNED_CERTIFICATE, TO_BE_SIGNED_DATA};
pub use ts102941::{
    CTL_FORMAT, ETSI_TS102941_DATA, INNER_AT_REQUEST, INNER_EC_REQUEST, SHARED_AT_REQUEST, TO_BE_SIGNED_CRL,
    TO_BE_SIGNED_LINK_CERTIFICATE,
};

/// A type by name and shape.
#[derive(Debug)]
pub struct Type {
    /// The name in its ASN.1 module.
    pub name: &'static str,
    /// How its octets are laid out.
    pub shape: Shape,
}

/// How the octets of a type are laid out.
#[derive(Debug)]
pub enum Shape {
    /// NULL: no octets.
    Null,
    /// BOOLEAN: one octet, 00 or FF.
    Boolean,
    /// INTEGER with bounds that give a fixed width in octets (1, 2, 4 or 8), not negative.
    Unsigned {
        /// Width in octets.
        width: u8,
        /// Smallest value allowed.
        min: u64,
        /// Greatest value allowed.
        max: u64,
    },
    /// INTEGER with a negative lower bound that fits four octets.
    Signed32 {
        /// Smallest value allowed.
        min: i32,
        /// Greatest value allowed.
        max: i32,
    },
    /// INTEGER without upper bound, not negative: a length and the shortest content, at most 64 bits here.
    UnsignedAnyLength,
    /// INTEGER without bounds: a length and the shortest two's complement, at most 64 bits here.
    SignedAnyLength {
        /// Smallest value allowed.
        min: i64,
        /// Greatest value allowed.
        max: i64,
    },
    /// ENUMERATED with the values 0, 1, 2, … of these names (extension additions included).
    Enumerated(&'static [&'static str]),
    /// OCTET STRING of fixed size: no length.
    FixedOctets(usize),
    /// OCTET STRING of bounded or unbounded size: a length first.
    Octets {
        /// Fewest octets.
        min: usize,
        /// Most octets.
        max: usize,
    },
    /// BIT STRING of eight bits: one octet.
    Bits8,
    /// UTF8String; the bound counts characters.
    Utf8 {
        /// Most characters.
        max: usize,
    },
    /// `IA5String`.
    Ia5,
    /// SEQUENCE.
    Sequence(Sequence),
    /// SEQUENCE OF.
    SequenceOf {
        /// The element type.
        item: &'static Type,
        /// Fewest elements.
        min: usize,
    },
    /// CHOICE.
    Choice(Choice),
    /// Octets in a length whose type depends on another field, and is not looked into.
    OpenType,
    /// A construct that the standard has and this stack does not: refused by name.
    Unsupported,
}

/// The components of a SEQUENCE.
#[derive(Debug)]
pub struct Sequence {
    /// The components of the extension root, in order.
    pub fields: &'static [Field],
    /// Whether an extension marker is there.
    pub extensible: bool,
    /// The known extension additions, in order; every one of them is optional.
    pub additions: &'static [Field],
}

/// The alternatives of a CHOICE, numbered from 0, those of the extension behind those of the root.
#[derive(Debug)]
pub struct Choice {
    /// The alternatives of the extension root.
    pub root: &'static [Field],
    /// The known alternatives behind the extension marker; each is wrapped in a length.
    pub additions: &'static [Field],
}

/// A component or alternative.
#[derive(Debug)]
pub struct Field {
    /// The identifier in the ASN.1.
    pub name: &'static str,
    /// Its type.
    pub schema: &'static Type,
    /// Whether it must be there.
    pub presence: Presence,
}

/// Whether a component must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Always there, and without a bit in the preamble.
    Required,
    /// There when its bit in the preamble says so.
    Optional,
    /// As optional; canonical OER leaves it out when its octets would be these.
    Default(&'static [u8]),
}

impl Sequence {
    /// Whether the encoding starts with a preamble (X.696 clause 16.2): an extension marker or an optional component.
    #[must_use]
    pub fn preamble_bits(&self) -> usize {
        let optional = self.fields.iter().filter(|field| field.presence != Presence::Required).count();
        usize::from(self.extensible) + optional
    }
}

/// A required component, or an alternative.
const fn field(name: &'static str, schema: &'static Type) -> Field {
    Field { name, schema, presence: Presence::Required }
}

/// An OPTIONAL component.
const fn optional(name: &'static str, schema: &'static Type) -> Field {
    Field { name, schema, presence: Presence::Optional }
}

/// A component with a DEFAULT, given by its encoding.
const fn default(name: &'static str, schema: &'static Type, value: &'static [u8]) -> Field {
    Field { name, schema, presence: Presence::Default(value) }
}

impl Type {
    const fn new(name: &'static str, shape: Shape) -> Self {
        Self { name, shape }
    }

    const fn sequence(name: &'static str, fields: &'static [Field]) -> Self {
        Self::new(name, Shape::Sequence(Sequence { fields, extensible: false, additions: &[] }))
    }

    const fn extensible(name: &'static str, fields: &'static [Field], additions: &'static [Field]) -> Self {
        Self::new(name, Shape::Sequence(Sequence { fields, extensible: true, additions }))
    }

    const fn sequence_of(name: &'static str, item: &'static Type) -> Self {
        Self::new(name, Shape::SequenceOf { item, min: 0 })
    }

    const fn choice(name: &'static str, root: &'static [Field], additions: &'static [Field]) -> Self {
        Self::new(name, Shape::Choice(Choice { root, additions }))
    }

    const fn octets(name: &'static str, min: usize, max: usize) -> Self {
        Self::new(name, Shape::Octets { min, max })
    }

    const fn fixed(name: &'static str, size: usize) -> Self {
        Self::new(name, Shape::FixedOctets(size))
    }

    const fn unsigned(name: &'static str, width: u8, max: u64) -> Self {
        Self::new(name, Shape::Unsigned { width, min: 0, max })
    }

    const fn constant(name: &'static str, value: u64) -> Self {
        Self::new(name, Shape::Unsigned { width: 1, min: value, max: value })
    }

    const fn enumerated(name: &'static str, names: &'static [&'static str]) -> Self {
        Self::new(name, Shape::Enumerated(names))
    }

    const fn unsupported(name: &'static str) -> Self {
        Self::new(name, Shape::Unsupported)
    }
}
