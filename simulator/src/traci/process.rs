//! SUMO as a program of our own: started, waited for, ended.

use std::io::{ErrorKind, Read as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::client::Client;
use super::error::TraciError;
use super::installation::Installation;
use super::limits;
use crate::scenario::{Sumo as Wanted, SumoInput};

/// Between two looks whether it listens.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long a program that gave up may take to say so.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A running SUMO. It ends when this is dropped.
pub struct Sumo {
    client: Client,
    child: Child,
    last_words: LastWords,
}

impl Sumo {
    /// Leads it: a connection that breaks because it gave up is told by its own last words.
    ///
    /// # Errors
    /// That of the call; [`TraciError::GaveUp`].
    pub fn led<T>(
        &mut self,
        call: impl FnOnce(&mut Client) -> Result<T, TraciError>,
    ) -> Result<T, TraciError> {
        let done = call(&mut self.client);
        done.map_err(|error| self.explained(error))
    }

    fn explained(&mut self, error: TraciError) -> TraciError {
        let broke = matches!(error, TraciError::Connection(_) | TraciError::Malformed(_));
        let deadline = Instant::now() + LAST_WORDS;
        while broke && Instant::now() < deadline {
            if let Ok(Some(status)) = self.child.try_wait() {
                return TraciError::GaveUp(self.last_words.or(&status.to_string()));
            }
            thread::sleep(PATIENCE);
        }
        error
    }
}

impl Drop for Sumo {
    fn drop(&mut self) {
        // What has ended already cannot be ended.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Starts SUMO for what a scenario wants.
///
/// # Errors
/// [`TraciError::PortInUse`]; [`TraciError::Start`]; [`TraciError::GaveUp`] with its own words when it does not like its input.
pub fn start(installation: &Installation, wanted: &Wanted, seed: u64) -> Result<Sumo, TraciError> {
    let port = free_port(wanted.port)?;
    let mut command = Command::new(&installation.binary);
    command.env("SUMO_HOME", &installation.home);
    let projections = installation.home.join("data/proj");
    if projections.is_dir() {
        command.env("PROJ_DATA", projections);
    }
    command.args(arguments(installation, wanted, (seed, port)));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let program = installation.binary.display().to_string();
    let mut child = command.spawn().map_err(|error| TraciError::Start { program, error })?;
    let last_words = LastWords::listen(child.stderr.take());
    match connect(&mut child, port, &last_words).and_then(Client::new) {
        Ok(client) => Ok(Sumo { client, child, last_words }),
        Err(error) => {
            drop(child.kill());
            drop(child.wait());
            Err(error)
        }
    }
}

/// A port that nobody listens on. Another program could take it before SUMO does: then SUMO gives up and says so.
fn free_port(wanted: Option<u16>) -> Result<u16, TraciError> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, wanted.unwrap_or(0))).map_err(|error| {
        match (error.kind(), wanted) {
            (ErrorKind::AddrInUse, Some(port)) => TraciError::PortInUse(port),
            (_, _) => TraciError::Connection(error),
        }
    })?;
    Ok(listener.local_addr()?.port())
}

fn arguments(installation: &Installation, wanted: &Wanted, (seed, port): (u64, u16)) -> Vec<String> {
    let found = |file: &PathBuf| at_home(file, &installation.home).display().to_string();
    let list = |files: &[PathBuf]| files.iter().map(found).collect::<Vec<_>>().join(",");
    let mut all: Vec<String> = Vec::new();
    let mut add = |name: &str, value: String| all.extend([name.to_owned(), value]);
    match &wanted.input {
        SumoInput::Configuration(file) => add("--configuration-file", found(file)),
        SumoInput::Files { net, routes, additional } => {
            add("--net-file", found(net));
            [("--route-files", routes), ("--additional-files", additional)]
                .into_iter()
                .filter(|(_, files)| !files.is_empty())
                .for_each(|(name, files)| add(name, list(files)));
        }
    }
    if let Some(begin) = wanted.begin_s {
        add("--begin", begin.to_string());
    }
    add("--remote-port", port.to_string());
    add("--step-length", format!("{}", wanted.step_ms as f64 / 1_000.0));
    // SUMO takes 31 bits.
    add("--seed", (seed & 0x7fff_ffff).to_string());
    for quiet in ["--no-step-log", "--no-warnings", "--duration-log.disable", "--ignore-route-errors"] {
        add(quiet, "true".to_owned());
    }
    add("--xml-validation", "never".to_owned());
    all
}

/// A path that begins with `$SUMO_HOME`, in the home that was found.
fn at_home(file: &Path, home: &Path) -> PathBuf {
    file.strip_prefix("$SUMO_HOME").map_or_else(|_| file.to_owned(), |rest| home.join(rest))
}

fn connect(child: &mut Child, port: u16, last_words: &LastWords) -> Result<TcpStream, TraciError> {
    let deadline = Instant::now() + limits::LOADING;
    loop {
        match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() != ErrorKind::ConnectionRefused => return Err(error.into()),
            Err(_) => {}
        }
        if let Some(status) = child.try_wait()? {
            return Err(TraciError::GaveUp(last_words.or(&status.to_string())));
        }
        if Instant::now() > deadline {
            let silent = format!("it did not listen within {} s", limits::LOADING.as_secs());
            return Err(TraciError::GaveUp(silent));
        }
        thread::sleep(PATIENCE);
    }
}

/// What a program says on its error stream: read by a thread, so that it never waits for us, and kept as far as we want to know.
struct LastWords(Arc<Mutex<String>>, Option<thread::JoinHandle<()>>);

impl LastWords {
    fn listen(stream: Option<ChildStderr>) -> Self {
        let kept = Arc::new(Mutex::new(String::new()));
        let for_thread = Arc::clone(&kept);
        let reader = stream.map(|stream| thread::spawn(move || keep(stream, &for_thread)));
        Self(kept, reader)
    }

    /// In one line; `otherwise` when it said nothing. To be called when the program has ended.
    fn or(&self, otherwise: &str) -> String {
        let deadline = Instant::now() + LAST_WORDS;
        while self.1.as_ref().is_some_and(|reader| !reader.is_finished()) && Instant::now() < deadline {
            thread::sleep(PATIENCE);
        }
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let line = kept.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() { otherwise.to_owned() } else { line }
    }
}

fn keep(mut stream: ChildStderr, kept: &Mutex<String>) {
    let mut buffer = [0; 1_024];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < limits::MAX_LAST_WORDS {
            kept.push_str(&String::from_utf8_lossy(buffer.get(..count).unwrap_or_default()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_somebody_listens_on_is_refused_by_its_number() -> std::io::Result<()> {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = taken.local_addr()?.port();
        assert!(matches!(free_port(Some(port)), Err(TraciError::PortInUse(found)) if found == port));
        Ok(())
    }

    #[test]
    fn what_lies_in_sumo_s_home_is_found_there() {
        let home = Path::new("/opt/sumo");
        assert_eq!(at_home(Path::new("$SUMO_HOME/tools/x.xml"), home), Path::new("/opt/sumo/tools/x.xml"));
        assert_eq!(at_home(Path::new("mine/x.xml"), home), Path::new("mine/x.xml"));
    }
}
