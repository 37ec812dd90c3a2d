//! Backups: all rows of one moment in a stream, and back into any engine.
//!
//! ```text
//! "wayseal ledger backup 1\n", rows, 0xFF, SHA-256 of everything before it
//! row: space (0, 1, 2), key and value, each behind its length in four octets
//! ```

use crate::{
    codec::Writer,
    engine::{Engine, Space, View, Write},
    error::{Damage, StoreError},
    limits::{MAX_BATCH_OCTETS, MAX_VALUE, RESTORE_BATCH},
    record::{Digest, Head},
    rows::{self, INCOMPLETE, REWOUND},
    table::MAX_ENTRY_KEY,
    verify,
};
use sha2::{Digest as _, Sha256};
use std::io;

const MAGIC: &[u8; 24] = b"wayseal ledger backup 1\n";
const END: u8 = 0xFF;

/// Octets of the largest row's value: a request's entry holds an answer with a tag, a hash and a sequence.
const MAX_ROW: usize = MAX_VALUE + 64;

/// Whether there is no row at all.
pub(crate) fn is_empty(view: &dyn View) -> Result<bool, StoreError> {
    let mut rows = 0_u64;
    for space in Space::ALL {
        // The first row settles it, and an error is how a scan is left.
        let scanned = view.scan(space, &[], &mut |_, _| {
            rows += 1;
            Err(StoreError::NotEmpty)
        });
        match scanned {
            Ok(()) | Err(StoreError::NotEmpty) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(rows == 0)
}

/// Writes all rows.
pub(crate) fn write(view: &dyn View, out: &mut dyn io::Write) -> Result<Head, StoreError> {
    let head = rows::head(view)?.ok_or(Damage::Head)?;
    let mut out = Hashing { stream: out, hash: Sha256::new() };
    out.put(MAGIC)?;
    for (tag, space) in (0..).zip(Space::ALL) {
        view.scan(space, &[], &mut |key, value| {
            out.put(&Writer::default().octet(tag).string(key).string(value).done())
        })?;
    }
    out.put(&[END])?;
    let hash: Digest = out.hash.finalize().into();
    out.stream.write_all(&hash).and_then(|()| out.stream.flush()).map_err(failed)?;
    Ok(head)
}

/// Puts a backup into an empty engine. The ledger that comes out is whole and verified, and takes no record until an
/// operator [raises its epoch](crate::Ledger::raise_epoch): whatever was recorded after the backup is missing.
///
/// # Errors
/// [`StoreError::NotEmpty`]; [`StoreError::Damaged`] when the backup is not what was written, and then the ledger stays
/// [incomplete](StoreError::Incomplete); [`StoreError::Storage`].
pub fn restore(engine: &dyn Engine, backup: &mut dyn io::Read) -> Result<Head, StoreError> {
    engine.transact(&[], &mut |view| {
        let mark = || vec![rows::meta(INCOMPLETE, Some(vec![1]))];
        if is_empty(view)? { Ok(mark()) } else { Err(StoreError::NotEmpty) }
    })?;
    let mut backup = Hashing { stream: backup, hash: Sha256::new() };
    if backup.array()? != *MAGIC {
        return Err(Damage::Unreadable("the backup").into());
    }
    let mut has_more = true;
    while has_more {
        let batch;
        (batch, has_more) = backup.batch()?;
        engine.transact(&[], &mut |_| Ok(batch.clone()))?;
    }
    let mut head = None;
    engine.snapshot(&mut |view| {
        head = Some(verify::verify(view, None)?.head);
        Ok(())
    })?;
    engine
        .transact(&[], &mut |_| Ok(vec![rows::meta(REWOUND, Some(vec![1])), rows::meta(INCOMPLETE, None)]))?;
    head.ok_or(StoreError::Misuse("the engine showed nothing"))
}

/// A stream whose octets are hashed as they pass.
struct Hashing<'a, S: ?Sized> {
    stream: &'a mut S,
    hash: Sha256,
}

impl Hashing<'_, dyn io::Write + '_> {
    fn put(&mut self, octets: &[u8]) -> Result<(), StoreError> {
        self.hash.update(octets);
        self.stream.write_all(octets).map_err(failed)
    }
}

impl Hashing<'_, dyn io::Read + '_> {
    fn take(&mut self, octets: &mut [u8]) -> Result<(), StoreError> {
        self.stream.read_exact(octets).map_err(failed)?;
        self.hash.update(&*octets);
        Ok(())
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], StoreError> {
        let mut octets = [0; N];
        self.take(&mut octets)?;
        Ok(octets)
    }

    fn string(&mut self, most: usize) -> Result<Vec<u8>, StoreError> {
        let length = usize::try_from(u32::from_be_bytes(self.array()?)).unwrap_or(usize::MAX);
        if length > most {
            return Err(Damage::Unreadable("the backup").into());
        }
        let mut octets = vec![0; length];
        self.take(&mut octets)?;
        Ok(octets)
    }

    /// The next rows, and whether there may be more. The end is one once its hash was compared.
    fn batch(&mut self) -> Result<(Vec<Write>, bool), StoreError> {
        let (mut batch, mut octets) = (Vec::new(), 0);
        while batch.len() < RESTORE_BATCH && octets < MAX_BATCH_OCTETS {
            match self.row()? {
                Some(write) => {
                    octets += write.value.as_ref().map_or(0, Vec::len);
                    batch.push(write);
                }
                None => return Ok((batch, false)),
            }
        }
        Ok((batch, true))
    }

    fn row(&mut self) -> Result<Option<Write>, StoreError> {
        let [tag] = self.array()?;
        let Some(space) = Space::ALL.get(usize::from(tag)) else { return self.end(tag) };
        let key = self.string(MAX_ENTRY_KEY)?;
        let value = self.string(MAX_ROW)?;
        Ok(Some(Write::new(*space, key, value)))
    }

    fn end(&mut self, tag: u8) -> Result<Option<Write>, StoreError> {
        let computed: Digest = self.hash.clone().finalize().into();
        if tag != END || self.array()? != computed {
            return Err(Damage::Unreadable("the backup").into());
        }
        Ok(None)
    }
}

fn failed(error: io::Error) -> StoreError {
    StoreError::Storage(format!("the backup: {error}"))
}
