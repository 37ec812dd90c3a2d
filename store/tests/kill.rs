//! A process that is killed in the middle of its work. What it has said to be durable is there; what it has answered is
//! answered the same way by the process that comes after it; the chain verifies.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests fail by panicking, in their helpers too"
)]

mod common;

use common::{NAME, NOW, amount, open_file};
use std::{
    collections::HashMap,
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Duration,
};
use store::{Digest, Head, Ledger, Options, Standing, digest, engine::Redb};

const LEDGER: &str = "WAYSEAL_TEST_LEDGER";
const LIFE: &str = "WAYSEAL_TEST_LIFE";
const FIRST: &str = "WAYSEAL_TEST_FIRST";
const THREADS: u64 = 16;

fn request(number: u64) -> Digest {
    digest(&number.to_be_bytes())
}

/// What this life of the process would answer: no other one would say the same.
fn answer(life: &str, number: u64) -> Vec<u8> {
    format!("answer to {number} in life {life}").into_bytes()
}

/// Answers a request as an authority does: what is on record first, and its own answer only when it is.
fn serve(ledger: &Ledger, life: &str, number: u64) -> Vec<u8> {
    let octets = match ledger.standing(&request(number)).unwrap() {
        Standing::Answered(answer) => return answer,
        Standing::Intended(octets) => octets,
        Standing::New => format!("to be signed for {number} in life {life}").into_bytes(),
    };
    ledger.intend(NOW, &request(number), &octets).unwrap();
    let answer = answer(life, number);
    ledger.conclude(NOW, &request(number), &[&octets[..], &answer].concat(), &answer).unwrap();
    answer
}

#[test]
#[ignore = "part of the others, which start it as a process of its own and kill it"]
fn child() {
    let path = env::var(LEDGER).expect("started by another test");
    let (life, first) = (env::var(LIFE).unwrap(), env::var(FIRST).unwrap().parse().unwrap());
    let ledger = Ledger::open(Redb::open(Path::new(&path)).unwrap(), &Options::new(NAME), NOW).unwrap();
    let next = AtomicU64::new(first);
    println!("\nopen");
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let answer = String::from_utf8(serve(&ledger, &life, number)).unwrap();
                    let line = format!("acknowledged\t{number}\t{answer}\n");
                    std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
                }
            });
        }
    });
}

/// This program, by the emulator under which it runs itself, if it does: cargo is told of that in the environment.
fn this_program() -> Command {
    let own = env::current_exe().unwrap();
    let runner = env::var("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER").ok();
    let runner =
        runner.filter(|_| cfg!(all(target_arch = "aarch64", target_os = "linux"))).unwrap_or_default();
    let mut words = runner.split_whitespace();
    let Some(emulator) = words.next() else { return Command::new(own) };
    let mut command = Command::new(emulator);
    command.args(words).arg(own);
    command
}

/// Runs a child and kills it after `life_time`, counted from when its ledger was open. What it acknowledged.
fn live_and_die(path: &Path, life: u64, first: u64, life_time: Duration) -> Vec<(u64, String)> {
    let mut child = this_program()
        .args(["--exact", "child", "--ignored", "--nocapture", "--test-threads=1"])
        .envs([(LIFE, life.to_string()), (FIRST, first.to_string())])
        .env(LEDGER, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.by_ref().any(|line| line.unwrap() == "open"), "the child opens its ledger");
    let reader = thread::spawn(move || lines.map_while(Result::ok).filter_map(|line| parse(&line)).collect());
    thread::sleep(life_time);
    // SIGKILL: nothing in the process runs after it.
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap()
}

/// A whole line; the last may be cut.
fn parse(line: &str) -> Option<(u64, String)> {
    let (number, answer) = line.strip_prefix("acknowledged\t")?.split_once('\t')?;
    let is_whole = answer.starts_with(&format!("answer to {number} in life "));
    is_whole.then(|| (number.parse().unwrap(), answer.to_owned()))
}

/// Kills a process again and again, after up to `longest`. Returns how many acknowledgements there were, and how many were
/// repeated.
fn kill_again_and_again(times: u64, longest: Duration) -> (u64, u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let (mut answers, mut repeated, mut published) = (HashMap::new(), 0, None::<Head>);
    for life in 0..times {
        // Each life starts with requests of the one before, answered and half answered.
        let first = (answers.len() as u64).saturating_sub(2 * THREADS);
        let said = live_and_die(&path, life, first, longest * (1 + life as u32 * 7 % 20) / 20);
        let ledger = open_file(&path);
        for (number, answer) in said {
            assert_eq!(
                ledger.standing(&request(number)),
                Ok(Standing::Answered(answer.clone().into())),
                "lost {number}"
            );
            if let Some(before) = answers.insert(number, answer.clone()) {
                assert_eq!(before, answer, "request {number} has two answers");
                repeated += 1;
            }
        }
        published = Some(ledger.verify(published.as_ref()).unwrap().head);
    }
    let ledger = open_file(&path);
    for (number, answer) in &answers {
        assert_eq!(ledger.standing(&request(*number)), Ok(Standing::Answered(answer.clone().into())));
    }
    (answers.len() as u64, repeated)
}

#[test]
fn a_killed_process_has_lost_nothing_that_it_acknowledged() {
    let (answered, repeated) = kill_again_and_again(12, Duration::from_millis(160));
    assert!(answered > 100 && repeated > 0, "{answered} answered, {repeated} repeated");
}

#[test]
#[ignore = "many minutes: cargo xtask reliability kill"]
fn long_kills() {
    let times = amount("WAYSEAL_KILLS", 500);
    // A ledger for every 50: each life verifies all that those before it have recorded.
    let ledgers = (0..times).step_by(50);
    let ledgers = ledgers.map(|done| kill_again_and_again((times - done).min(50), Duration::from_secs(1)));
    let (answered, repeated) = ledgers.fold((0, 0), |sum, next| (sum.0 + next.0, sum.1 + next.1));
    eprintln!(
        "{times} kills: {answered} requests answered, none lost; {repeated} asked again, all the same answer"
    );
}
