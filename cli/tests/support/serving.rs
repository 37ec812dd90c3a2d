//! A server that the program runs as, and what it answers.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

/// A server that runs. One that a failed test leaves behind ends with it.
pub(crate) struct Serving(Child);

impl Serving {
    /// Starts it, and waits until it says where it is.
    pub(crate) fn start(mut command: Command) -> (Self, BufReader<ChildStderr>) {
        let server = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut server = Self(server);
        let mut log = BufReader::new(server.0.stderr.take().expect("its log"));
        let mut line = String::new();
        while !line.contains("admin at") {
            let before = std::mem::take(&mut line);
            assert_ne!(log.read_line(&mut line).expect("a line"), 0, "the server ended: {before}");
        }
        (server, log)
    }

    pub(crate) fn signal(&self, signal: &str) {
        let killed = Command::new("kill").args([signal, &self.0.id().to_string()]).status();
        assert!(killed.expect("kill runs").success());
    }

    /// Waits for its end, and says with which code, if none killed it.
    pub(crate) fn end(mut self) -> Option<i32> {
        self.0.wait().expect("it ends").code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("it has one").port()
}

/// Writes a file for its owner alone.
pub(crate) fn write_private(path: &Path, text: &str) {
    fs::write(path, text).expect("it is written");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    fs::set_permissions(path, mode).expect("its mode");
}

/// What a server answers: the status and the body.
pub(crate) fn ask(port: u16, method: &str, path: &str, token: Option<&str>, body: &str) -> (u16, String) {
    let mut connection = TcpStream::connect(("127.0.0.1", port)).expect("somebody listens");
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n{token}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(head.as_bytes()).expect("it is sent");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("it is answered");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}
