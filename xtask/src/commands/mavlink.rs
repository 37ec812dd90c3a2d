//! The ground stations that the drone link is tested with.

use std::path::Path;

use anyhow::Result;

use crate::python;

/// Where the tests look for them.
const FOLDER: &str = "target/mavlink";

/// Versions that the tests were written against.
const PACKAGES: [&str; 3] = ["pymavlink==2.4.50", "mavsdk==4.1.0", "pyserial==3.5"];

/// Without what it draws maps and windows with, which are a gigabyte.
const MAVPROXY: [&str; 2] = ["--no-deps", "MAVProxy==1.8.75"];

/// Installs pymavlink, MAVSDK and MAVProxy from the Python registry.
pub(crate) fn install() -> Result<()> {
    python::environment(Path::new(FOLDER), &PACKAGES)?;
    python::environment(Path::new(FOLDER), &MAVPROXY)
}
