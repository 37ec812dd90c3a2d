//! `cargo xtask trace`: makes the demo's traffic again.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use flate2::{Compression, GzBuilder};

use crate::process::{program, run as run_program};
use crate::python;

/// Make the demo's traffic trace again: run SUMO on a road network from its own package and write floating-car data.
///
/// Installs SUMO from the Python registry into target/sumo. The same version gives the same octets.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The file to write.
    #[arg(default_value = "simulator/traces/a10.fcd.xml.gz")]
    file: PathBuf,
    /// Compare with the file that is there, and write nothing.
    #[arg(long)]
    check: bool,
}

const SUMO: &str = "1.28.0";
const VENV: &str = "target/sumo";
const RAW: &str = "target/sumo/a10.fcd.xml";

/// Seconds of simulation: the network fills until BEGIN, and what follows until END is recorded.
const BEGIN: &str = "180";
const END: &str = "300";

const ROUTES: &[&str] = &[
    "osm.passenger",
    "osm.truck",
    "osm.passenger_mw",
    "osm.truck_mw",
    "osm.passenger_mwb",
    "osm.truck_mwb",
    "extra",
];

const HEADER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!--
Floating-car data: 120 seconds of traffic on and around the A10 motorway at Königs Wusterhausen, Germany,
with the streets of the town beside it. Every 0.5 s: longitude, latitude (degrees, WGS 84), heading (degrees from
north, clockwise), speed (m/s) and type of each vehicle. The simulation itself ran in steps of 0.1 s.

Made by:  cargo xtask trace
With:     Eclipse SUMO 1.28.0 (PyPI packages eclipse-sumo and sumo-data), seed 1, simulated seconds 180 to 300
From:     tools/game/A10KW of those packages: network and demand by DLR and contributors, EPL-2.0 OR GPL-2.0-or-later;
          the road map in it is from OpenStreetMap, © OpenStreetMap contributors, ODbL 1.0
Licence:  this recording holds simulated vehicle positions only, no part of the network or of SUMO. As a work produced
          from OpenStreetMap data it must keep the notice "© OpenStreetMap contributors" (openstreetmap.org/copyright);
          what is ours in it is under MIT OR Apache-2.0, as the project.
-->
"#;

pub(crate) fn run(args: &Args) -> Result<()> {
    let package = install()?;
    simulate(&package)?;
    let raw = fs::read_to_string(RAW).context("SUMO wrote no recording")?;
    let recording = compress(&raw)?;
    if args.check {
        return compare(&args.file, &recording);
    }
    fs::write(&args.file, &recording).with_context(|| format!("cannot write {}", args.file.display()))?;
    eprintln!("    {}: {} octets", args.file.display(), recording.len());
    Ok(())
}

/// Installs SUMO in an environment of its own, unless it is there. Gives the folder of the package, which SUMO calls its home.
pub(crate) fn install() -> Result<PathBuf> {
    let (sumo, data) = (format!("eclipse-sumo=={SUMO}"), format!("sumo-data=={SUMO}"));
    python::environment(Path::new(VENV), &["--no-deps", &sumo, &data])?;
    let libraries =
        fs::read_dir(Path::new(VENV).join("lib")).context("the virtual environment has no lib folder")?;
    let homes = libraries.flatten().map(|entry| entry.path().join("site-packages/sumo"));
    let home = homes.into_iter().find(|home| home.is_dir());
    home.context("the package eclipse-sumo holds no folder sumo")?
        .canonicalize()
        .context("its folder is gone")
}

fn simulate(home: &Path) -> Result<()> {
    let game = home.join("tools/game/A10KW");
    let routes: Vec<String> =
        ROUTES.iter().map(|name| format!("{}/{name}.rou.xml", game.display())).collect();
    let mut sumo = program(home.join("bin/sumo"));
    sumo.env("SUMO_HOME", home).env("PROJ_DATA", home.join("data/proj"));
    sumo.arg("--net-file").arg(game.join("osm.net.xml"));
    sumo.args(["--route-files", &routes.join(","), "--ignore-route-errors"]);
    sumo.args([
        "--seed",
        "1",
        "--step-length",
        "0.1",
        "--end",
        END,
        "--device.rerouting.adaptation-steps",
        "180",
    ]);
    sumo.args(["--fcd-output", RAW, "--fcd-output.geo", "--precision.geo", "7"]);
    sumo.args(["--fcd-output.attributes", "id,x,y,angle,type,speed"]);
    sumo.args(["--device.fcd.begin", BEGIN, "--device.fcd.period", "0.5"]);
    sumo.args(["--no-step-log", "--no-warnings", "--duration-log.disable", "--xml-validation", "never"]);
    run_program(&mut sumo)
}

/// Our header instead of SUMO's, which names the date and the folders of the machine it ran on.
fn compress(raw: &str) -> Result<Vec<u8>> {
    let Some(begin) = raw.find("<fcd-export") else { bail!("SUMO's output holds no <fcd-export>") };
    let (_, body) = raw.split_at(begin);
    let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    gzip.write_all(HEADER.as_bytes())?;
    gzip.write_all(body.as_bytes())?;
    Ok(gzip.finish()?)
}

fn compare(file: &Path, made: &[u8]) -> Result<()> {
    let there = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    if there != made {
        bail!("{} differs from what SUMO {SUMO} makes", file.display());
    }
    eprintln!("    {} is what SUMO {SUMO} makes", file.display());
    Ok(())
}
