//! JSON as an indented tree for people: one field a line, times also in UTC.

use anyhow::Result;
use serde_json::Value;
use v2x_codec::time::{Time32, Time64};

use crate::output::Output;

/// Prints the fields of a value, one a line.
pub(crate) fn print(value: &Value, output: &mut Output) -> Result<()> {
    print_at(value, 1, output)
}

fn print_at(value: &Value, depth: usize, output: &mut Output) -> Result<()> {
    match value {
        Value::Object(fields) => {
            fields.iter().try_for_each(|(name, field)| print_field(name, field, depth, output))
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .try_for_each(|(index, item)| print_field(&format!("[{index}]"), item, depth, output)),
        leaf @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            output.line(format_args!("{:indent$}{}", "", text(leaf), indent = 2 * depth))
        }
    }
}

fn print_field(name: &str, value: &Value, depth: usize, output: &mut Output) -> Result<()> {
    let indent = 2 * depth;
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            output.line(format_args!("{:indent$}{name}", ""))?;
            print_at(value, depth + 1, output)
        }
        Value::Array(items) if !items.is_empty() => {
            output.line(format_args!("{:indent$}{name}", ""))?;
            print_at(value, depth + 1, output)
        }
        Value::Object(_) => output.line(format_args!("{:indent$}{name}: {{}}", "")),
        Value::Array(_) => output.line(format_args!("{:indent$}{name}: none", "")),
        Value::Null => output.line(format_args!("{:indent$}{name}", "")),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let time = utc(name, value).map(|utc| format!("  ({utc})")).unwrap_or_default();
            output.line(format_args!("{:indent$}{name}: {}{time}", "", text(value)))
        }
    }
}

/// Text as it is, everything else as in JSON.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "(empty)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}

/// The UTC of the counts that IEEE 1609.2 has for times.
fn utc(name: &str, value: &Value) -> Option<String> {
    let count = value.as_u64()?;
    match name {
        "generationTime" | "expiryTime" => Some(Time64::from_micros(count).to_string()),
        "start" | "nextUpdate" | "issueDate" | "nextCrl" | "thisUpdate" => {
            Some(Time32::from_seconds(u32::try_from(count).ok()?).to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_utc_too() {
        assert_eq!(utc("start", &0.into()).as_deref(), Some("2004-01-01T00:00:00Z"));
        assert_eq!(utc("psid", &36.into()), None);
    }
}
