//! Work on many stations, shared among threads.

use std::sync::{Mutex, PoisonError};
use std::thread;

use super::error::SimError;

/// Stations that a thread takes at a time: few enough that no thread waits long for another, enough that taking them costs nothing.
const AT_A_TIME: usize = 16;

/// Does `work` on every item, on so many threads, each with an `own` of its own; yields these.
///
/// # Errors
/// The first that `work` has; [`SimError::Thread`].
pub(super) fn each<T: Send, O: Send>(
    items: &mut [T],
    threads: usize,
    own: impl Fn() -> O + Sync,
    work: impl Fn(&mut T, &mut O) -> Result<(), SimError> + Sync,
) -> Result<Vec<O>, SimError> {
    let portions = Mutex::new(items.chunks_mut(AT_A_TIME));
    let next = || portions.lock().unwrap_or_else(PoisonError::into_inner).next();
    let run = || -> Result<O, SimError> {
        let mut own = own();
        while let Some(portion) = next() {
            portion.iter_mut().try_for_each(|item| work(item, &mut own))?;
        }
        Ok(own)
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads.max(1)).map(|_| scope.spawn(run)).collect();
        let first = run();
        let ended = others.into_iter().map(|thread| thread.join().unwrap_or(Err(SimError::Thread)));
        core::iter::once(first).chain(ended.collect::<Vec<_>>()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once_on_any_number_of_threads() {
        for threads in [1, 2, 5] {
            let mut items: Vec<u32> = (0..1_000).collect();
            let sums = each(
                &mut items,
                threads,
                || 0u64,
                |item, sum| {
                    *item += 1;
                    *sum += u64::from(*item);
                    Ok(())
                },
            );
            let sum: u64 = sums.into_iter().flatten().sum();
            assert_eq!(sum, 500_500);
            assert_eq!(items, (1..=1_000).collect::<Vec<u32>>());
        }
    }

    #[test]
    fn an_error_on_any_thread_ends_the_work() {
        let mut items: Vec<u32> = (0..100).collect();
        let fails = |item: &mut u32, _: &mut ()| {
            if *item == 70 { Err(SimError::Watcher("full".to_owned())) } else { Ok(()) }
        };
        assert!(each(&mut items, 2, || (), fails).is_err());
    }
}
