//! A queue in front of worker threads, each with something of its own that handles one request at a time.
//!
//! A request is let in while fewer than a limit are inside, and refused at once otherwise: nobody waits in a line whose end
//! is too far. Whoever is inside has a [`Seat`] at one worker, where the steps of the request are done one after the
//! other, and gives it back when done.

use crate::limits::{MAX_TAKEN_IN, MAX_WORKERS};
use std::{
    fmt::Display,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, JoinHandle},
};
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

type Job<C> = Box<dyn FnOnce(&mut C) + Send>;
type Make<C, E> = dyn Fn() -> Result<C, E> + Send + Sync;

/// The worker died of a step: the request has no answer, and the next gets a fresh worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a worker failed")]
pub struct WorkerFailed;

/// Workers, and the way in.
pub struct Desk<C> {
    workers: Vec<Worker<C>>,
    room: Arc<Semaphore>,
    places: usize,
}

struct Worker<C> {
    /// Bounded by the room: each that is inside has one step at most with a worker.
    jobs: Option<Sender<Job<C>>>,
    load: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

/// A request that is inside.
pub struct Seat<C> {
    jobs: Sender<Job<C>>,
    load: Arc<AtomicUsize>,
    _room: OwnedSemaphorePermit,
}

impl<C: Send + 'static> Desk<C> {
    /// Workers that each start with what `make` makes, and start anew with it when a step has panicked. At least one, at
    /// most [`MAX_WORKERS`]; at most `places` requests are inside, and never more than [`MAX_TAKEN_IN`].
    ///
    /// # Errors
    /// Those of `make`, and when a thread cannot be started.
    pub fn open<E: From<io::Error> + Display + 'static>(
        name: &str,
        workers: usize,
        places: usize,
        make: impl Fn() -> Result<C, E> + Send + Sync + 'static,
    ) -> Result<Self, E> {
        let make: Arc<Make<C, E>> = Arc::new(make);
        let places = places.clamp(1, MAX_TAKEN_IN);
        let start = |number| Worker::start(format!("{name}-{number}"), Arc::clone(&make));
        let workers = (0..workers.clamp(1, MAX_WORKERS)).map(start).collect::<Result<_, E>>()?;
        Ok(Self { workers, room: Arc::new(Semaphore::new(places)), places })
    }

    /// A seat at the worker with the least to do; `None` when the desk is full.
    #[must_use]
    pub fn seat(&self) -> Option<Seat<C>> {
        let room = Arc::clone(&self.room).try_acquire_owned().ok()?;
        let worker = self.workers.iter().min_by_key(|worker| worker.load.load(Ordering::Relaxed))?;
        worker.load.fetch_add(1, Ordering::Relaxed);
        let jobs = worker.jobs.clone()?;
        Some(Seat { jobs, load: Arc::clone(&worker.load), _room: room })
    }

    /// Has every worker do something between two requests: a change of what it holds.
    pub fn each(&self, change: impl Fn(&mut C) + Send + Sync + 'static) {
        let change = Arc::new(change);
        for jobs in self.workers.iter().filter_map(|worker| worker.jobs.as_ref()) {
            let change = Arc::clone(&change);
            // A worker ends only with the desk.
            let _ = jobs.send(Box::new(move |core| change(core)));
        }
    }

    /// How many requests are inside.
    #[must_use]
    pub fn inside(&self) -> usize {
        self.places.saturating_sub(self.room.available_permits())
    }
}

impl<C> Drop for Desk<C> {
    fn drop(&mut self) {
        self.workers.iter_mut().for_each(|worker| worker.jobs = None);
        for thread in self.workers.iter_mut().filter_map(|worker| worker.thread.take()) {
            // A worker catches what its steps panic of.
            let _ = thread.join();
        }
    }
}

impl<C: Send + 'static> Worker<C> {
    fn start<E: From<io::Error> + Display + 'static>(name: String, make: Arc<Make<C, E>>) -> Result<Self, E> {
        let (jobs, waiting) = channel();
        let core = make()?;
        let thread = thread::Builder::new().name(name).spawn(move || work(core, &waiting, &*make))?;
        Ok(Self { jobs: Some(jobs), load: Arc::new(AtomicUsize::new(0)), thread: Some(thread) })
    }
}

fn work<C, E: Display>(mut core: C, jobs: &Receiver<Job<C>>, make: &Make<C, E>) {
    while let Ok(job) = jobs.recv() {
        if catch_unwind(AssertUnwindSafe(|| job(&mut core))).is_ok() {
            continue;
        }
        match make() {
            Ok(made) => {
                tracing::error!("a worker failed, and has started anew");
                core = made;
            }
            Err(error) => tracing::error!(reason = %error, "a worker failed, and cannot start anew"),
        }
    }
}

impl<C: 'static> Seat<C> {
    /// Has the worker do one step of the request.
    ///
    /// # Errors
    /// [`WorkerFailed`] when the step panicked.
    pub async fn step<T: Send + 'static>(
        &self,
        step: impl FnOnce(&mut C) -> T + Send + 'static,
    ) -> Result<T, WorkerFailed> {
        let (done, outcome) = oneshot::channel();
        let job: Job<C> = Box::new(move |core| {
            // Whoever asked may have gone; what the step has recorded stands.
            let _ = done.send(step(core));
        });
        self.jobs.send(job).map_err(|_| WorkerFailed)?;
        outcome.await.map_err(|_| WorkerFailed)
    }
}

impl<C> Drop for Seat<C> {
    fn drop(&mut self) {
        self.load.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    fn wait<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
    }

    #[test]
    fn a_desk_lets_in_so_many_and_one_more_when_one_has_left() {
        let desk = Desk::open("test", 2, 3, || Ok::<_, io::Error>(0_u32)).unwrap();
        let seats: Vec<_> = (0..3).map(|_| desk.seat().unwrap()).collect();
        assert!(desk.seat().is_none());
        assert_eq!(desk.inside(), 3);
        drop(seats);
        assert_eq!(desk.inside(), 0);
        assert!(desk.seat().is_some());
    }

    #[test]
    fn seats_are_spread_over_the_workers() {
        let desk = Desk::open("test", 2, 4, || Ok::<_, io::Error>(())).unwrap();
        let (one, other) = (desk.seat().unwrap(), desk.seat().unwrap());
        let name = |(): &mut ()| thread::current().name().map(str::to_owned);
        let names = wait(async { (one.step(name).await, other.step(name).await) });
        assert_ne!(names.0, names.1);
    }

    #[test]
    fn a_step_that_panics_has_no_answer_and_the_worker_starts_anew() {
        let desk = Desk::open("test", 1, 2, || Ok::<_, io::Error>(0_u32)).unwrap();
        let seat = desk.seat().unwrap();
        assert_eq!(wait(seat.step(|core| *core += 1)), Ok(()));
        assert_eq!(wait(seat.step(|_| panic!("a test"))), Err(WorkerFailed));
        assert_eq!(wait(seat.step(|core| *core)), Ok(0));
    }

    #[test]
    fn a_change_reaches_every_worker() {
        let desk = Desk::open("test", 3, 4, || Ok::<_, io::Error>(0_u32)).unwrap();
        desk.each(|core| *core = 7);
        let seats: Vec<_> = (0..3).map(|_| desk.seat().unwrap()).collect();
        for seat in &seats {
            assert_eq!(wait(seat.step(|core| *core)), Ok(7));
        }
    }

    #[test]
    fn a_desk_that_closes_finishes_what_is_inside() {
        let barrier = Arc::new(Barrier::new(2));
        let desk = Desk::open("test", 1, 2, || Ok::<_, io::Error>(())).unwrap();
        let seat = desk.seat().unwrap();
        let held = Arc::clone(&barrier);
        let outcome = thread::spawn(move || {
            wait(seat.step(move |()| {
                held.wait();
                thread::sleep(std::time::Duration::from_millis(50));
                "done"
            }))
        });
        barrier.wait();
        drop(desk);
        assert_eq!(outcome.join().unwrap(), Ok("done"));
    }
}
