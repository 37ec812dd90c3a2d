//! Whether an authority can serve.

use std::path::PathBuf;
use std::sync::Arc;

use store::Ledger;
use v2x_crypto_pkcs11::Token;

/// A ledger that an authority needs.
#[derive(Clone)]
pub(super) struct Watched {
    pub(super) name: &'static str,
    pub(super) ledger: Ledger,
    /// Where its backups go.
    pub(super) backups: Option<PathBuf>,
}

/// What keeps the authority from serving; nothing if it can. Databases and modules are asked, and may take their time.
pub(super) fn complaints(ledgers: &[Watched], tokens: &[Arc<Token>]) -> Vec<String> {
    let mut complaints: Vec<String> = ledgers.iter().filter_map(complaint).collect();
    complaints.extend(tokens.iter().filter_map(|token| token.check().err()).map(|error| error.to_string()));
    if let Err(error) = enrollment_http::clock::now() {
        complaints.push(error.to_string());
    }
    complaints
}

fn complaint(Watched { name, ledger, .. }: &Watched) -> Option<String> {
    match ledger.is_rewound() {
        Ok(false) => None,
        Ok(true) => Some(format!("the ledger of the {name} is an older copy: raise its epoch")),
        Err(error) => Some(format!("the ledger of the {name}: {error}")),
    }
}
