//! Who computes: the fast provider, with tables for the keys that are heard often or without.

use std::sync::Arc;

use clap::ValueEnum;
use v2x_crypto::Provider;
use v2x_crypto_aws_lc::AwsLc;
use v2x_crypto_key_tables::{Config, KeyTables};

/// Whether something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    /// Yes
    On,
    /// No
    Off,
}

/// A provider, and its tables when it has them.
pub(crate) struct Crypto {
    /// Who computes.
    pub(crate) provider: Arc<dyn Provider>,
    /// The tables for keys, to ask how they do.
    pub(crate) tables: Option<Arc<KeyTables>>,
}

impl Crypto {
    /// With tables as `config` says, or without any.
    pub(crate) fn new(tables: Switch, config: Config) -> Self {
        match tables {
            Switch::Off => Self { provider: Arc::new(AwsLc), tables: None },
            Switch::On => {
                let tables = Arc::new(KeyTables::new(Arc::new(AwsLc), config));
                Self { provider: Arc::clone(&tables) as Arc<dyn Provider>, tables: Some(tables) }
            }
        }
    }
}
