//! Unaligned Packed Encoding Rules, as facility messages use them.
//!
//! Owned types are carried by `rasn`; [`decode`] and [`encode`] are the only doors to it. The receive path reads
//! with [`BitReader`], which allocates nothing.
//!
//! What keeps hostile input small: no input beyond [`MAX_UPER_OCTETS`] reaches `rasn`, and below that a fragmented
//! length (16,384 items or more) can never be satisfied. A forged quantity of an extensible list reserves at most
//! eight octets (a pointer) for each bit of input, all of them freed when the list turns out not to be there. The
//! types do not recurse.

mod reader;

use rasn::error::{DecodeErrorKind, EncodeError};
use rasn::types::BitStr;
use rasn::uper::de::{Decoder, DecoderOptions};
use rasn::{Decode, Encode};

pub use self::reader::BitReader;
use crate::error::{CodecError, ErrorKind};
use crate::limits::MAX_UPER_OCTETS;

/// The value of type `T` that `octets` hold; nothing but zero bits up to the next octet may follow it. `name` is
/// the type's name for errors.
///
/// # Errors
/// [`ErrorKind::TooMany`] beyond [`MAX_UPER_OCTETS`], [`ErrorKind::Truncated`], [`ErrorKind::OutOfRange`],
/// [`ErrorKind::UnknownChoice`], [`ErrorKind::NotText`] for what it cannot read,
/// [`ErrorKind::TrailingOctets`] and [`ErrorKind::BadPadding`] for what follows the value.
pub fn decode<T: Decode>(octets: &[u8], name: &'static str) -> Result<T, CodecError> {
    if octets.len() > MAX_UPER_OCTETS {
        return Err(CodecError::new(ErrorKind::TooMany, name, MAX_UPER_OCTETS));
    }
    let mut decoder = Decoder::<0, 0>::new(BitStr::from_slice(octets), DecoderOptions::unaligned());
    let value = T::decode(&mut decoder);
    let rest = decoder.input();
    let offset = octets.len() - rest.len().div_ceil(8);
    let value = value.map_err(|error| CodecError::new(kind_of(&error.kind), name, offset))?;
    check_rest(rest, octets.len()).map_err(|kind| CodecError::new(kind, name, offset))?;
    Ok(value)
}

/// The octets of `value`, padded with zero bits. `name` is the type's name for errors.
///
/// # Errors
/// [`ErrorKind::OutOfRange`] when a list or string breaks its size constraint; integers cannot.
pub fn encode<T: Encode>(value: &T, name: &'static str) -> Result<Vec<u8>, CodecError> {
    let failed = |_: EncodeError| CodecError::new(ErrorKind::OutOfRange, name, 0);
    rasn::uper::encode(value).map_err(failed)
}

/// A complete encoding is a multiple of eight bits, at least eight, filled up with zeros (X.691 clause 11.1).
fn check_rest(rest: &BitStr, total_octets: usize) -> Result<(), ErrorKind> {
    match rest.len() {
        padding if padding < 8 || padding == total_octets * 8 && padding == 8 => {
            if rest.any() {
                Err(ErrorKind::BadPadding)
            } else {
                Ok(())
            }
        }
        bits => Err(ErrorKind::TrailingOctets(bits / 8)),
    }
}

/// What `rasn` refused, in our words.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "foreign and non-exhaustive; all else is a broken constraint"
)]
fn kind_of(kind: &DecodeErrorKind) -> ErrorKind {
    match kind {
        DecodeErrorKind::Incomplete { .. } | DecodeErrorKind::Eof => ErrorKind::Truncated,
        DecodeErrorKind::ChoiceIndexNotFound { index, .. } => {
            ErrorKind::UnknownChoice(u8::try_from(*index).unwrap_or(u8::MAX))
        }
        DecodeErrorKind::StringConversionFailed { .. } | DecodeErrorKind::PermittedAlphabetError { .. } => {
            ErrorKind::NotText
        }
        DecodeErrorKind::FieldError { nested, .. } => kind_of(&nested.kind),
        DecodeErrorKind::UnexpectedExtraData { length } => ErrorKind::TrailingOctets(*length),
        _ => ErrorKind::OutOfRange,
    }
}
