//! The log, on the error stream.

use tracing::Level;

use super::config::{Log, LogFormat, LogLevel};

/// Logs from now on, for as long as the process lives.
pub(super) fn start(log: Log) {
    let level = match log.level {
        LogLevel::Error => Level::ERROR,
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
    };
    let lines = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_ansi(false);
    // Who reads the log may go. The server stays, and does not try to complain to the same stream about that.
    let lines = lines.log_internal_errors(false);
    // Whoever runs a second server in one process, as tests do, keeps the first log.
    match log.format {
        LogFormat::Text => drop(lines.with_target(false).try_init()),
        LogFormat::Json => drop(lines.json().flatten_event(true).with_target(false).try_init()),
    }
}
