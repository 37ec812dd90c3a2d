//! The ledger: handles for many threads, and the one thread that writes.

use crate::{
    backup,
    draft::{Draft, Expected, Note, Operation, fits, genesis},
    engine::{Engine, Space, View, Write},
    error::{Damage, StoreError},
    limits::{BATCH_WAIT, MAX_BATCH_WAIT, MAX_NAME},
    queue::Queue,
    record::{Digest, Head},
    rows::{self, INCOMPLETE, REWOUND},
    standing::{Standing, Stored},
    table::{CERTIFICATES, REQUESTS, Table},
    verify::{self, Verified},
};
use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
        mpsc::{SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// How a ledger is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whose it is, such as the name in the authority's certificate. It is fixed when the ledger is created, and a ledger
    /// of another name is refused.
    pub name: String,
    /// A head that was published or kept elsewhere. A ledger without it has lost records, and takes none until its epoch
    /// is raised.
    pub published: Option<Head>,
    /// How long a commit waits for as much company as the last one had, at most
    /// [`MAX_BATCH_WAIT`](crate::limits::MAX_BATCH_WAIT).
    pub batch_wait: Duration,
}

impl Options {
    /// A ledger of this name, with no published head to hold it against.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), published: None, batch_wait: BATCH_WAIT }
    }
}

/// A value that an authority keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The value.
    pub octets: Vec<u8>,
    /// Which record put it there: see [`Expected::Version`].
    pub version: u64,
}

/// How much a ledger did since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Commits, each with one wait for the disk.
    pub commits: u64,
    /// Operations in them, refused ones included.
    pub operations: u64,
}

/// A handle on a ledger. Clones are handles on the same ledger, for as many threads as there are; what they record at
/// the same time shares a commit. The ledger is closed when the last is dropped, which waits for the writer.
///
/// Every call may wait for the disk. Times are microseconds since whatever the caller counts from, always the same.
#[derive(Clone)]
pub struct Ledger {
    open: Arc<Open>,
}

struct Open {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
}

struct Shared {
    engine: Box<dyn Engine>,
    queue: Queue<Job>,
    /// Why nothing is acknowledged any more.
    stopped: OnceLock<String>,
    commits: AtomicU64,
    operations: AtomicU64,
}

struct Job {
    time: u64,
    operation: Operation,
    answer: SyncSender<Result<(), StoreError>>,
}

impl Ledger {
    /// Opens the ledger in `engine`, or creates it there.
    ///
    /// # Errors
    /// [`StoreError::OtherLedger`], [`StoreError::NewerSchema`], [`StoreError::Incomplete`]; [`StoreError::Damaged`];
    /// [`StoreError::Storage`].
    pub fn open(engine: impl Engine, options: &Options, time: u64) -> Result<Self, StoreError> {
        fits("a ledger's name", options.name.len(), MAX_NAME)?;
        engine.transact(&[], &mut |view| opening(view, options, time))?;
        let shared = Arc::new(Shared {
            engine: Box::new(engine),
            queue: Queue::new(),
            stopped: OnceLock::new(),
            commits: AtomicU64::new(0),
            operations: AtomicU64::new(0),
        });
        let (writing, patience) = (Arc::clone(&shared), options.batch_wait.min(MAX_BATCH_WAIT));
        let writer = thread::Builder::new().name("ledger".to_owned());
        let writer = writer.spawn(move || write(&writing, patience));
        let writer = writer.map_err(|error| StoreError::Storage(error.to_string()))?;
        Ok(Self { open: Arc::new(Open { shared, writer: Some(writer) }) })
    }

    /// Records that `octets` will be signed for `request`. The same octets again are the same record.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if other octets are on record for the request, or an answer; those of
    /// [`put`](Self::put).
    pub fn intend(&self, time: u64, request: &Digest, octets: &[u8]) -> Result<(), StoreError> {
        self.record(time, Operation::Intend { request: *request, octets: octets.to_vec() })
    }

    /// Records the certificate made for `request` and its answer. The same again is the same record.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if nothing was intended, or another answer or certificate is on record; those of
    /// [`put`](Self::put).
    pub fn conclude(
        &self,
        time: u64,
        request: &Digest,
        certificate: &[u8],
        answer: &[u8],
    ) -> Result<(), StoreError> {
        self.conclude_with(time, request, certificate, answer, &[])
    }

    /// As [`conclude`](Self::conclude), with values that stand or fall with the answer. The same certificate and answer
    /// again are the same record, whatever the notes say: they were taken with the first.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] also if a value is not what its note expects; [`StoreError::Misuse`] for two notes about
    /// one value; those of [`conclude`](Self::conclude).
    pub fn conclude_with(
        &self,
        time: u64,
        request: &Digest,
        certificate: &[u8],
        answer: &[u8],
        notes: &[Note],
    ) -> Result<(), StoreError> {
        let (certificate, answer, notes) = (certificate.to_vec(), answer.to_vec(), notes.to_vec());
        self.record(time, Operation::Conclude { request: *request, certificate, answer, notes })
    }

    /// Records an answer to `request` that carries no certificate. The same again is the same record.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if anything else is on record for the request; those of [`put`](Self::put).
    pub fn remember(&self, time: u64, request: &Digest, answer: &[u8]) -> Result<(), StoreError> {
        self.remember_with(time, request, answer, &[])
    }

    /// As [`remember`](Self::remember), with values that stand or fall with the answer. The same answer again is the
    /// same record, whatever the notes say: they were taken with the first.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] also if a value is not what its note expects; [`StoreError::Misuse`] for two notes about
    /// one value; those of [`remember`](Self::remember).
    pub fn remember_with(
        &self,
        time: u64,
        request: &Digest,
        answer: &[u8],
        notes: &[Note],
    ) -> Result<(), StoreError> {
        let (answer, notes) = (answer.to_vec(), notes.to_vec());
        self.record(time, Operation::Remember { request: *request, answer, notes })
    }

    /// Writes a value, if what is there is what is expected. Whoever counts reads the value, and expects its version.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if something else is there; [`StoreError::TooLarge`], [`StoreError::Busy`],
    /// [`StoreError::TimeBehind`] and [`StoreError::Rewound`], with nothing recorded; [`StoreError::Stopped`] when it is
    /// not known whether it was.
    pub fn put(
        &self,
        time: u64,
        table: Table,
        key: &[u8],
        expected: Expected,
        value: &[u8],
    ) -> Result<(), StoreError> {
        self.record(time, Operation::Put { table, key: key.to_vec(), expected, value: Some(value.to_vec()) })
    }

    /// Removes a value, if what is there is what is expected. Its hash stays in the chain.
    ///
    /// # Errors
    /// Those of [`put`](Self::put).
    pub fn remove(&self, time: u64, table: Table, key: &[u8], expected: Expected) -> Result<(), StoreError> {
        self.record(time, Operation::Put { table, key: key.to_vec(), expected, value: None })
    }

    /// Accepts, as an operator who knows what is missing, that this is an older copy, or that the clock was ahead: what
    /// is recorded from now on is of `epoch`, and the ledger takes records again, from this time on.
    ///
    /// Nothing does this by itself. Between the copy and now, requests may have been answered that this ledger does not
    /// know: as long as they are fresh enough to be accepted, a second certificate could be issued for them. So wait
    /// that long first, and raise the epoch above that of every head that was published.
    ///
    /// # Errors
    /// [`StoreError::EpochNotAbove`]; those of [`put`](Self::put).
    pub fn raise_epoch(&self, time: u64, epoch: u64, reason: &str) -> Result<(), StoreError> {
        self.record(time, Operation::RaiseEpoch { epoch, reason: reason.to_owned() })
    }

    /// Waits until `operation` is durable, or refused.
    fn record(&self, time: u64, operation: Operation) -> Result<(), StoreError> {
        operation.check()?;
        let shared = &self.open.shared;
        shared.check_running()?;
        let (answer, answered) = sync_channel(1);
        shared.queue.push(operation.octets(), Job { time, operation, answer })?;
        answered.recv().unwrap_or_else(|_| Err(StoreError::Stopped("the writer is gone".to_owned())))
    }

    /// What is on record for `request`.
    ///
    /// # Errors
    /// [`StoreError::Stopped`], [`StoreError::Storage`], [`StoreError::Damaged`].
    pub fn standing(&self, request: &Digest) -> Result<Standing, StoreError> {
        match self.value_of(REQUESTS, request)? {
            None => Ok(Standing::New),
            Some(value) => Ok(Stored::decode(&value.octets)?.into()),
        }
    }

    /// The certificate with this SHA-256, if it was issued here.
    ///
    /// # Errors
    /// As [`standing`](Self::standing).
    pub fn certificate(&self, hash: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.value_of(CERTIFICATES, hash)?.map(|value| value.octets))
    }

    /// All certificates that were issued here, in the order of their hashes.
    ///
    /// # Errors
    /// Those of `each`; as [`standing`](Self::standing).
    pub fn each_certificate(
        &self,
        mut each: impl FnMut(&[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each(CERTIFICATES, |_, certificate| each(certificate))
    }

    /// A value.
    ///
    /// # Errors
    /// As [`standing`](Self::standing).
    pub fn value(&self, table: Table, key: &[u8]) -> Result<Option<Value>, StoreError> {
        self.value_of(table, key)
    }

    fn value_of(&self, table: Table, key: &[u8]) -> Result<Option<Value>, StoreError> {
        let key = table.entry(key)?;
        let entry = self.look(|view| rows::entry(view, &key))?;
        Ok(entry.map(|entry| Value { octets: entry.value, version: entry.sequence }))
    }

    /// All keys and values of a table as they were at one moment, in the order of the keys.
    ///
    /// # Errors
    /// Those of `each`; as [`standing`](Self::standing).
    pub fn each(
        &self,
        table: Table,
        mut each: impl FnMut(&[u8], &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let prefix = table.prefix();
        self.look(|view| {
            view.scan(Space::Entries, &prefix, &mut |key, row| {
                let entry = rows::checked(view, key, row)?;
                each(key.strip_prefix(&*prefix).unwrap_or(key), &entry.value)
            })
        })
    }

    /// Where the chain ends: to be published, or kept on another machine, so that a loss is noticed.
    ///
    /// # Errors
    /// As [`standing`](Self::standing).
    pub fn head(&self) -> Result<Head, StoreError> {
        self.look(|view| Ok(rows::head(view)?.ok_or(Damage::Head)?))
    }

    /// Whether this is an older copy, which takes no record until its epoch is raised.
    ///
    /// # Errors
    /// As [`standing`](Self::standing).
    pub fn is_rewound(&self) -> Result<bool, StoreError> {
        self.look(|view| rows::is_marked(view, REWOUND))
    }

    /// Walks the whole chain and holds everything that is stored against it, and the chain against a head that was
    /// published, while the ledger goes on.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] with the first thing that is wrong; as [`standing`](Self::standing).
    pub fn verify(&self, published: Option<&Head>) -> Result<Verified, StoreError> {
        self.look(|view| verify::verify(view, published))
    }

    /// Writes all that is stored, as it is at this moment, while the ledger goes on. [`restore`](crate::restore) reads it,
    /// into any engine.
    ///
    /// # Errors
    /// [`StoreError::Storage`] also when `out` fails; as [`standing`](Self::standing).
    pub fn backup(&self, out: &mut dyn io::Write) -> Result<Head, StoreError> {
        self.look(|view| backup::write(view, out))
    }

    /// How much was done since it was opened.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let shared = &self.open.shared;
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Counts { commits: count(&shared.commits), operations: count(&shared.operations) }
    }

    /// Runs `look` on a snapshot. What a ledger tells that has stopped meanwhile is not believed.
    fn look<T>(&self, mut look: impl FnMut(&dyn View) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let shared = &self.open.shared;
        shared.check_running()?;
        let mut seen = None;
        shared.engine.snapshot(&mut |view| {
            seen = Some(look(view)?);
            Ok(())
        })?;
        shared.check_running()?;
        seen.ok_or(StoreError::Misuse("the engine showed nothing"))
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Ledger").field("counts", &self.counts()).finish_non_exhaustive()
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.shared.queue.close();
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has told everybody who waited; there is nobody left to tell.
            let _ = writer.join();
        }
    }
}

/// Creates the ledger, or checks that it is the one, whole and known.
fn opening(view: &dyn View, options: &Options, time: u64) -> Result<Vec<Write>, StoreError> {
    if rows::is_marked(view, INCOMPLETE)? {
        return Err(StoreError::Incomplete);
    }
    let Some(head) = rows::head(view)? else {
        return if backup::is_empty(view)? {
            genesis(&options.name, time)
        } else {
            Err(StoreError::Incomplete)
        };
    };
    rows::check_schema(view)?;
    let name = rows::name(view)?;
    if name != options.name.as_bytes() {
        let found = String::from_utf8_lossy(&name).into_owned();
        return Err(StoreError::OtherLedger { expected: options.name.clone(), found });
    }
    if rows::record(view, head.sequence)?.head() != head {
        return Err(Damage::Head.into());
    }
    match &options.published {
        // A head of an epoch before is one that an operator has decided to give up.
        Some(published) if published.epoch >= head.epoch && !verify::contains(view, published)? => {
            Ok(vec![rows::meta(REWOUND, Some(vec![1]))])
        }
        Some(_) | None => Ok(Vec::new()),
    }
}

/// The writer: takes what waits, makes it durable in one transaction, and only then answers.
fn write(shared: &Shared, patience: Duration) {
    let mut company = 1;
    while let Some(batch) = shared.queue.next_batch(company, patience) {
        company = batch.len();
        match shared.commit(&batch) {
            Ok(outcomes) => batch.iter().zip(outcomes).for_each(|(job, outcome)| job.tell(outcome)),
            Err(error) => batch.iter().for_each(|job| job.tell(Err(error.clone()))),
        }
    }
}

impl Job {
    fn tell(&self, outcome: Result<(), StoreError>) {
        // Whoever asked may have gone.
        let _ = self.answer.try_send(outcome);
    }
}

impl Shared {
    fn check_running(&self) -> Result<(), StoreError> {
        match self.stopped.get() {
            None => Ok(()),
            Some(reason) => Err(StoreError::Stopped(reason.clone())),
        }
    }

    /// Makes a batch durable: what became of each. After an error nothing is taken any more.
    fn commit(&self, batch: &[Job]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        self.check_running()?;
        let outcome = catch_unwind(AssertUnwindSafe(|| transact(&*self.engine, batch)));
        let outcome = outcome.unwrap_or_else(|_| Err(StoreError::Storage("the writer panicked".to_owned())));
        match outcome {
            Ok(outcomes) => {
                self.commits.fetch_add(1, Ordering::Relaxed);
                self.operations.fetch_add(batch.len() as u64, Ordering::Relaxed);
                Ok(outcomes)
            }
            Err(error) => {
                let reason = self.stopped.get_or_init(|| error.to_string());
                Err(StoreError::Stopped(reason.clone()))
            }
        }
    }
}

fn transact(engine: &dyn Engine, batch: &[Job]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
    let mut likely = vec![(Space::Meta, rows::HEAD.to_vec()), (Space::Meta, REWOUND.to_vec())];
    for job in batch {
        likely.extend(job.operation.entry_keys()?.into_iter().map(|key| (Space::Entries, key)));
    }
    let mut outcomes = Vec::with_capacity(batch.len());
    engine.transact(&likely, &mut |view| {
        outcomes.clear();
        let mut draft = Draft::open(view)?;
        for job in batch {
            match draft.apply(job.time, &job.operation) {
                Err(error) if error.is_failure() => return Err(error),
                outcome => outcomes.push(outcome),
            }
        }
        Ok(draft.writes())
    })?;
    Ok(outcomes)
}
