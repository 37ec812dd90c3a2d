//! The subcommands, one a file.

mod bench;
#[cfg(target_os = "linux")]
mod blast;
mod completions;
mod demo;
mod explain;
mod inspect;
#[cfg(target_os = "linux")]
mod link;
mod pki;
#[cfg(target_os = "linux")]
mod rsu;
#[cfg(target_os = "linux")]
mod serve;
mod sign;
mod sim;
#[cfg(target_os = "linux")]
mod station;
mod verify;

use anyhow::Result;
use clap::Subcommand;

use crate::exit::Outcome;
use crate::output::Output;

/// What the program can do.
#[derive(Subcommand)]
pub(crate) enum Command {
    Demo(demo::Demo),
    /// Simulate vehicles, roadside units and attackers by a scenario
    #[command(subcommand)]
    Sim(sim::Sim),
    /// Make a test PKI on disk and issue certificates from it
    #[command(subcommand)]
    Pki(pki::Pki),
    Inspect(inspect::Inspect),
    Verify(verify::Verify),
    Explain(explain::Explain),
    Sign(sign::Sign),
    #[cfg(target_os = "linux")]
    Rsu(Box<rsu::Rsu>),
    #[cfg(target_os = "linux")]
    Blast(blast::Blast),
    #[cfg(target_os = "linux")]
    Serve(serve::Serve),
    /// Be a station towards a PKI: enrol, renew, get tickets and lists
    #[cfg(target_os = "linux")]
    #[command(subcommand)]
    Station(station::Station),
    #[cfg(target_os = "linux")]
    Drone(Box<link::drone::Drone>),
    #[cfg(target_os = "linux")]
    Ground(Box<link::ground::Ground>),
    #[cfg(target_os = "linux")]
    BlockList(link::block_list::BlockList),
    #[cfg(target_os = "linux")]
    Autopilot(link::autopilot::Autopilot),
    /// Measure this machine
    #[command(subcommand)]
    Bench(bench::Bench),
    Completions(completions::Completions),
}

impl Command {
    /// Does what was asked.
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        let outcome = match self {
            Self::Demo(command) => command.run(output),
            Self::Sim(command) => command.run(output),
            Self::Pki(command) => command.run(output),
            Self::Inspect(command) => command.run(output),
            Self::Verify(command) => command.run(output),
            Self::Explain(command) => command.run(output),
            Self::Sign(command) => command.run(output),
            #[cfg(target_os = "linux")]
            Self::Rsu(command) => command.run(output),
            #[cfg(target_os = "linux")]
            Self::Blast(command) => command.run(output),
            #[cfg(target_os = "linux")]
            Self::Serve(command) => command.run(),
            #[cfg(target_os = "linux")]
            Self::Station(command) => command.run(output),
            #[cfg(target_os = "linux")]
            Self::Drone(command) => command.run(output),
            #[cfg(target_os = "linux")]
            Self::Ground(command) => command.run(output),
            #[cfg(target_os = "linux")]
            Self::BlockList(command) => command.run(output),
            #[cfg(target_os = "linux")]
            Self::Autopilot(command) => command.run(output),
            Self::Bench(command) => command.run(output),
            Self::Completions(command) => command.run(output),
        }?;
        output.finish()?;
        Ok(outcome)
    }
}
