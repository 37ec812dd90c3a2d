//! The administration, on a listener of its own: health, figures, stations, epochs.
//!
//! | request | needs | |
//! | --- | --- | --- |
//! | `GET /healthz` | nothing | 200, or 503 and what is wrong |
//! | `GET /metrics` | nothing | figures in the format of Prometheus |
//! | `POST /stations` | operate | registers the stations of a batch, CSV |
//! | `GET /stations/HEX` | read | how a station is registered |
//! | `POST /stations/HEX/status` | operate | `active`, `inactive` or `blocked` |
//! | `POST /ledgers/ea/epoch`, `…/aa/…` | operate | `{"epoch": N, "reason": "…"}`: takes records again |
//! | `POST /ledgers/ea/backup`, `…/aa/…` | operate | writes a backup into the folder of the settings |

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::thread;

use enrollment_ea::registry::{CanonicalId, Registry as _, RegistryError, Station, Status};
use enrollment_ea_durable::DurableRegistry;
use enrollment_http::intake::{self, Arriving, Bounds};
use enrollment_http::metrics::Metrics;
use enrollment_http::page::Page;
use enrollment_http::reply::Reply;
use enrollment_http::server::{Answered, Handler};
use enrollment_http::{clock, limits::BODY_TIME};
use http::{Method, Request, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use store::Ledger;
use v2x_crypto_pkcs11::Token;

use super::backup;
use super::health::{self, Watched};
use super::profiles::Profiles;
use super::registration::{self, MAX_OCTETS};
use super::tokens::{Names, Right, Tokens};
use crate::output;

/// Threads that register a batch: they share commits.
const REGISTRARS: usize = 32;

/// Octets of a body that is no batch.
const MAX_SETTING: usize = 4_096;

/// The content type of figures.
const FIGURES: &str = "text/plain; version=0.0.4; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

/// What is administered.
pub(super) struct Admin {
    pub(super) tokens: Tokens,
    pub(super) names: Names,
    pub(super) registry: Option<DurableRegistry>,
    pub(super) profiles: Arc<Profiles>,
    pub(super) ledgers: Vec<Watched>,
    /// Tokens that keys are in.
    pub(super) hsm_tokens: Vec<Arc<Token>>,
    pub(super) metrics: Arc<Metrics>,
    /// How many requests are inside, by place.
    pub(super) inside: Vec<(&'static str, Inside)>,
}

/// Says how many requests are inside.
pub(super) type Inside = Box<dyn Fn() -> usize + Send + Sync>;

/// A change of the epoch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Epoch {
    epoch: u64,
    reason: String,
}

impl Handler for Admin {
    fn handle(&self, request: Request<Arriving>) -> Pin<Box<dyn Future<Output = Answered> + Send + '_>> {
        Box::pin(async move {
            let reply = match self.reply(request).await {
                Ok(reply) | Err(reply) => reply,
            };
            Answered { place: "admin", reply }
        })
    }
}

impl Admin {
    async fn reply(&self, request: Request<Arriving>) -> Result<Reply, Reply> {
        let right = self.tokens.right(request.headers()).max(self.names.right(request.extensions()));
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        let steps: Vec<&str> = path.trim_matches('/').split('/').collect();
        let read = |most| intake::read(&parts.headers, body, Bounds { octets: most, time: BODY_TIME });
        match (&parts.method, steps.as_slice()) {
            (&Method::GET, ["healthz"]) => Ok(self.health()),
            (&Method::GET, ["metrics"]) => Ok(Reply::ok(FIGURES, self.figures())),
            (&Method::GET, ["stations", id]) => {
                needs(right, Right::Read)?;
                self.show(id)
            }
            (&Method::POST, ["stations"]) => {
                needs(right, Right::Operate)?;
                self.register(&read(MAX_OCTETS).await?).await
            }
            (&Method::POST, ["stations", id, "status"]) => {
                needs(right, Right::Operate)?;
                self.set_status(id, &read(MAX_SETTING).await?).await
            }
            (&Method::POST, ["ledgers", name, "epoch"]) => {
                needs(right, Right::Operate)?;
                self.raise_epoch(name, &read(MAX_SETTING).await?).await
            }
            (&Method::POST, ["ledgers", name, "backup"]) => {
                needs(right, Right::Operate)?;
                self.back_up(name).await
            }
            (_, ["healthz" | "metrics"] | ["stations", _]) => Err(Reply::only("GET")),
            (_, ["stations"] | ["stations", _, "status"] | ["ledgers", _, "epoch" | "backup"]) => {
                Err(Reply::only("POST"))
            }
            _ => Err(Reply::nothing_here()),
        }
    }

    fn health(&self) -> Reply {
        let complaints = self.complaints();
        if complaints.is_empty() {
            Reply::ok(TEXT, "ok\n")
        } else {
            Reply::refused(StatusCode::SERVICE_UNAVAILABLE, complaints.join("\n"))
        }
    }

    fn complaints(&self) -> Vec<String> {
        in_place(|| health::complaints(&self.ledgers, &self.hsm_tokens))
    }

    fn figures(&self) -> String {
        let mut page = Page::default();
        self.metrics.write(&mut page);
        page.head("wayseal_inside", "Requests that were taken in and not yet answered.", "gauge");
        for (place, inside) in &self.inside {
            page.line("wayseal_inside", &[("place", place)], inside());
        }
        for (name, help, figure) in LEDGER_FIGURES {
            page.head(name, help, "counter");
            for Watched { name: of, ledger, .. } in &self.ledgers {
                page.line(name, &[("ledger", of)], in_place(|| figure(ledger)));
            }
        }
        let is_healthy = self.complaints().is_empty();
        page.gauge("wayseal_healthy", "Whether the authorities can serve.", u8::from(is_healthy));
        page.text()
    }

    fn registry(&self) -> Result<&DurableRegistry, Reply> {
        self.registry.as_ref().ok_or_else(Reply::nothing_here)
    }

    fn show(&self, id: &str) -> Result<Reply, Reply> {
        let id = identifier(id)?;
        let registry = self.registry()?;
        let station = in_place(|| registry.station(&id)).map_err(|error| failed(&error))?;
        let station = station.ok_or_else(Reply::nothing_here)?;
        let shown = json!({
            "status": word(station.status),
            "curve": station.canonical_key.curve().to_string(),
            "key": hex::encode(station.canonical_key.to_sec1_compressed()),
            "profile": self.profiles.name(&station.profile),
            "parallelTickets": station.profile.parallel_tickets,
        });
        Ok(document(&shown))
    }

    async fn register(&self, batch: &[u8]) -> Result<Reply, Reply> {
        let text = std::str::from_utf8(batch).map_err(|_| Reply::bad("the batch is no text"))?;
        let stations =
            registration::parse(text, &self.profiles).map_err(|error| Reply::bad(format!("{error:#}")))?;
        let registry = self.registry()?.clone();
        let registered = blocking(move || register_all(&registry, &stations)).await?;
        let (registered, known) = registered.map_err(|error| failed(&error))?;
        tracing::info!(registered, known, "stations registered");
        Ok(document(&json!({ "registered": registered, "known": known })))
    }

    async fn set_status(&self, id: &str, body: &[u8]) -> Result<Reply, Reply> {
        let (id, status) = (identifier(id)?, status(body)?);
        let mut registry = self.registry()?.clone();
        let changed = blocking(move || {
            let now = clock::now().map_err(|_| Reply::out_of_order())?;
            registry.set_status(now, &id, status).map_err(|error| failed(&error))
        });
        changed.await??;
        tracing::info!(status = word(status), "the status of a station was changed");
        Ok(document(&json!({ "status": word(status) })))
    }

    async fn raise_epoch(&self, name: &str, body: &[u8]) -> Result<Reply, Reply> {
        let Epoch { epoch, reason } =
            serde_json::from_slice(body).map_err(|error| Reply::bad(error.to_string()))?;
        let ledger = self.ledger(name)?.ledger.clone();
        let now = clock::now().map_err(|_| Reply::out_of_order())?;
        let raised = blocking(move || ledger.raise_epoch(now.micros(), epoch, &reason)).await?;
        raised.map_err(|error| Reply::refused(StatusCode::CONFLICT, error.to_string()))?;
        tracing::warn!(ledger = name, epoch, "the epoch of a ledger was raised");
        Ok(document(&json!({ "epoch": epoch })))
    }

    async fn back_up(&self, name: &str) -> Result<Reply, Reply> {
        let Watched { ledger, backups, .. } = self.ledger(name)?.clone();
        let no_folder = || Reply::refused(StatusCode::CONFLICT, "the settings name no folder for backups");
        let folder = backups.ok_or_else(no_folder)?;
        let written = blocking(move || backup::write(&ledger, &folder)).await?;
        let (file, head) = written.map_err(|error| {
            let reason = output::sentence(&error);
            tracing::error!(ledger = name, reason, "no backup was written");
            Reply::refused(StatusCode::INTERNAL_SERVER_ERROR, reason)
        })?;
        tracing::info!(ledger = name, records = head.count(), "a backup was written");
        Ok(document(&json!({ "file": file, "head": head.to_string() })))
    }

    fn ledger(&self, name: &str) -> Result<&Watched, Reply> {
        let found = self.ledgers.iter().find(|watched| watched.name.eq_ignore_ascii_case(name));
        found.ok_or_else(Reply::nothing_here)
    }
}

/// A figure of a ledger: its name, what it is, and how much.
type LedgerFigure = (&'static str, &'static str, fn(&Ledger) -> u64);

const LEDGER_FIGURES: [LedgerFigure; 3] = [
    ("wayseal_ledger_records_total", "Records in the chain.", |ledger| {
        ledger.head().map_or(0, |head| head.count())
    }),
    ("wayseal_ledger_commits_total", "Commits since the start, each with one wait for the disk.", |ledger| {
        ledger.counts().commits
    }),
    ("wayseal_ledger_operations_total", "Operations in them.", |ledger| ledger.counts().operations),
];

fn needs(right: Right, needed: Right) -> Result<(), Reply> {
    match right {
        Right::None => Err(Reply::unauthorized()),
        right if right < needed => {
            Err(Reply::refused(StatusCode::FORBIDDEN, "this token or certificate may only look"))
        }
        Right::Read | Right::Operate => Ok(()),
    }
}

/// Runs what may wait for the disk where waiting holds up nobody.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Reply> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Reply::out_of_order())
}

/// Asks what may take its time, a database or a module, without holding up the other connections.
fn in_place<T>(ask: impl FnOnce() -> T) -> T {
    tokio::task::block_in_place(ask)
}

/// Registers all; those that are registered already stay as they are. How many of each there were.
fn register_all(
    registry: &DurableRegistry,
    stations: &[(CanonicalId, Station)],
) -> Result<(usize, usize), RegistryError> {
    let now = clock::now()
        .map_err(|error| RegistryError::Ledger(v2x_ca::ledger::LedgerError::Clock(error.to_string())))?;
    let share = stations.len().div_ceil(REGISTRARS).max(1);
    let outcomes: Vec<Result<usize, RegistryError>> = thread::scope(|scope| {
        let register = |part| scope.spawn(move || register_some(registry.clone(), part, now));
        let registrars: Vec<_> = stations.chunks(share).map(register).collect();
        let gone = || Err(RegistryError::Ledger(v2x_ca::ledger::LedgerError::Busy));
        registrars.into_iter().map(|registrar| registrar.join().unwrap_or_else(|_| gone())).collect()
    });
    let registered = outcomes.into_iter().sum::<Result<usize, _>>()?;
    Ok((registered, stations.len() - registered))
}

fn register_some(
    mut registry: DurableRegistry,
    stations: &[(CanonicalId, Station)],
    now: v2x_codec::time::Time64,
) -> Result<usize, RegistryError> {
    let mut registered = 0;
    for (id, station) in stations {
        match registry.register(now, id, station) {
            Ok(()) => registered += 1,
            Err(RegistryError::Known) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(registered)
}

fn identifier(digits: &str) -> Result<CanonicalId, Reply> {
    registration::identifier(digits).map_err(|error| Reply::bad(format!("{error:#}")))
}

fn status(body: &[u8]) -> Result<Status, Reply> {
    match body.trim_ascii() {
        b"active" => Ok(Status::Active),
        b"inactive" => Ok(Status::Inactive),
        b"blocked" => Ok(Status::Blocked),
        _ => Err(Reply::bad("give active, inactive or blocked")),
    }
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Inactive => "inactive",
        Status::Blocked => "blocked",
    }
}

fn document(value: &Value) -> Reply {
    Reply::ok(JSON, format!("{value}\n"))
}

fn failed(error: &RegistryError) -> Reply {
    if *error == RegistryError::Unknown {
        return Reply::nothing_here();
    }
    tracing::error!(reason = %error, "the registry took no change");
    Reply::refused(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
}
