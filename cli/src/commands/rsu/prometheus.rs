//! The figures of a run in the text format of Prometheus.

use std::fmt::{Display, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use v2x_crypto_key_tables::KeyTables;
use v2x_engine::{Engine, Histogram};

use super::report::resident_octets;
use super::tally::Tally;
use super::watch::Watched;

/// What a scrape looks at.
pub(super) struct Sources<'e> {
    pub(super) engine: &'e Engine,
    pub(super) tally: Arc<Tally>,
    pub(super) watched: &'e Watched,
    pub(super) tables: Option<Arc<KeyTables>>,
    /// Where is listened, and how many packets the kernel dropped there.
    pub(super) dropped: &'e [(String, AtomicU64)],
}

/// Units of histograms, and by how much the greatest value below a bound differs from it: nothing where values were
/// rounded down.
const MICROS: (f64, u64) = (1e-6, 0);
const PACKETS: (f64, u64) = (1.0, 1);

/// Shares of all packets whose latency is told.
const QUANTILES: [f64; 4] = [0.5, 0.9, 0.99, 0.999];

impl Sources<'_> {
    /// The figures as of now.
    pub(super) fn scrape(&self) -> String {
        let mut page = Page(String::new());
        self.packets(&mut page);
        self.trust(&mut page);
        self.machine(&mut page);
        page.0
    }

    fn packets(&self, page: &mut Page) {
        let metrics = self.engine.metrics();
        page.counter("wayseal_received_total", "Packets taken in.", load(&self.tally.received));
        page.counter("wayseal_verified_total", "Messages verified.", metrics.verified);
        page.head("wayseal_refused_total", "Packets refused, by reason.", "counter");
        metrics
            .refused
            .iter()
            .for_each(|(code, n)| page.labelled("wayseal_refused_total", "reason", code, n));
        page.head("wayseal_shed_total", "Packets left out for want of time, by reason.", "counter");
        metrics.shed.iter().for_each(|(reason, n)| {
            page.labelled("wayseal_shed_total", "reason", reason.as_str(), n);
        });
        page.head("wayseal_socket_dropped_total", "Packets that the kernel dropped.", "counter");
        for (listen, dropped) in self.dropped {
            page.labelled("wayseal_socket_dropped_total", "listen", listen, load(dropped));
        }
        page.gauge("wayseal_waiting", "Packets of known signers that wait.", metrics.waiting);
        page.histogram("wayseal_latency_seconds", "From arrival to verdict.", &metrics.age_micros, MICROS);
        page.histogram("wayseal_batch_packets", "Packets verified together.", &metrics.batch, PACKETS);
        page.head("wayseal_latency_quantile_seconds", "Latency of a share of all packets.", "gauge");
        for share in QUANTILES {
            let seconds = metrics.age_micros.quantile(share) as f64 * 1e-6;
            page.labelled("wayseal_latency_quantile_seconds", "quantile", share, seconds);
        }
        page.counter(
            "wayseal_lines_lost_total",
            "Lines whose reader was too slow.",
            load(&self.tally.lines_lost),
        );
    }

    fn trust(&self, page: &mut Page) {
        let Watched { roots, authorities, revoked, reloads, failures } = self.watched;
        page.gauge("wayseal_trusted_roots", "Roots that are trusted.", roots.load(Ordering::Relaxed));
        page.gauge(
            "wayseal_known_authorities",
            "Authorities that are known.",
            authorities.load(Ordering::Relaxed),
        );
        page.gauge("wayseal_revoked", "Certificates that are revoked.", revoked.load(Ordering::Relaxed));
        page.counter(
            "wayseal_trust_reloads_total",
            "Changes of the trust folders taken over.",
            load(reloads),
        );
        page.counter("wayseal_trust_failures_total", "Changes that could not be taken over.", load(failures));
    }

    fn machine(&self, page: &mut Page) {
        if let Some(tables) = self.tables.as_ref().map(|tables| tables.statistics()) {
            page.gauge("wayseal_key_tables", "Keys that have a table.", tables.tables);
            page.gauge("wayseal_key_tables_bytes", "Memory of the tables.", tables.octets);
            page.counter("wayseal_key_table_hits_total", "Signatures verified with a table.", tables.hits);
            page.counter("wayseal_key_table_misses_total", "Signatures verified without.", tables.misses);
        }
        let memory = resident_octets().unwrap_or(0);
        page.gauge("process_resident_memory_bytes", "Memory of the process.", memory);
    }
}

fn load(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

/// A page under way. Writing to text cannot fail.
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, help: &str, kind: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.head(name, help, "counter");
        let _ = writeln!(self.0, "{name} {value}");
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, help, "gauge");
        let _ = writeln!(self.0, "{name} {value}");
    }

    /// Labels are our own words, numbers, and endpoints; of these last, a file or interface may hold anything.
    fn labelled(&mut self, name: &str, label: &str, value: impl Display, count: impl Display) {
        let value = value.to_string().replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
        let _ = writeln!(self.0, "{name}{{{label}=\"{value}\"}} {count}");
    }

    /// The buckets whose bounds are powers of two, as far as there are values. The sum is not known to the engine, so it
    /// is taken from the buckets: each value as its bound.
    fn histogram(&mut self, name: &str, help: &str, values: &Histogram, (unit, open): (f64, u64)) {
        self.head(name, help, "histogram");
        let (mut sum, mut before) = (0.0, 0);
        let bucket = format!("{name}_bucket");
        for (bound, below) in values.below() {
            sum += (below - before) as f64 * bound as f64 * unit;
            if bound.is_power_of_two() && (below > 0 || bound == 2) && before < values.count() {
                self.labelled(&bucket, "le", (bound - open) as f64 * unit, below);
            }
            before = below;
        }
        self.labelled(&bucket, "le", "+Inf", values.count());
        let _ = writeln!(self.0, "{name}_sum {sum}\n{name}_count {}", values.count());
    }
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn what_would_end_a_label_is_escaped() {
        let mut page = Page(String::new());
        page.labelled("n", "listen", "pcap://a\"b\\c\nd", 1);
        assert_eq!(page.0, "n{listen=\"pcap://a\\\"b\\\\c\\nd\"} 1\n");
    }
}
