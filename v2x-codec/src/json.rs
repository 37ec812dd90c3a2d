//! Messages as JSON with the names of their ASN.1 (X.697, JER), to be read by people and programs.

use rasn::Encode;
use serde_json::{Map, Value};

use crate::error::{CodecError, ErrorKind};

/// `value` as JSON with its ASN.1 names. The fields of extension groups stand beside the root fields, where the
/// ASN.1 shows them. `name` is the type's name for errors.
///
/// # Errors
/// [`ErrorKind::Unsupported`] when a text in it is not UTF-8.
pub fn to_json<T: Encode>(value: &T, name: &'static str) -> Result<Value, CodecError> {
    let failed = |_| CodecError::new(ErrorKind::Unsupported, name, 0);
    let mut encoder = rasn::jer::enc::Encoder::new();
    value.encode(&mut encoder).map_err(failed)?;
    Ok(flattened(encoder.to_json().map_err(failed)?))
}

/// Without the levels that extension groups make.
fn flattened(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(fields.into_iter().flat_map(flattened_field).collect()),
        Value::Array(items) => Value::Array(items.into_iter().map(flattened).collect()),
        scalar @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => scalar,
    }
}

fn flattened_field((name, value): (String, Value)) -> Map<String, Value> {
    match (is_group(&name), flattened(value)) {
        (true, Value::Object(fields)) => fields,
        (true | false, value) => Map::from_iter([(name, value)]),
    }
}

/// Extension groups have no name in the ASN.1; ours are called `extension1` and so on.
fn is_group(name: &str) -> bool {
    let number = name.strip_prefix("extension").unwrap_or_default();
    !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_an_extension_group_stand_beside_the_others() {
        let nested =
            serde_json::json!({"a": 1, "extension1": {"b": [{"extension2": {"c": 2}}]}, "extension": 3});
        assert_eq!(flattened(nested), serde_json::json!({"a": 1, "b": [{"c": 2}], "extension": 3}));
    }
}
