//! A walk over octets by the table of their type: accepts canonical OER only, allocates nothing, and tells a
//! visitor what it passes.
//!
//! It stands in front of the owned decoder, which reserves memory for any quantity that it reads, and serves
//! whoever needs to know where a field lies: the canonical form of a certificate, the tree that `inspect` prints.

use core::ops::Range;

use super::Reader;
use super::schema::{Choice, Field, IEEE1609_DOT2_DATA, Presence, Sequence, Shape, Type};
use crate::error::{CodecError, ErrorKind};
use crate::limits::{MAX_EXTENSION_ADDITIONS, MAX_NESTING};

/// Checks that `octets` are one value of `schema` in canonical OER, and nothing else.
///
/// # Errors
/// The first departure, with the field it is in and its offset.
pub fn scan(schema: &'static Type, octets: &[u8]) -> Result<(), CodecError> {
    scan_with(schema, octets, &mut ())
}

/// As [`scan`], and reports every value to `visitor` in the order of the octets.
///
/// # Errors
/// As [`scan`]; what the visitor heard until then stands for nothing.
pub fn scan_with<'a, V: Visitor<'a>>(
    schema: &'static Type,
    octets: &'a [u8],
    visitor: &mut V,
) -> Result<(), CodecError> {
    let mut walk = Walk { reader: Reader::new(octets), depth: 0, base: 0, visitor };
    walk.value(schema.name, schema)?;
    walk.reader.finish(schema.name)
}

/// Hears what the walk passes. Offsets count from the start of the scanned octets.
pub trait Visitor<'a> {
    /// A constructed value (SEQUENCE, SEQUENCE OF or CHOICE) starts; `field` is its name in the value around it.
    fn enter(&mut self, field: &'static str, schema: &'static Type, start: usize) {
        let _ = (field, schema, start);
    }

    /// The constructed value ends; `span` covers it from its first octet.
    fn leave(&mut self, field: &'static str, schema: &'static Type, span: Range<usize>) {
        let _ = (field, schema, span);
    }

    /// A primitive value.
    fn value(&mut self, field: &'static str, schema: &'static Type, value: Value<'a>, span: Range<usize>) {
        let _ = (field, schema, value, span);
    }

    /// The next value is wrapped in a length (an open type): `length` is where the length determinant lies, and the
    /// value fills `content`.
    fn wrapped(&mut self, length: Range<usize>, content: Range<usize>) {
        let _ = (length, content);
    }
}

/// The visitor that does not listen.
impl Visitor<'_> for () {}

/// A primitive value as the visitor hears it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// NULL.
    Null,
    /// BOOLEAN.
    Boolean(bool),
    /// INTEGER that is not negative by its type.
    Unsigned(u64),
    /// INTEGER that may be negative.
    Signed(i64),
    /// ENUMERATED, by its identifier.
    Enumerated(&'static str),
    /// OCTET STRING or BIT STRING.
    Octets(&'a [u8]),
    /// Text.
    Text(&'a str),
    /// An extension addition that this edition does not know: its index behind the marker, and its content.
    UnknownExtension(usize, &'a [u8]),
}

struct Walk<'a, 'v, V> {
    reader: Reader<'a>,
    /// `Ieee1609Dot2Data` around the current value, itself included.
    depth: u8,
    /// Offset of the reader's first octet in the scanned octets: not 0 inside a length.
    base: usize,
    visitor: &'v mut V,
}

/// One bit string of at most 64 bits, most significant first.
struct Bits {
    bits: u64,
    count: usize,
}

impl Bits {
    fn is_set(&self, index: usize) -> bool {
        index < self.count && self.bits >> (self.count - 1 - index) & 1 == 1
    }
}

impl<'a, V: Visitor<'a>> Walk<'a, '_, V> {
    fn value(&mut self, field: &'static str, schema: &'static Type) -> Result<(), CodecError> {
        match &schema.shape {
            Shape::Sequence(sequence) => self.nested(field, schema, |walk| walk.sequence(sequence)),
            Shape::SequenceOf { item, min } => {
                self.nested(field, schema, |walk| walk.sequence_of(field, item, *min))
            }
            Shape::Choice(choice) => self.nested(field, schema, |walk| walk.choice(field, choice)),
            Shape::Unsupported => Err(self.error(ErrorKind::Unsupported, field)),
            Shape::Null
            | Shape::Boolean
            | Shape::Unsigned { .. }
            | Shape::Signed32 { .. }
            | Shape::UnsignedAnyLength
            | Shape::SignedAnyLength { .. }
            | Shape::Enumerated(_)
            | Shape::FixedOctets(_)
            | Shape::Octets { .. }
            | Shape::Bits8
            | Shape::Utf8 { .. }
            | Shape::Ia5
            | Shape::OpenType => self.primitive(field, schema),
        }
    }

    /// Only `Ieee1609Dot2Data` leads back to itself, so counting it bounds the recursion.
    fn nested(
        &mut self,
        field: &'static str,
        schema: &'static Type,
        inner: impl FnOnce(&mut Self) -> Result<(), CodecError>,
    ) -> Result<(), CodecError> {
        let level = u8::from(core::ptr::eq(schema, &raw const IEEE1609_DOT2_DATA));
        if self.depth + level > MAX_NESTING {
            return Err(self.error(ErrorKind::TooDeep, field));
        }
        let start = self.position();
        self.depth += level;
        self.visitor.enter(field, schema, start);
        inner(self)?;
        self.visitor.leave(field, schema, start..self.position());
        self.depth -= level;
        Ok(())
    }

    fn sequence(&mut self, sequence: &'static Sequence) -> Result<(), CodecError> {
        let preamble = self.preamble(sequence)?;
        let mut bit = usize::from(sequence.extensible);
        for field in sequence.fields {
            let optional = field.presence != Presence::Required;
            if !optional || preamble.is_set(bit) {
                self.component(field)?;
            }
            bit += usize::from(optional);
        }
        if sequence.extensible && preamble.is_set(0) { self.additions(sequence.additions) } else { Ok(()) }
    }

    fn preamble(&mut self, sequence: &Sequence) -> Result<Bits, CodecError> {
        let count = sequence.preamble_bits();
        self.bits(count, count.div_ceil(8), "preamble")
    }

    fn bits(&mut self, count: usize, octets: usize, field: &'static str) -> Result<Bits, CodecError> {
        let start = self.position();
        let padded =
            self.octets(octets, field)?.iter().fold(0_u64, |bits, octet| bits << 8 | u64::from(*octet));
        let padding = octets * 8 - count;
        if padded.trailing_zeros() < u32::try_from(padding).unwrap_or(u32::MAX) && padding > 0 {
            return Err(CodecError::new(ErrorKind::BadPadding, field, start));
        }
        Ok(Bits { bits: padded >> padding, count })
    }

    fn component(&mut self, field: &'static Field) -> Result<(), CodecError> {
        let start = self.position();
        let before = self.reader.position();
        self.value(field.name, field.schema)?;
        match field.presence {
            Presence::Default(value) if self.reader.since(before) == value => {
                Err(CodecError::new(ErrorKind::NonCanonicalValue, field.name, start))
            }
            Presence::Default(_) | Presence::Required | Presence::Optional => Ok(()),
        }
    }

    /// The presence bitmap and the additions it announces (X.696 clause 16.4); a longer or shorter bitmap than ours
    /// is another edition's.
    fn additions(&mut self, known: &'static [Field]) -> Result<(), CodecError> {
        let bitmap = self.presence_bitmap()?;
        for index in 0..bitmap.count {
            match known.get(index) {
                _ if !bitmap.is_set(index) => {}
                Some(field) => self.wrapped(field.name, field.schema)?,
                None => self.unknown_extension(index)?,
            }
        }
        Ok(())
    }

    fn presence_bitmap(&mut self) -> Result<Bits, CodecError> {
        const FIELD: &str = "extension bitmap";
        let start = self.position();
        let error = |kind| CodecError::new(kind, FIELD, start);
        let length = self.length(FIELD)?;
        let unused = usize::from(self.u8(FIELD)?);
        let octets =
            length.checked_sub(1).filter(|octets| *octets > 0).ok_or(error(ErrorKind::OutOfRange))?;
        if octets * 8 > MAX_EXTENSION_ADDITIONS {
            return Err(error(ErrorKind::TooMany));
        }
        if unused > 7 {
            return Err(error(ErrorKind::BadPadding));
        }
        let bitmap = self.bits(octets * 8 - unused, octets, FIELD)?;
        // The preamble announced an addition, so one at least is there.
        if bitmap.bits == 0 { Err(error(ErrorKind::NonCanonicalValue)) } else { Ok(bitmap) }
    }

    fn unknown_extension(&mut self, index: usize) -> Result<(), CodecError> {
        const FIELD: &str = "unknown extension addition";
        let start = self.position();
        let content = self.octet_string(FIELD)?;
        let value = Value::UnknownExtension(index, content);
        self.visitor.value(FIELD, &UNKNOWN_EXTENSION, value, start..self.position());
        Ok(())
    }

    fn sequence_of(
        &mut self,
        field: &'static str,
        item: &'static Type,
        min: usize,
    ) -> Result<(), CodecError> {
        let error = self.error(ErrorKind::OutOfRange, field);
        // Every element of every type here takes an octet at least, so the input bounds the quantity.
        let quantity = self.relative(|reader| reader.quantity(1, usize::MAX, field))?;
        if quantity < min {
            return Err(error);
        }
        for _ in 0..quantity {
            self.value(item.name, item)?;
        }
        Ok(())
    }

    fn choice(&mut self, name: &'static str, choice: &'static Choice) -> Result<(), CodecError> {
        let start = self.position();
        let tag = self.relative(|reader| reader.choice(name))?;
        let index = usize::from(tag);
        if let Some(field) = choice.root.get(index) {
            return self.value(field.name, field.schema);
        }
        match index.checked_sub(choice.root.len()).and_then(|index| choice.additions.get(index)) {
            Some(field) => self.wrapped(field.name, field.schema),
            None => Err(CodecError::new(ErrorKind::UnknownChoice(tag), name, start)),
        }
    }

    /// A value that fills a length.
    fn wrapped(&mut self, field: &'static str, schema: &'static Type) -> Result<(), CodecError> {
        let start = self.position();
        let length = self.length(field)?;
        let content_start = self.position();
        let content = self.octets(length, field)?;
        self.visitor.wrapped(start..content_start, content_start..content_start + length);
        let outer = core::mem::replace(&mut self.reader, Reader::new(content));
        let outer_base = core::mem::replace(&mut self.base, content_start);
        self.value(field, schema)?;
        let left = self.reader.remaining();
        if left > 0 {
            return Err(self.error(ErrorKind::TrailingOctets(left), field));
        }
        self.reader = outer;
        self.base = outer_base;
        Ok(())
    }

    fn primitive(&mut self, field: &'static str, schema: &'static Type) -> Result<(), CodecError> {
        let start = self.position();
        let value = self.primitive_value(field, &schema.shape)?;
        self.visitor.value(field, schema, value, start..self.position());
        Ok(())
    }

    fn primitive_value(
        &mut self,
        field: &'static str,
        shape: &'static Shape,
    ) -> Result<Value<'a>, CodecError> {
        match shape {
            Shape::Null => Ok(Value::Null),
            Shape::Boolean => self.relative(|reader| reader.boolean(field)).map(Value::Boolean),
            Shape::Unsigned { width, min, max } => self.unsigned(field, *width, *min..=*max),
            Shape::Signed32 { min, max } => self.signed32(field, *min..=*max),
            Shape::UnsignedAnyLength => self.relative(|reader| reader.unsigned(field)).map(Value::Unsigned),
            Shape::SignedAnyLength { min, max } => self.signed(field, *min..=*max),
            Shape::Enumerated(names) => self.enumerated(field, names),
            Shape::FixedOctets(size) => self.octets(*size, field).map(Value::Octets),
            Shape::Octets { min, max } => self.bounded_octets(field, *min..=*max).map(Value::Octets),
            Shape::Bits8 => self.octets(1, field).map(Value::Octets),
            Shape::Utf8 { max } => self.utf8(field, *max),
            Shape::Ia5 => self.ia5(field),
            Shape::OpenType => self.octet_string(field).map(Value::Octets),
            Shape::Sequence(_) | Shape::SequenceOf { .. } | Shape::Choice(_) | Shape::Unsupported => {
                Err(self.error(ErrorKind::Unsupported, field))
            }
        }
    }

    fn unsigned(
        &mut self,
        field: &'static str,
        width: u8,
        allowed: core::ops::RangeInclusive<u64>,
    ) -> Result<Value<'a>, CodecError> {
        let error = self.error(ErrorKind::OutOfRange, field);
        let digits = self.octets(usize::from(width), field)?;
        let value = digits.iter().fold(0, |value, digit| value << 8 | u64::from(*digit));
        if allowed.contains(&value) { Ok(Value::Unsigned(value)) } else { Err(error) }
    }

    fn signed32(
        &mut self,
        field: &'static str,
        allowed: core::ops::RangeInclusive<i32>,
    ) -> Result<Value<'a>, CodecError> {
        let error = self.error(ErrorKind::OutOfRange, field);
        let value = self.relative(|reader| reader.i32(field))?;
        if allowed.contains(&value) { Ok(Value::Signed(i64::from(value))) } else { Err(error) }
    }

    fn signed(
        &mut self,
        field: &'static str,
        allowed: core::ops::RangeInclusive<i64>,
    ) -> Result<Value<'a>, CodecError> {
        let start = self.position();
        let error = |kind| CodecError::new(kind, field, start);
        let digits = self.octet_string(field)?;
        let negative = match digits {
            [] | [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => {
                return Err(error(ErrorKind::NonCanonicalValue));
            }
            [first, ..] => *first & 0x80 != 0,
        };
        if digits.len() > 8 {
            return Err(error(ErrorKind::OutOfRange));
        }
        let extended = if negative { -1 } else { 0 };
        let value = digits.iter().fold(extended, |value: i64, digit| value << 8 | i64::from(*digit));
        if allowed.contains(&value) { Ok(Value::Signed(value)) } else { Err(error(ErrorKind::OutOfRange)) }
    }

    /// The short form alone (X.696 clause 11): no ENUMERATED of these modules has a value above 127.
    fn enumerated(
        &mut self,
        field: &'static str,
        names: &'static [&'static str],
    ) -> Result<Value<'a>, CodecError> {
        let start = self.position();
        let value = self.u8(field)?;
        let name = names.get(usize::from(value));
        let error = CodecError::new(ErrorKind::UnknownEnumeration(value), field, start);
        name.map(|name| Value::Enumerated(name)).ok_or(error)
    }

    fn bounded_octets(
        &mut self,
        field: &'static str,
        allowed: core::ops::RangeInclusive<usize>,
    ) -> Result<&'a [u8], CodecError> {
        let error = self.error(ErrorKind::OutOfRange, field);
        let octets = self.octet_string(field)?;
        if allowed.contains(&octets.len()) { Ok(octets) } else { Err(error) }
    }

    fn utf8(&mut self, field: &'static str, max: usize) -> Result<Value<'a>, CodecError> {
        let start = self.position();
        let error = |kind| CodecError::new(kind, field, start);
        let text = core::str::from_utf8(self.octet_string(field)?).map_err(|_| error(ErrorKind::NotText))?;
        if text.chars().count() > max { Err(error(ErrorKind::OutOfRange)) } else { Ok(Value::Text(text)) }
    }

    fn ia5(&mut self, field: &'static str) -> Result<Value<'a>, CodecError> {
        let error = self.error(ErrorKind::NotText, field);
        let octets = self.octet_string(field)?;
        let text = core::str::from_utf8(octets).ok().filter(|text| text.is_ascii());
        text.map(Value::Text).ok_or(error)
    }

    fn u8(&mut self, field: &'static str) -> Result<u8, CodecError> {
        self.relative(|reader| reader.u8(field))
    }

    fn length(&mut self, field: &'static str) -> Result<usize, CodecError> {
        self.relative(|reader| reader.length(field))
    }

    fn octets(&mut self, count: usize, field: &'static str) -> Result<&'a [u8], CodecError> {
        self.relative(|reader| reader.octets(count, field))
    }

    fn octet_string(&mut self, field: &'static str) -> Result<&'a [u8], CodecError> {
        self.relative(|reader| reader.octet_string(field))
    }

    /// Reads, and moves the offset of an error from the current reader to the scanned octets.
    fn relative<T>(
        &mut self,
        read: impl FnOnce(&mut Reader<'a>) -> Result<T, CodecError>,
    ) -> Result<T, CodecError> {
        let base = self.base;
        read(&mut self.reader).map_err(|error| CodecError::new(error.kind, error.field, base + error.offset))
    }

    fn position(&self) -> usize {
        self.base + self.reader.position()
    }

    fn error(&self, kind: ErrorKind, field: &'static str) -> CodecError {
        CodecError::new(kind, field, self.position())
    }
}

static UNKNOWN_EXTENSION: Type = Type { name: "unknown extension addition", shape: Shape::OpenType };

#[cfg(test)]
mod tests;
