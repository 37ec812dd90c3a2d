//! The tree of a value in canonical OER, built while the scan walks over it.

use core::ops::Range;

use serde_json::{Map, Value as Json};

use crate::coer::schema::{Shape, Type};
use crate::coer::{Value, Visitor, scan_with};
use crate::error::{CodecError, ErrorKind};

/// The fields of `octets` as a value of `schema`.
pub(super) fn build(schema: &'static Type, octets: &[u8]) -> Result<Json, CodecError> {
    let mut builder = Builder { open: Vec::new(), done: Json::Null };
    scan_with(schema, octets, &mut builder)?;
    if builder.open.is_empty() {
        Ok(builder.done)
    } else {
        Err(CodecError::new(ErrorKind::Inconsistent, schema.name, 0))
    }
}

/// Octets as hex digits.
pub(super) fn hex(octets: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    octets.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 15)]).collect()
}

/// Octets from hex digits; none when there are other characters.
pub(super) fn octets(hex: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| u8::try_from(char::from(digit).to_digit(16)?).ok();
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    let octets = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    if rest.is_empty() { octets.collect() } else { None }
}

struct Builder {
    /// The constructed values around the current one, outermost first.
    open: Vec<Json>,
    /// The value that was closed last, or the only one.
    done: Json,
}

impl Builder {
    /// Puts a value into the constructed value around it.
    fn add(&mut self, field: &str, value: Json) {
        match self.open.last_mut() {
            Some(Json::Object(fields)) => {
                fields.insert(field.to_owned(), value);
            }
            Some(Json::Array(items)) => items.push(value),
            Some(Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_)) | None => self.done = value,
        }
    }
}

impl<'a> Visitor<'a> for Builder {
    fn enter(&mut self, _: &'static str, schema: &'static Type, _: usize) {
        let is_list = matches!(schema.shape, Shape::SequenceOf { .. });
        self.open.push(if is_list { Json::Array(Vec::new()) } else { Json::Object(Map::new()) });
    }

    fn leave(&mut self, field: &'static str, _: &'static Type, _: Range<usize>) {
        if let Some(value) = self.open.pop() {
            self.add(field, value);
        }
    }

    fn value(&mut self, field: &'static str, _: &'static Type, value: Value<'a>, _: Range<usize>) {
        match value {
            Value::Null => self.add(field, Json::Null),
            Value::Boolean(boolean) => self.add(field, boolean.into()),
            Value::Unsigned(number) => self.add(field, number.into()),
            Value::Signed(number) => self.add(field, number.into()),
            Value::Enumerated(name) => self.add(field, name.into()),
            Value::Octets(octets) => self.add(field, hex(octets).into()),
            Value::Text(text) => self.add(field, text.into()),
            Value::UnknownExtension(index, octets) => {
                self.add(&format!("{field} {index}"), hex(octets).into())
            }
        }
    }
}
