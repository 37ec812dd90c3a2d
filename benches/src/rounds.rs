//! Turns on one core, timed by the thread's CPU time.

use anyhow::Result;
use rustix::thread::{CpuSet, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};

/// Somebody who takes turns: does its slice of the work of a round, and says how many microseconds one piece took.
pub(crate) struct Contender<'w> {
    pub(crate) name: String,
    pub(crate) turn: Box<dyn FnMut(usize) -> Result<f64> + 'w>,
}

/// Microseconds apiece: the median over the rounds, and the quartiles.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) median: f64,
    pub(crate) quartiles: [f64; 2],
}

/// Keeps this thread on one core.
pub(crate) fn pin(core: usize) -> Result<()> {
    let mut cores = CpuSet::new();
    cores.set(core);
    Ok(sched_setaffinity(None, &cores)?)
}

/// Microseconds of the thread's CPU time that `work` takes for each of `count` pieces.
pub(crate) fn timed(count: usize, work: impl FnOnce()) -> f64 {
    let start = cpu_time();
    work();
    (cpu_time() - start) / count as f64
}

/// The thread's CPU time in microseconds.
fn cpu_time() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

/// Lets all work in turns; the first round warms caches and is dropped.
pub(crate) fn run(contenders: &mut [Contender<'_>], rounds: usize) -> Result<Vec<Figure>> {
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); contenders.len()];
    for round in 0..=rounds {
        for place in 0..contenders.len() {
            let index = (place + round) % contenders.len();
            let (Some(contender), Some(times)) = (contenders.get_mut(index), times.get_mut(index)) else {
                continue;
            };
            let time = (contender.turn)(round)?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    Ok(contenders.iter().zip(times).map(|(contender, times)| figure(&contender.name, times)).collect())
}

fn figure(name: &str, mut times: Vec<f64>) -> Figure {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((share * times.len() as f64) as usize).copied().unwrap_or(f64::NAN);
    Figure { name: name.to_owned(), median: at(0.5), quartiles: [at(0.25), at(0.75)] }
}
