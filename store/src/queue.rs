//! What waits for the writer, bounded in number and octets.

use crate::{
    error::StoreError,
    limits::{MAX_BATCH, MAX_BATCH_OCTETS, MAX_QUEUE, MAX_QUEUE_OCTETS},
};
use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Jobs in the order in which they came.
pub(crate) struct Queue<T> {
    waiting: Mutex<Waiting<T>>,
    arrived: Condvar,
}

struct Waiting<T> {
    jobs: VecDeque<(usize, T)>,
    octets: usize,
    is_closed: bool,
}

impl<T> Queue<T> {
    pub(crate) const fn new() -> Self {
        let waiting = Waiting { jobs: VecDeque::new(), octets: 0, is_closed: false };
        Self { waiting: Mutex::new(waiting), arrived: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting<T>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a job that keeps `octets` waiting.
    pub(crate) fn push(&self, octets: usize, job: T) -> Result<(), StoreError> {
        let mut waiting = self.lock();
        if waiting.is_closed {
            return Err(StoreError::Stopped("it was closed".to_owned()));
        }
        if waiting.jobs.len() >= MAX_QUEUE || waiting.octets.saturating_add(octets) > MAX_QUEUE_OCTETS {
            return Err(StoreError::Busy);
        }
        waiting.octets += octets;
        waiting.jobs.push_back((octets, job));
        drop(waiting);
        self.arrived.notify_one();
        Ok(())
    }

    /// Takes no more jobs; those that wait are still handed out.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.arrived.notify_one();
    }

    /// The next jobs, at least one: those that wait, after `patience` at most for there to be `company` of them. `None`
    /// once the queue is closed and empty.
    pub(crate) fn next_batch(&self, company: usize, patience: Duration) -> Option<Vec<T>> {
        let mut waiting = self.lock();
        while waiting.jobs.is_empty() {
            if waiting.is_closed {
                return None;
            }
            waiting = self.arrived.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
        let deadline = Instant::now() + patience;
        while waiting.jobs.len() < company.min(MAX_BATCH) && !waiting.is_closed {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            waiting = self.arrived.wait_timeout(waiting, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        Some(waiting.take())
    }
}

impl<T> Waiting<T> {
    fn take(&mut self) -> Vec<T> {
        let (mut batch, mut taken) = (Vec::new(), 0_usize);
        while let Some((octets, job)) = self.jobs.pop_front() {
            if !batch.is_empty() && (batch.len() >= MAX_BATCH || taken + octets > MAX_BATCH_OCTETS) {
                self.jobs.push_front((octets, job));
                break;
            }
            taken += octets;
            batch.push(job);
        }
        self.octets = self.octets.saturating_sub(taken);
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_takes_so_many_jobs_and_no_more() {
        let queue = Queue::new();
        for job in 0..MAX_QUEUE {
            queue.push(0, job).unwrap();
        }
        assert_eq!(queue.push(0, 0), Err(StoreError::Busy));
        assert_eq!(queue.next_batch(1, Duration::ZERO).unwrap().len(), MAX_BATCH);
        queue.push(0, 0).unwrap();
    }

    #[test]
    fn a_queue_takes_so_many_octets_and_no_more() {
        let queue = Queue::new();
        queue.push(MAX_QUEUE_OCTETS, 0).unwrap();
        assert_eq!(queue.push(1, 1), Err(StoreError::Busy));
        assert_eq!(queue.next_batch(1, Duration::ZERO), Some(vec![0]));
        queue.push(1, 1).unwrap();
    }

    #[test]
    fn a_large_job_makes_a_batch_of_its_own_and_keeps_its_place() {
        let queue = Queue::new();
        for (octets, job) in [(1, 'a'), (MAX_BATCH_OCTETS, 'b'), (1, 'c')] {
            queue.push(octets, job).unwrap();
        }
        let batches: Vec<_> = (0..3).filter_map(|_| queue.next_batch(1, Duration::ZERO)).collect();
        assert_eq!(batches, [['a'], ['b'], ['c']]);
    }

    #[test]
    fn a_closed_queue_hands_out_what_waits_and_takes_nothing() {
        let queue = Queue::new();
        queue.push(0, 'a').unwrap();
        queue.close();
        assert!(matches!(queue.push(0, 'b'), Err(StoreError::Stopped(_))));
        assert_eq!(queue.next_batch(2, Duration::from_secs(60)), Some(vec!['a']));
        assert_eq!(queue.next_batch(1, Duration::ZERO), None);
    }
}
