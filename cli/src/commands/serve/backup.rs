//! Backups of the ledgers that are served.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use store::{Head, Ledger};

/// Writes a backup into `folder`, named after its epoch and how many records it has, so that a ledger that was restored does not
/// write over what it has lost: under another name first, so that what has the name is whole and durable. Where it is, and where its chain ends.
pub(super) fn write(ledger: &Ledger, folder: &Path) -> Result<(PathBuf, Head)> {
    fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
    // One after the other: they share a name until they are whole.
    static WRITING: Mutex<()> = Mutex::new(());
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let unfinished = folder.join("unfinished");
    let written = write_to(ledger, &unfinished);
    if written.is_err() {
        // What cannot be removed either is named as what it is.
        let _ = fs::remove_file(&unfinished);
    }
    let head = written?;
    let path = folder.join(format!("{}-{}.backup", head.epoch, head.count()));
    let named = fs::rename(&unfinished, &path).and_then(|()| File::open(folder)?.sync_all());
    named.with_context(|| format!("{}: cannot be written", path.display()))?;
    Ok((path, head))
}

/// For its owner only: it says who is registered.
fn write_to(ledger: &Ledger, path: &Path) -> Result<Head> {
    let failed = || format!("{}: cannot be written", path.display());
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(path);
    let mut file = BufWriter::new(file.with_context(failed)?);
    let head = ledger.backup(&mut file)?;
    file.flush().and_then(|()| file.get_ref().sync_all()).with_context(failed)?;
    Ok(head)
}
