//! `wayseal rsu`.

mod expect;
mod http;
mod intake;
mod line;
mod listen;
mod prometheus;
mod report;
mod run;
mod send;
mod tally;
mod watch;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::exit::Outcome;
use crate::output::Output;

/// Be a roadside unit: verify all that is heard, or send what roadside units send
///
/// Takes GeoNetworking packets from UDP (one a datagram), from Ethernet frames of EtherType 0x8947, or from captures,
/// and verifies them on all cores. One line is printed for each packet, and a summary at the end; --json makes each a
/// JSON object on a line of its own. SIGINT and SIGTERM end it: what waits is verified first.
///
/// The trust folders are watched: a certificate or list that is put there reaches the verifier within a second, as it
/// does on SIGHUP. What a revocation list revoked stays revoked. Signers become known by the messages that carry their
/// certificates, as CAMs do once a second; until then they are refused as unknown.
///
/// Exit code: 0 for what was heard live, whatever it was; for captures as `wayseal verify`: 0 all verified, 1 something
/// was refused, 3 some signer or issuer is unknown. With --expect: 0 when all came out as expected, else 1. 2 bad input.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "Examples:\n  \
    wayseal rsu --listen udp://0.0.0.0:4747 --trust trust/\n  \
    wayseal rsu --listen raw://wlan0 --trust trust/ --metrics 127.0.0.1:9100 --quiet\n  \
    wayseal rsu --pcap drive.pcapng --trust trust/ --json | jq -c 'select(.outcome == \"refused\")'")]
pub(crate) struct Rsu {
    #[command(flatten)]
    listen: listen::Listen,

    #[command(subcommand)]
    action: Option<Action>,
}

/// What a roadside unit does instead of listening.
#[derive(Subcommand)]
enum Action {
    Send(send::Send),
}

impl Rsu {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        match self.action {
            None => self.listen.run(output),
            Some(Action::Send(command)) => command.run(output),
        }
    }
}
