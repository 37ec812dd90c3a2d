//! What a report was made on.

/// The processor's name, and OpenSSL's version.
#[must_use]
pub fn name() -> String {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpuinfo.lines().find_map(|line| line.strip_prefix("model name"));
    let name = name.unwrap_or(": unknown processor").trim_start_matches([':', ' ', '\t']);
    format!("{name}, {}, one core", openssl::version::version())
}
