//! A PostgreSQL that a test starts itself, in a folder of its own. The tests of the command use it too.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;

/// A cluster in a folder of its own, reached over a socket in it.
pub(crate) struct Cluster {
    pub(crate) programs: PathBuf,
    pub(crate) folder: TempDir,
}

impl Cluster {
    /// `None` where PostgreSQL is not installed, which is an error in continuous integration.
    pub(crate) fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            assert!(!in_ci(), "CI is set, and PostgreSQL is not installed: the Debian package is postgresql");
            eprintln!("NOT RUN: PostgreSQL is not installed; the Debian package is postgresql");
            return None;
        };
        let cluster = Self { programs, folder: tempfile::tempdir().unwrap() };
        if is_root() {
            succeed(Command::new("chown").arg("postgres").arg(cluster.folder.path()));
        }
        succeed(
            cluster
                .program("initdb")
                .args(["--auth=trust", "--username=ledger", "--no-sync", "-D"])
                .arg(cluster.data()),
        );
        // Its owner is let in; everybody else says a password.
        let rules = "local all ledger trust\nlocal all all scram-sha-256\n";
        fs::write(cluster.data().join("pg_hba.conf"), rules).unwrap();
        cluster.up();
        Some(cluster)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A program of PostgreSQL's, which refuses to be root.
    fn program(&self, name: &str) -> Command {
        let program = self.programs.join(name);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path());
        command
    }

    pub(crate) fn control(&self, arguments: &[&str]) -> Command {
        let mut command = self.program("pg_ctl");
        command
            .arg("-D")
            .arg(self.data())
            .args(["-w", "-s", "-l"])
            .arg(self.folder.path().join("log"))
            .args(arguments);
        command
    }

    pub(crate) fn up(&self) {
        let settings =
            format!("-c listen_addresses='' -c max_connections=200 -k {}", self.folder.path().display());
        succeed(&mut self.control(&["-o", &settings, "start"]));
    }

    /// As a power switch does it.
    pub(crate) fn crash(&self) {
        succeed(&mut self.control(&["-m", "immediate", "stop"]));
    }

    pub(crate) fn address(&self, database: &str) -> String {
        format!("host={} user=ledger dbname={database}", self.folder.path().display())
    }

    pub(crate) fn create(&self, database: &str) {
        self.sql(&format!("CREATE DATABASE {database}"));
    }

    /// Has its owner do something.
    pub(crate) fn sql(&self, statement: &str) {
        let mut command = self.program("psql");
        command.args(["-q", "-U", "ledger", "-d", "postgres", "-h"]).arg(self.folder.path());
        succeed(command.args(["-c", statement]));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It may be down already; its folder goes with it.
        let _ = self.control(&["-m", "immediate", "stop"]).output();
    }
}

pub(crate) fn succeed(command: &mut Command) {
    // Its output to files and pipes that the server would keep open is none.
    let Output { status, stderr, .. } = if command.get_args().any(|argument| argument == "start") {
        Output { status: command.status().unwrap(), stdout: Vec::new(), stderr: Vec::new() }
    } else {
        command.output().unwrap()
    };
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false" && value != "0")
}

/// The folder of the newest PostgreSQL: where Debian puts it, or beside `initdb` in the path.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin")).filter(|folder| has_initdb(folder)).max();
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian.or_else(|| std::env::split_paths(&path).find(|folder| has_initdb(folder)))
}

fn has_initdb(folder: &Path) -> bool {
    folder.join("initdb").is_file()
}
