//! A disk in memory that remembers what was written and synced, and can be crashed at each of these moments.

use rand_chacha::ChaCha20Rng;
use rand_core::Rng as _;
use redb::StorageBackend;
use std::{
    io::{Error, ErrorKind, Result},
    sync::{Arc, Mutex, MutexGuard},
};
use store::Head;

/// What a disk writes at once or not at all.
const SECTOR: usize = 512;

#[derive(Clone, Debug)]
pub(crate) enum Event {
    Write {
        offset: usize,
        octets: Vec<u8>,
    },
    Resize(usize),
    Sync,
    /// The ledger has told somebody that everything up to this head is durable.
    Acknowledged(Head),
}

/// What goes wrong, at which of the calls that read, write, resize or sync the disk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    pub(crate) call: u64,
    pub(crate) kind: ErrorKind,
    /// Once, or from then on.
    pub(crate) lasts: bool,
}

/// What a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Read,
    Change,
    Sync,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    octets: Vec<u8>,
    events: Vec<Event>,
    records_events: bool,
    calls: u64,
    fault: Option<Fault>,
    hit: Option<Call>,
}

impl Disk {
    /// A disk that holds `octets`.
    pub(crate) fn holding(octets: Vec<u8>) -> Self {
        let disk = Self::default();
        disk.lock().octets = octets;
        disk
    }

    /// A disk that remembers what happened to it.
    pub(crate) fn recording() -> Self {
        let disk = Self::default();
        disk.lock().records_events = true;
        disk
    }

    pub(crate) fn failing(fault: Fault) -> Self {
        let disk = Self::recording();
        disk.lock().fault = Some(fault);
        disk
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub(crate) fn octets(&self) -> Vec<u8> {
        self.lock().octets.clone()
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        self.lock().events.clone()
    }

    pub(crate) fn acknowledge(&self, head: Head) {
        self.lock().events.push(Event::Acknowledged(head));
    }

    /// Which call the fault has hit first, if it has come.
    pub(crate) fn hit(&self) -> Option<Call> {
        self.lock().hit
    }
}

impl State {
    fn change(&mut self, event: Event) -> Result<()> {
        self.call(if matches!(event, Event::Sync) { Call::Sync } else { Call::Change })?;
        event.apply(&mut self.octets);
        if self.records_events {
            self.events.push(event);
        }
        Ok(())
    }

    fn call(&mut self, kind: Call) -> Result<()> {
        let call = self.calls;
        self.calls += 1;
        if let Some(fault) =
            self.fault.filter(|fault| call == fault.call || (fault.lasts && call > fault.call))
        {
            self.hit.get_or_insert(kind);
            return Err(Error::new(fault.kind, "the disk was told to fail"));
        }
        Ok(())
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64> {
        Ok(self.lock().octets.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<()> {
        let mut state = self.lock();
        state.call(Call::Read)?;
        let from = state.octets.get(offset as usize..).unwrap_or_default();
        let octets = from.get(..out.len()).ok_or(ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(octets);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.lock().change(Event::Resize(len as usize))
    }

    fn sync_data(&self) -> Result<()> {
        self.lock().change(Event::Sync)
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<()> {
        self.lock().change(Event::Write { offset: offset as usize, octets: data.to_vec() })
    }
}

impl Event {
    pub(crate) fn apply(&self, disk: &mut Vec<u8>) {
        match self {
            Self::Write { offset, octets } => put(disk, *offset, octets),
            Self::Resize(length) => disk.resize(*length, 0),
            Self::Sync | Self::Acknowledged(_) => {}
        }
    }

    /// As a crash may leave it: done, not done, or done in some of its sectors.
    fn apply_perhaps(&self, disk: &mut Vec<u8>, rng: &mut ChaCha20Rng) {
        match (rng.next_u32() % 3, self) {
            (0, _) => {}
            (1, Self::Write { offset, octets }) => {
                for (at, sector) in (*offset..).step_by(SECTOR).zip(octets.chunks(SECTOR)) {
                    if rng.next_u32().is_multiple_of(2) {
                        put(disk, at, sector);
                    }
                }
            }
            (_, event) => event.apply(disk),
        }
    }
}

fn put(disk: &mut Vec<u8>, offset: usize, octets: &[u8]) {
    let end = offset + octets.len();
    if disk.len() < end {
        disk.resize(end, 0);
    }
    disk[offset..end].copy_from_slice(octets);
}

/// What may be on the disk after a crash now, when everything in `unsynced` may have reached it, in any order and in
/// parts.
pub(crate) fn crashed(synced: &[u8], unsynced: &[Event], rng: &mut ChaCha20Rng) -> Vec<u8> {
    let mut image = synced.to_vec();
    let mut order: Vec<&Event> = unsynced.iter().collect();
    for last in (1..order.len()).rev() {
        order.swap(last, rng.next_u32() as usize % (last + 1));
    }
    order.iter().for_each(|event| event.apply_perhaps(&mut image, rng));
    image
}
