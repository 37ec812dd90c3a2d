//! Whether an authority can serve.

use std::path::PathBuf;

use store::Ledger;

/// A ledger that an authority needs.
#[derive(Clone)]
pub(super) struct Watched {
    pub(super) name: &'static str,
    pub(super) ledger: Ledger,
    /// Where its backups go.
    pub(super) backups: Option<PathBuf>,
}

/// What keeps the authority from serving; nothing if it can.
pub(super) fn complaints(ledgers: &[Watched]) -> Vec<String> {
    let mut complaints: Vec<String> = ledgers.iter().filter_map(complaint).collect();
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
