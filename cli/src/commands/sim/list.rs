//! `wayseal sim list`.

use anyhow::Result;
use clap::Args;
use serde::Serialize;
use simulator::scenario::shipped;
use simulator::traci::Installation;

use crate::exit::Outcome;
use crate::output::Output;

/// Name the scenarios that come with the program, and say whether SUMO is there
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    wayseal sim list\n  \
    wayseal sim list --show a10-attacks > mine.toml   (to begin a scenario of your own)")]
pub(crate) struct List {
    /// Print the file of one of them
    #[arg(long, value_name = "NAME")]
    show: Option<String>,
}

#[derive(Serialize)]
struct Found {
    scenarios: Vec<Entry>,
    /// Where SUMO is; nothing when it is not installed.
    sumo: Option<String>,
}

#[derive(Serialize)]
struct Entry {
    name: &'static str,
    description: String,
    /// Why it cannot be run as things are.
    missing: Option<String>,
}

impl List {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        if let Some(name) = &self.show {
            output.text(super::run::shipped_by(name)?.text)?;
            return Ok(Outcome::Success);
        }
        let sumo = Installation::find().ok().map(|found| found.binary.display().to_string());
        let found = Found { scenarios: shipped().iter().map(entry).collect(), sumo };
        if output.is_json() {
            output.document(&found)?;
        } else {
            show(output, &found)?;
        }
        Ok(Outcome::Success)
    }
}

fn entry(shipped: &simulator::scenario::Shipped) -> Entry {
    match shipped.scenario() {
        Ok(scenario) => Entry { name: shipped.name, description: scenario.description, missing: None },
        Err(error) => Entry {
            name: shipped.name,
            description: described(shipped.text),
            missing: Some(error.to_string()),
        },
    }
}

/// The description in a file that cannot be used as things are.
fn described(text: &str) -> String {
    let line = text.lines().find_map(|line| line.strip_prefix("description = \""));
    line.map_or_else(String::new, |rest| rest.trim_end_matches('"').to_owned())
}

fn show(output: &mut Output, found: &Found) -> Result<()> {
    for entry in &found.scenarios {
        output.line(format!("{:14}{}", entry.name, entry.description))?;
        if let Some(missing) = &entry.missing {
            output.line(format!("{:14}not now: {missing}", ""))?;
        }
    }
    match &found.sumo {
        Some(binary) => output.line(format!("SUMO: {binary}")),
        None => output.line("SUMO: not installed (`pip install eclipse-sumo`, or SUMO_HOME)"),
    }
}
