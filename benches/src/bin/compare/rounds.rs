//! Turns on one core, timed by the thread's CPU time.

use anyhow::{Context as _, Result, ensure};
use rustix::thread::{CpuSet, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};

use crate::contenders::Contender;
use crate::workload::{Signed, Workload};

/// Microseconds a signature: the median over the rounds, and the quartiles.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) name: String,
    /// The number of the set that it verified.
    pub(crate) set: usize,
    pub(crate) median: f64,
    pub(crate) quartiles: [f64; 2],
}

/// Keeps this thread on one core.
pub(crate) fn pin(core: usize) -> Result<()> {
    let mut cores = CpuSet::new();
    cores.set(core);
    Ok(sched_setaffinity(None, &cores)?)
}

/// Lets all verify in turns; the first round warms caches and is dropped.
pub(crate) fn run(workload: &Workload, contenders: &mut [Contender], rounds: usize) -> Result<Vec<Figure>> {
    let mut times: Vec<Vec<f64>> = vec![Vec::new(); contenders.len()];
    for round in 0..=rounds {
        for place in 0..contenders.len() {
            let index = (place + round) % contenders.len();
            let (Some(contender), Some(times)) = (contenders.get_mut(index), times.get_mut(index)) else {
                continue;
            };
            let time = turn(workload, contender, round)?;
            if round > 0 {
                times.push(time);
            }
        }
    }
    Ok(contenders.iter().zip(times).map(|(contender, times)| figure(contender, times)).collect())
}

/// Microseconds a signature in one round of one contender.
fn turn(workload: &Workload, contender: &mut Contender, round: usize) -> Result<f64> {
    let count = contender.turn;
    let signed = &workload.sets.get(contender.set).context("a set for each contender")?.signed;
    let slices: Vec<Signed> =
        signed.iter().cycle().skip(round * count % signed.len()).take(count).copied().collect();
    let mut verdicts = Vec::with_capacity(count);
    let start = cpu_time();
    (contender.verify)(&slices, &mut verdicts);
    let time = cpu_time() - start;
    let expected: Vec<bool> = slices.iter().map(|signed| signed.valid).collect();
    ensure!(verdicts == expected, "{} and RustCrypto disagree", contender.name);
    Ok(time / count as f64)
}

/// The thread's CPU time in microseconds.
fn cpu_time() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}

fn figure(contender: &Contender, mut times: Vec<f64>) -> Figure {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((share * times.len() as f64) as usize).copied().unwrap_or(f64::NAN);
    Figure {
        name: contender.name.clone(),
        set: contender.set,
        median: at(0.5),
        quartiles: [at(0.25), at(0.75)],
    }
}
