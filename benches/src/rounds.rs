//! Turns on one core, timed by the thread's CPU time.

use anyhow::{Result, ensure};
use rustix::thread::{CpuSet, sched_setaffinity};
use rustix::time::{ClockId, clock_gettime};

/// Somebody who takes turns.
pub struct Contender<'w> {
    /// As reports call it.
    pub name: String,
    /// The number of the set that it works on, where there are several.
    pub set: usize,
    /// Does its slice of the work of a round, and says how many microseconds one piece took.
    pub turn: Box<dyn FnMut(usize) -> Result<f64> + 'w>,
}

/// Microseconds apiece: the median over the rounds, and the quartiles.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Whose it is.
    pub name: String,
    /// The number of the set that it worked on.
    pub set: usize,
    /// Half the rounds took less.
    pub median: f64,
    /// A quarter took less, and a quarter took more.
    pub quartiles: [f64; 2],
}

/// A signature of which somebody else has said whether it is valid.
pub trait Judged: Copy {
    /// Whether it is.
    fn is_valid(&self) -> bool;
}

impl<'w> Contender<'w> {
    /// Verifies the next `count` signatures in each turn; every verdict must be the one that is known.
    pub fn verifier<S: Judged>(
        name: &str,
        set: usize,
        count: usize,
        signed: &'w [S],
        mut verify: impl FnMut(&[S], &mut Vec<bool>) + 'w,
    ) -> Self {
        let label = name.to_owned();
        let turn = move |round: usize| {
            let first = round * count % signed.len().max(1);
            let slice: Vec<S> = signed.iter().cycle().skip(first).take(count).copied().collect();
            let mut verdicts = Vec::with_capacity(count);
            let time = timed(count, || verify(&slice, &mut verdicts));
            let expected: Vec<bool> = slice.iter().map(Judged::is_valid).collect();
            ensure!(verdicts == expected, "{label} and RustCrypto disagree");
            Ok(time)
        };
        Self { name: name.to_owned(), set, turn: Box::new(turn) }
    }
}

/// Keeps this thread on one core.
///
/// # Errors
/// When the system does not let it.
pub fn pin(core: usize) -> Result<()> {
    let mut cores = CpuSet::new();
    cores.set(core);
    Ok(sched_setaffinity(None, &cores)?)
}

/// Microseconds of the thread's CPU time that `work` takes for each of `count` pieces.
pub fn timed(count: usize, work: impl FnOnce()) -> f64 {
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
///
/// # Errors
/// What a contender's turn fails with.
pub fn run(contenders: &mut [Contender<'_>], rounds: usize) -> Result<Vec<Figure>> {
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
    Ok(contenders.iter().zip(times).map(|(contender, times)| figure(contender, times)).collect())
}

fn figure(contender: &Contender<'_>, mut times: Vec<f64>) -> Figure {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((share * times.len() as f64) as usize).copied().unwrap_or(f64::NAN);
    Figure {
        name: contender.name.clone(),
        set: contender.set,
        median: at(0.5),
        quartiles: [at(0.25), at(0.75)],
    }
}
