//! PostgreSQL, for more than one machine.
//!
//! The SQL is what databases that speak its protocol have in common: no advisory locks, no LISTEN, and a transaction
//! that could not be serialised is tried again. Several processes may share one ledger; each commit is then a race for
//! the head of the chain, so it pays to have one.

use super::{Decide, Each, Engine, Look, Space, View, Write};
use crate::{
    error::{Damage, StoreError},
    limits::{MAX_RETRIES, POSTGRES_TIMEOUT, SCAN_PAGE},
};
use std::{
    cell::Cell,
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::runtime::Runtime;
use tokio_postgres::{
    Client, Config, Error, IsolationLevel, NoTls, Row, Statement, Transaction, config::SslMode,
    error::SqlState,
};

/// Rows in three tables of one database.
///
/// It has a thread of its own for the connections. Calls wait for their answers, so they are not made from within an
/// asynchronous executor.
#[derive(Debug)]
pub struct Postgres {
    /// There until it is dropped.
    runtime: Option<Runtime>,
    /// For those who read and for the writer: neither waits for the other.
    reader: Mutex<Connected>,
    writer: Mutex<Connected>,
}

#[derive(Debug)]
struct Connected {
    client: Client,
    statements: Statements,
}

/// What is asked of each space, prepared once for a connection.
#[derive(Debug)]
struct Statements {
    one: [Statement; 3],
    several: [Statement; 3],
    page: [Statement; 3],
    put: [Statement; 3],
    delete: [Statement; 3],
}

impl Postgres {
    /// Connects as `address` says, in the form `host=… user=… dbname=…` or `postgresql://…`, and creates the tables that
    /// are not there. A password can be given beside the address, and is kept no longer than connecting takes.
    ///
    /// The connection is not encrypted: reach the database over a local socket or a protected network.
    ///
    /// # Errors
    /// [`StoreError::Storage`] when it cannot be reached, or does not sync its commits; [`StoreError::Misuse`] for an
    /// address that asks for encryption or cannot be read.
    pub fn connect(address: &str, password: Option<&[u8]>) -> Result<Self, StoreError> {
        let mut config: Config =
            address.parse().map_err(|_| StoreError::Misuse("this is no address of a PostgreSQL database"))?;
        if config.get_ssl_mode() == SslMode::Require {
            return Err(StoreError::Misuse("the ledger's connections to PostgreSQL cannot be encrypted"));
        }
        config.connect_timeout(POSTGRES_TIMEOUT).ssl_mode(SslMode::Disable);
        if let Some(password) = password {
            config.password(password);
        }
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).thread_name("postgres").enable_all().build();
        let runtime = runtime.map_err(|error| StoreError::Storage(error.to_string()))?;
        let (reader, writer) = runtime.block_on(async {
            let writer = connect(&config).await?;
            prepare(&writer).await?;
            Ok::<_, StoreError>((
                Connected::new(connect(&config).await?).await?,
                Connected::new(writer).await?,
            ))
        })?;
        Ok(Self { runtime: Some(runtime), reader: Mutex::new(reader), writer: Mutex::new(writer) })
    }
}

impl Drop for Postgres {
    /// Without waiting for the connections to end: the last who has the ledger may be a task of an executor, which must not
    /// wait.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn connect(config: &Config) -> Result<Client, StoreError> {
    let (client, connection) = config.connect(NoTls).await.map_err(failed)?;
    tokio::spawn(async move {
        // When the connection fails, so does whatever is asked of the client: nobody else needs to know.
        let _ = connection.await;
    });
    Ok(client)
}

impl Connected {
    async fn new(client: Client) -> Result<Self, StoreError> {
        let statements = Statements {
            one: each(&client, "SELECT value FROM @ WHERE key = $1").await?,
            several: each(&client, "SELECT key, value FROM @ WHERE key = ANY($1)").await?,
            page: each(&client, "SELECT key, value FROM @ WHERE key > $1 ORDER BY key LIMIT $2").await?,
            put: each(
                &client,
                "INSERT INTO @ (key, value) SELECT * FROM unnest($1::BYTEA[], $2::BYTEA[]) \
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            )
            .await?,
            delete: each(&client, "DELETE FROM @ WHERE key = ANY($1)").await?,
        };
        Ok(Self { client, statements })
    }
}

/// A statement for each space, whose table stands for `@`.
async fn each(client: &Client, statement: &str) -> Result<[Statement; 3], StoreError> {
    let [meta, records, entries] = Space::ALL.map(|space| statement.replace('@', table(space)));
    let prepare = async |statement: String| client.prepare(&statement).await.map_err(failed);
    Ok([prepare(meta).await?, prepare(records).await?, prepare(entries).await?])
}

fn of(statements: &[Statement; 3], space: Space) -> &Statement {
    let [meta, records, entries] = statements;
    match space {
        Space::Meta => meta,
        Space::Records => records,
        Space::Entries => entries,
    }
}

/// Makes sure that a commit is durable once it returns, and that there are tables.
async fn prepare(client: &Client) -> Result<(), StoreError> {
    client.batch_execute("SET synchronous_commit = on").await.map_err(failed)?;
    // A database that has no such setting does not leave the choice.
    let setting = client.query_opt("SELECT setting FROM pg_settings WHERE name = 'fsync'", &[]).await;
    let setting =
        setting.map_err(failed)?.map(|row| row.try_get::<_, String>(0)).transpose().map_err(failed)?;
    if setting.is_some_and(|setting| setting != "on") {
        return Err(StoreError::Storage(
            "PostgreSQL runs with fsync off: it would lose what it promised".to_owned(),
        ));
    }
    for space in Space::ALL {
        let table = table(space);
        let create =
            format!("CREATE TABLE IF NOT EXISTS {table} (key BYTEA PRIMARY KEY, value BYTEA NOT NULL)");
        client.batch_execute(&create).await.map_err(failed)?;
    }
    Ok(())
}

const fn table(space: Space) -> &'static str {
    match space {
        Space::Meta => "wayseal_meta",
        Space::Records => "wayseal_records",
        Space::Entries => "wayseal_entries",
    }
}

impl Engine for Postgres {
    fn transact(&self, likely: &[(Space, Vec<u8>)], decide: &mut Decide<'_>) -> Result<(), StoreError> {
        let mut connected = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        for attempt in 0..MAX_RETRIES {
            match self.attempt(&mut connected, likely, decide) {
                Ok(()) => return Ok(()),
                Err(Failure::TryAgain) => std::thread::sleep(pause(attempt)),
                Err(Failure::Final(error)) => return Err(error),
            }
        }
        Err(StoreError::Storage("PostgreSQL could not serialise the transaction with others".to_owned()))
    }

    fn snapshot(&self, look: &mut Look<'_>) -> Result<(), StoreError> {
        let mut connected = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let Connected { client, statements } = &mut *connected;
        let begin =
            client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true);
        let transaction = self.wait(begin.start())?;
        look(&Rows::new(self, statements, &transaction, Fetched::new()))?;
        self.wait(transaction.commit()).map_err(StoreError::from)
    }
}

/// A little longer each time, so that two processes do not keep step.
fn pause(attempt: u32) -> Duration {
    Duration::from_micros(u64::from(attempt * attempt).min(20_000))
}

enum Failure {
    /// Another transaction got in between; nothing was written.
    TryAgain,
    Final(StoreError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Final(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Final(error) => error,
            Failure::TryAgain => {
                Self::Storage("PostgreSQL could not serialise the transaction with others".to_owned())
            }
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error.code() {
            Some(code) if *code == SqlState::T_R_SERIALIZATION_FAILURE => Self::TryAgain,
            Some(code) if *code == SqlState::T_R_DEADLOCK_DETECTED => Self::TryAgain,
            Some(_) | None => Self::Final(failed(error)),
        }
    }
}

impl Postgres {
    /// Waits for an answer, so long and no longer.
    fn wait<T>(&self, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Failure> {
        let runtime = self.runtime.as_ref().ok_or(StoreError::Misuse("the connections are gone"))?;
        let timed = runtime.block_on(async { tokio::time::timeout(POSTGRES_TIMEOUT, answer).await });
        let answer = timed.map_err(|_| StoreError::Storage("PostgreSQL does not answer".to_owned()))?;
        Ok(answer?)
    }

    fn attempt(
        &self,
        connected: &mut Connected,
        likely: &[(Space, Vec<u8>)],
        decide: &mut Decide<'_>,
    ) -> Result<(), Failure> {
        let Connected { client, statements } = connected;
        let begin = client.build_transaction().isolation_level(IsolationLevel::Serializable);
        let transaction = self.wait(begin.start())?;
        let fetched = self.fetch(statements, &transaction, likely)?;
        let rows = Rows::new(self, statements, &transaction, fetched);
        let decided = decide(&rows);
        if rows.lost_a_race.get() {
            return Err(Failure::TryAgain);
        }
        self.write(statements, &transaction, &decided?)?;
        // A commit that fails in any other way than by telling so may have been made: the ledger stops.
        self.wait(transaction.commit())
    }

    /// Rows that are probably wanted, with one question for each space.
    fn fetch(
        &self,
        statements: &Statements,
        transaction: &Transaction<'_>,
        likely: &[(Space, Vec<u8>)],
    ) -> Result<Fetched, Failure> {
        let mut fetched = Fetched::new();
        for space in Space::ALL {
            let wanted = likely.iter().filter(|(wanted, _)| *wanted == space);
            let keys: Vec<&[u8]> = wanted.map(|(_, key)| &**key).collect();
            if keys.is_empty() {
                continue;
            }
            fetched.extend(keys.iter().map(|key| ((space, key.to_vec()), None)));
            for row in self.wait(transaction.query(of(&statements.several, space), &[&keys]))? {
                fetched.insert((space, octets(&row, 0)?), Some(octets(&row, 1)?));
            }
        }
        Ok(fetched)
    }

    fn write(
        &self,
        statements: &Statements,
        transaction: &Transaction<'_>,
        writes: &[Write],
    ) -> Result<(), Failure> {
        for space in Space::ALL {
            let of_space = || writes.iter().filter(|write| write.space == space);
            let removed: Vec<&[u8]> =
                of_space().filter(|write| write.value.is_none()).map(|write| &*write.key).collect();
            let (keys, values): (Vec<&[u8]>, Vec<&[u8]>) =
                of_space().filter_map(|write| Some((&*write.key, write.value.as_deref()?))).unzip();
            if !removed.is_empty() {
                self.wait(transaction.execute(of(&statements.delete, space), &[&removed]))?;
            }
            if !keys.is_empty() {
                self.wait(transaction.execute(of(&statements.put, space), &[&keys, &values]))?;
            }
        }
        Ok(())
    }
}

type Fetched = BTreeMap<(Space, Vec<u8>), Option<Vec<u8>>>;

struct Rows<'a> {
    engine: &'a Postgres,
    statements: &'a Statements,
    transaction: &'a Transaction<'a>,
    fetched: Fetched,
    /// A question was refused because of another transaction: whatever was decided, it starts over.
    lost_a_race: Cell<bool>,
}

impl<'a> Rows<'a> {
    const fn new(
        engine: &'a Postgres,
        statements: &'a Statements,
        transaction: &'a Transaction<'a>,
        fetched: Fetched,
    ) -> Self {
        Self { engine, statements, transaction, fetched, lost_a_race: Cell::new(false) }
    }

    fn ask<T>(&self, answer: impl Future<Output = Result<T, Error>>) -> Result<T, StoreError> {
        let answer = self.engine.wait(answer);
        self.lost_a_race.set(self.lost_a_race.get() || matches!(answer, Err(Failure::TryAgain)));
        answer.map_err(StoreError::from)
    }
}

impl View for Rows<'_> {
    fn row(&self, space: Space, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(row) = self.fetched.get(&(space, key.to_vec())) {
            return Ok(row.clone());
        }
        let select = of(&self.statements.one, space);
        let row = self.ask(self.transaction.query_opt(select, &[&key]))?;
        row.map(|row| octets(&row, 0)).transpose()
    }

    fn scan(&self, space: Space, prefix: &[u8], each: &mut Each<'_>) -> Result<(), StoreError> {
        let select = of(&self.statements.page, space);
        // The prefix itself is a row too, and no key is behind "nothing".
        if let Some(value) = self.row(space, prefix)? {
            each(prefix, &value)?;
        }
        let mut last = prefix.to_vec();
        loop {
            let rows = self.ask(self.transaction.query(select, &[&last, &SCAN_PAGE]))?;
            for row in &rows {
                last = octets(row, 0)?;
                if !last.starts_with(prefix) {
                    return Ok(());
                }
                each(&last, &octets(row, 1)?)?;
            }
            if (rows.len() as i64) < SCAN_PAGE {
                return Ok(());
            }
        }
    }
}

fn octets(row: &Row, column: usize) -> Result<Vec<u8>, StoreError> {
    row.try_get(column).map_err(|_| Damage::Unreadable("a row of PostgreSQL").into())
}

fn failed(error: Error) -> StoreError {
    let said = error.as_db_error().map(|said| said.message().to_owned());
    let cause = said.or_else(|| std::error::Error::source(&error).map(ToString::to_string));
    let detail = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
    StoreError::Storage(format!("PostgreSQL: {error}{detail}"))
}
