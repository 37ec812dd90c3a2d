//! The one error of this crate: what was wrong, in which field, at which octet.

use core::fmt;

/// Why octets were not the type they should be.
///
/// It is `Copy` and holds no allocation, so that refusing garbage costs no more than reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodecError {
    /// What was wrong.
    pub kind: ErrorKind,
    /// The field or type that was being read, named as in its ASN.1 module or header table.
    pub field: &'static str,
    /// Offset of the offending octet from the start of the decoded input.
    pub offset: usize,
}

/// What can be wrong with an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input ends before the field does.
    Truncated,
    /// Octets are left over behind a complete value; the count is given.
    TrailingOctets(usize),
    /// A length determinant or quantity is not in its shortest form (X.696 clause 8.6.5).
    NonCanonicalLength,
    /// An integer has needless leading octets, or a BOOLEAN is neither 00 nor FF (canonical OER).
    NonCanonicalValue,
    /// A length or quantity does not fit the input that is there.
    LengthExceedsInput,
    /// A value lies outside its ASN.1 constraint.
    OutOfRange,
    /// Unused bits of a preamble or bit string are not zero.
    BadPadding,
    /// The tag of a CHOICE names no alternative of this edition.
    UnknownChoice(u8),
    /// An ENUMERATED value that this edition does not know.
    UnknownEnumeration(u8),
    /// A known but unsupported construct, named by the field.
    Unsupported,
    /// More nested `Ieee1609Dot2Data` than [`crate::limits::MAX_NESTING`].
    TooDeep,
    /// A list has more entries than its limit.
    TooMany,
    /// Octets that should be text in the named character set are not.
    NotText,
    /// The octets are no value of the type that the field names; the decoder says no more.
    NotOfType,
    /// The value decodes, but breaks a profile rule named by the field.
    Profile,
    /// Our scan and the owned decoder disagree; the input is refused.
    Inconsistent,
}

impl CodecError {
    /// An error of `kind` in `field` at `offset`.
    #[must_use]
    pub const fn new(kind: ErrorKind, field: &'static str, offset: usize) -> Self {
        Self { kind, field, offset }
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {}: {}", self.field, self.offset, self.kind)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("the input ends inside this field"),
            Self::TrailingOctets(n) => write!(f, "{n} octets are left over behind the value"),
            Self::NonCanonicalLength => f.write_str("the length is not in its shortest form"),
            Self::NonCanonicalValue => f.write_str("the value is not in canonical form"),
            Self::LengthExceedsInput => f.write_str("the length exceeds what the input holds"),
            Self::OutOfRange => f.write_str("the value is out of range"),
            Self::BadPadding => f.write_str("unused bits are not zero"),
            Self::UnknownChoice(tag) => write!(f, "choice {tag} is unknown"),
            Self::UnknownEnumeration(value) => write!(f, "enumeration value {value} is unknown"),
            Self::Unsupported => f.write_str("this is not supported"),
            Self::TooDeep => f.write_str("data is nested too deeply"),
            Self::TooMany => f.write_str("there are too many entries"),
            Self::NotText => f.write_str("the octets are not text of the stated character set"),
            Self::NotOfType => f.write_str("the octets are no value of this type"),
            Self::Profile => f.write_str("the profile forbids this"),
            Self::Inconsistent => f.write_str("two decoders disagree about this input"),
        }
    }
}

impl core::error::Error for CodecError {}
