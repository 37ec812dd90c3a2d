//! What the servers have done, by place and status, and how long it took.

use crate::page::Page;
use http::StatusCode;
use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// Upper bounds of the classes of times, in microseconds.
const BOUNDS: [u64; 11] =
    [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 10_000_000];

/// Counts. Places and statuses are our own words, so there is a handful of each.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(&'static str, u16), u64>>,
    times: Mutex<BTreeMap<&'static str, Times>>,
    connections: AtomicU64,
    refused_connections: AtomicU64,
}

#[derive(Clone, Debug, Default)]
struct Times {
    classes: [u64; BOUNDS.len()],
    count: u64,
    micros: u64,
}

impl Metrics {
    /// Nothing was done yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A request at a place was answered.
    pub fn answered(&self, place: &'static str, status: StatusCode, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        *lock(&self.requests).entry((place, status.as_u16())).or_default() += 1;
        lock(&self.times).entry(place).or_default().add(micros);
    }

    pub(crate) fn connected(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn not_connected(&self) {
        self.refused_connections.fetch_add(1, Ordering::Relaxed);
    }

    /// How many requests at a place were answered with a status.
    #[must_use]
    pub fn count(&self, place: &str, status: StatusCode) -> u64 {
        let counts = lock(&self.requests);
        let found = counts.iter().find(|((name, code), _)| *name == place && *code == status.as_u16());
        found.map_or(0, |(_, count)| *count)
    }

    /// Writes all of it.
    pub fn write(&self, page: &mut Page) {
        page.head("wayseal_requests_total", "Requests answered, by place and status.", "counter");
        for ((place, status), count) in &*lock(&self.requests) {
            page.line("wayseal_requests_total", &[("place", place), ("status", status)], count);
        }
        page.head("wayseal_request_seconds", "From a request's head to its answer.", "histogram");
        for (place, times) in &*lock(&self.times) {
            times.write(page, place);
        }
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        page.counter("wayseal_connections_total", "Connections taken.", count(&self.connections));
        page.counter(
            "wayseal_connections_refused_total",
            "Connections closed at once, because as many as may be were open.",
            count(&self.refused_connections),
        );
    }
}

impl Times {
    fn add(&mut self, micros: u64) {
        for (class, bound) in self.classes.iter_mut().zip(BOUNDS) {
            *class += u64::from(micros <= bound);
        }
        self.count += 1;
        self.micros = self.micros.saturating_add(micros);
    }

    fn write(&self, page: &mut Page, place: &str) {
        const NAME: &str = "wayseal_request_seconds";
        for (class, bound) in self.classes.iter().zip(BOUNDS) {
            let bound = bound as f64 * 1e-6;
            page.line("wayseal_request_seconds_bucket", &[("place", &place), ("le", &bound)], class);
        }
        page.line("wayseal_request_seconds_bucket", &[("place", &place), ("le", &"+Inf")], self.count);
        page.line(&format!("{NAME}_sum"), &[("place", &place)], self.micros as f64 * 1e-6);
        page.line(&format!("{NAME}_count"), &[("place", &place)], self.count);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_fall_into_all_classes_that_are_wide_enough() {
        let metrics = Metrics::new();
        metrics.answered("aa", StatusCode::OK, Duration::from_micros(1_000));
        metrics.answered("aa", StatusCode::OK, Duration::from_secs(60));
        let mut page = Page::default();
        metrics.write(&mut page);
        let text = page.text();
        for line in [
            "wayseal_requests_total{place=\"aa\",status=\"200\"} 2",
            "wayseal_request_seconds_bucket{place=\"aa\",le=\"0.0005\"} 0",
            "wayseal_request_seconds_bucket{place=\"aa\",le=\"0.001\"} 1",
            "wayseal_request_seconds_bucket{place=\"aa\",le=\"10\"} 1",
            "wayseal_request_seconds_bucket{place=\"aa\",le=\"+Inf\"} 2",
            "wayseal_request_seconds_count{place=\"aa\"} 2",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
