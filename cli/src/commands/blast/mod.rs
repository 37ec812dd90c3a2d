//! `wayseal blast`.

mod kind;
mod report;
mod sender;
mod signing;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{ArgGroup, Args};
use simulator::fleet::{Fleet, found_pki};
use simulator::pki::Pki;
use v2x_codec::time::Time64;
use v2x_crypto_aws_lc::AwsLc;

use self::kind::Kind;
use self::report::Report;
use self::sender::Sender;
use self::signing::{Plan, Signing};
use crate::exit::Outcome;
use crate::files::Overwrite;
use crate::net::{Endpoint, Transmitter};
use crate::output::Output;
use crate::secret::PassphraseArguments;
use crate::signals::{Asked, Hangup};
use crate::{progress, random, time};

/// Load a receiver with signed messages, some of them forged
///
/// Stations enrol and get tickets for real, and send CAMs that are signed shortly before they go out, each with the
/// generationTime at which it is sent and the certificate once a second. A share is forged, in kinds that a receiver
/// refuses for a reason of their own; the report says how many of which were sent, and `wayseal rsu --expect` holds
/// what it heard against that.
///
/// The stations' PKI is one that `wayseal pki init` made (--pki), or one made for this run: its root and authorities go
/// into the folder --trust-out, which a receiver is given to believe them. Nobody else trusts that root, and its keys
/// are gone when the run ends.
#[derive(Args)]
#[command(group(ArgGroup::new("authorities").required(true).args(["pki", "trust_out"])))]
#[command(after_help = "Examples:\n  \
    wayseal blast --to udp://127.0.0.1:4747 --rate 2000 --seconds 10 --trust-out trust --delay 5\n  \
    (and meanwhile, in another terminal: wayseal rsu --listen udp://127.0.0.1:4747 --trust trust --quiet)\n  \
    wayseal blast --to udp://127.0.0.1:4747 --rate 20000 --forged 5 --kinds bad-signature,replay --pki pki --report sent.json")]
pub(crate) struct Blast {
    /// Where packets go: udp://ADDRESS:PORT or raw://INTERFACE
    #[arg(long, value_name = "WHERE")]
    to: Endpoint,

    /// Messages a second
    #[arg(long, value_name = "N")]
    rate: f64,

    /// How long
    #[arg(long, value_name = "S", default_value_t = 10.0)]
    seconds: f64,

    /// Stations that send; without it, one for each ten messages a second
    #[arg(long, value_name = "K")]
    stations: Option<usize>,

    /// Seconds in which the stations come one after the other: who begins costs a receiver two more signatures
    #[arg(long, value_name = "S", default_value_t = 2.0)]
    ramp: f64,

    /// Share of messages that are forged, in percent
    #[arg(long, value_name = "PCT", default_value_t = 0.0)]
    forged: f64,

    /// Kinds of forged messages, in turn
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',', default_values_t = Kind::FORGED)]
    kinds: Vec<Kind>,

    /// Folder of the PKI that gives the stations their tickets, as `wayseal pki init` makes it
    #[arg(long, value_name = "DIR")]
    pki: Option<PathBuf>,

    #[command(flatten)]
    passphrase: PassphraseArguments,

    /// Make a PKI for this run, and write whom to trust into this folder
    #[arg(long, value_name = "DIR")]
    trust_out: Option<PathBuf>,

    /// Replace what is in --trust-out from another run
    #[arg(long)]
    force: bool,

    /// Seconds to wait before the first message, when all else is ready
    #[arg(long, value_name = "S", default_value_t = 0.0)]
    delay: f64,

    /// Threads that sign: one signs some 40,000 a second
    #[arg(long, value_name = "T", default_value_t = 1)]
    threads: usize,

    /// Write the report as JSON to a file too
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Bounds of the options: beyond, a single machine does not get, or a receiver forgets who was heard.
const MAX_RATE: f64 = 1e6;
const MAX_SECONDS: f64 = 1e6;
const MAX_STATIONS: usize = 20_000;
const MAX_THREADS: usize = 256;
/// How long before the run tickets are valid, so that they can sign what is stale.
const HEAD_START_MICROS: u64 = 10_000_000;
/// From the last preparation to the first message, so that some are signed by then.
const LEAD: Duration = Duration::from_millis(200);

impl Blast {
    pub(crate) fn run(self, output: &mut Output) -> Result<Outcome> {
        self.check()?;
        let asked = Asked::listen(Hangup::Stops)?;
        let transmitter = Transmitter::open(&self.to)?;
        let now = time::now()?;
        let pki = self.authorities(now)?;
        // A PKI of this run is a day old. One on disk may have been made this second: no ticket of its is older.
        let enrolled = if self.pki.is_some() { now } else { now.saturating_sub_micros(HEAD_START_MICROS) };
        let fleet = self.fleet(pki, enrolled)?;
        let stranger = Fleet::new(1, now, Arc::new(AwsLc), random::number()?, || ())?;
        asked.sleep(Duration::from_secs_f64(self.delay));
        let start = time::now()?.saturating_add_micros(u64::try_from(LEAD.as_micros())?);
        let signing =
            Signing { plan: self.plan(enrolled, start), fleet: &fleet, stranger: &stranger, asked: &asked };
        let report = self.send(&signing, transmitter)?;
        if let Some(path) = &self.report {
            let octets = serde_json::to_vec_pretty(&report)?;
            std::fs::write(path, octets).with_context(|| format!("{}: cannot be written", path.display()))?;
        }
        if output.is_json() {
            output.document(&report)?
        } else {
            report.show(output)?
        }
        Ok(Outcome::Success)
    }

    fn send(&self, signing: &Signing<'_>, transmitter: Transmitter) -> Result<Report> {
        let bar = progress::bar();
        bar.set_message("sending");
        bar.set_length(signing.plan.slots());
        let sent = std::thread::scope(|scope| {
            let (mut threads, mut streams) = (Vec::new(), Vec::new());
            for thread in 0..self.threads {
                let (out, stream) = std::sync::mpsc::sync_channel(signing.plan.blocks_ahead());
                streams.push(stream);
                threads.push(scope.spawn(move || signing.run(thread, &out)));
            }
            let sent = Sender::new(&signing.plan, transmitter, streams).run(signing.asked, &bar);
            // Whatever ended the sending, those who sign find nobody who takes it, and end.
            for thread in threads {
                thread.join().map_err(|_| anyhow::anyhow!("a thread that signs failed"))??;
            }
            sent
        })?;
        bar.finish_and_clear();
        Ok(Report::new(&self.to, &signing.plan, sent))
    }

    fn check(&self) -> Result<()> {
        if !(1.0..=MAX_RATE).contains(&self.rate) {
            bail!("--rate {}: 1 to {MAX_RATE} messages a second", self.rate);
        }
        for (name, seconds) in [("--seconds", self.seconds), ("--ramp", self.ramp), ("--delay", self.delay)] {
            if !(0.0..=MAX_SECONDS).contains(&seconds) {
                bail!("{name} {seconds}: 0 to {MAX_SECONDS}");
            }
        }
        if !(1..=MAX_STATIONS).contains(&self.stations()) {
            bail!("--stations {}: 1 to {MAX_STATIONS}", self.stations());
        }
        if self.stations() as f64 > self.rate {
            bail!(
                "--stations {}: each sends once a second at least, so no more than --rate",
                self.stations()
            );
        }
        if !(0.0..=100.0).contains(&self.forged) {
            bail!("--forged {}: a share in percent, 0 to 100", self.forged);
        }
        if self.kinds.contains(&Kind::Honest) {
            bail!("--kinds honest: is no kind of forged messages");
        }
        if !(1..=MAX_THREADS).contains(&self.threads) {
            bail!("--threads {}: 1 to {MAX_THREADS}", self.threads);
        }
        Ok(())
    }

    fn stations(&self) -> usize {
        self.stations.unwrap_or_else(|| ((self.rate / 10.0) as usize).clamp(1, MAX_STATIONS))
    }

    fn plan(&self, enrolled: Time64, start: Time64) -> Plan {
        Plan {
            enrolled,
            start,
            rate: self.rate,
            seconds: self.seconds,
            stations: self.stations(),
            ramp: self.ramp,
            forged_percent: self.forged,
            kinds: self.kinds.clone(),
            threads: self.threads,
        }
    }

    fn authorities(&self, now: Time64) -> Result<Pki> {
        match (&self.pki, &self.trust_out) {
            (Some(folder), _) => {
                let passphrase = self.passphrase.read()?;
                let passphrase = passphrase.as_ref().map(|octets| octets.as_slice());
                Ok(Pki::new(super::pki::load(folder, passphrase)?, Arc::new(AwsLc))?)
            }
            (None, Some(folder)) => {
                let pki = found_pki(now, Arc::new(AwsLc), &mut random::generator()?)?;
                self.write_trust(folder, &pki)?;
                Ok(pki)
            }
            (None, None) => bail!("give --pki or --trust-out"),
        }
    }

    /// The authorities first: a receiver that looks between two files then trusts nobody yet.
    fn write_trust(&self, folder: &Path, pki: &Pki) -> Result<()> {
        std::fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
        let lab = pki.lab();
        let files = [
            ("aa.cert", &lab.authorization_authority),
            ("ea.cert", &lab.enrolment_authority),
            ("root.cert", &lab.root),
        ]
        .map(|(name, member)| (folder.join(name), member));
        let overwrite = Overwrite::if_forced(self.force);
        overwrite.check(files.iter().map(|(path, _)| path))?;
        files.iter().try_for_each(|(path, member)| overwrite.write(path, member.certificate.octets()))
    }

    fn fleet(&self, pki: Pki, now: Time64) -> Result<Fleet> {
        let bar = progress::bar();
        bar.set_message("enrolling");
        bar.set_length(self.stations() as u64);
        let fleet = Fleet::under(pki, self.stations(), now, &mut random::generator()?, || bar.inc(1))?;
        bar.finish_and_clear();
        Ok(fleet)
    }
}
