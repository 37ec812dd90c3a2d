//! Who has used the processors: threads of this process by the beginnings of their names.

use std::collections::BTreeMap;
use std::fs;

/// Seconds of processor time by kind of thread.
pub(crate) type Seconds = BTreeMap<String, f64>;

/// What the threads have used so far. A thread that has ended is not counted.
pub(crate) fn used() -> Seconds {
    let mut used = Seconds::new();
    let ticks = rustix::param::clock_ticks_per_second() as f64;
    for task in fs::read_dir("/proc/self/task").unwrap().map(Result::unwrap) {
        let Ok(stat) = fs::read_to_string(task.path().join("stat")) else { continue };
        let Some((name, spent)) = read(&stat) else { continue };
        *used.entry(kind(&name)).or_default() += spent / ticks;
    }
    used
}

/// The name of a thread and the ticks that it has run, in its own code and the kernel's.
fn read(stat: &str) -> Option<(String, f64)> {
    let (head, rest) = stat.rsplit_once(')')?;
    let name = head.split_once('(')?.1.to_owned();
    let mut fields = rest.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((name, user + system))
}

/// Workers are numbered.
fn kind(name: &str) -> String {
    name.trim_end_matches(|letter: char| letter.is_ascii_digit()).trim_end_matches('-').to_owned()
}
