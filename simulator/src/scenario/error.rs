//! Why a scenario cannot be run, and where it says so.

use std::path::Path;

use thiserror::Error;

/// Why a scenario cannot be run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// It is larger than any scenario.
    #[error("is larger than {0} octets")]
    TooLarge(u64),
    /// It is no TOML, or has a key or a value that a scenario cannot have.
    #[error("line {line}: {message}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A value is out of its range, or does not go with another.
    #[error("{key}: {message}")]
    Value {
        /// The key, with its table.
        key: String,
        /// What is wrong.
        message: String,
    },
    /// One of these, in a file.
    #[error("{file}: {error}")]
    In {
        /// The file.
        file: String,
        /// What is wrong in it.
        error: Box<Self>,
    },
}

impl ScenarioError {
    pub(super) fn value(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Value { key: key.into(), message: message.into() }
    }

    pub(super) fn inside(self, path: &Path) -> Self {
        Self::In { file: path.display().to_string(), error: Box::new(self) }
    }

    /// An error of the TOML reader, by its line and without the drawing that it makes of it.
    pub(super) fn syntax(error: &toml::de::Error, text: &str) -> Self {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.bytes().filter(|octet| *octet == b'\n').count() + 1;
        Self::Syntax { line, message: error.message().replace('\n', " ") }
    }
}
