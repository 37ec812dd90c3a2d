//! First messages of unknown stations.

use std::sync::Arc;

use anyhow::{Result, ensure};
use benches::rounds::{self, Contender, timed};
use benches::world::{Claim, First, World};
use v2x_crypto::Provider;
use v2x_crypto_aws_lc::AwsLc;
use v2x_security::certificate::Certificate;
use v2x_security::verifier::Verifier;

use crate::libraries::{aws_key, slice};
use crate::report::Table;
use crate::tables;

/// Stations that a verifier hears for the first time before it is replaced by one that knows nobody.
pub(crate) const STATIONS: usize = 1_024;

/// First messages of one turn.
const TURN: usize = 128;

const REFERENCE: &str = "aws-lc-rs, two bare signatures and one key decompressed";

pub(crate) fn measure(world: &World, rounds: usize) -> Result<Table> {
    let firsts = world.firsts.get(..STATIONS).unwrap_or(&world.firsts);
    let plain = || Arc::new(AwsLc) as Arc<dyn Provider>;
    let tabled = || tables(TURN);
    let mut contenders = vec![
        reference(world, firsts)?,
        parsing(firsts),
        verifying("first messages, no tables", world, firsts, plain, 1)?,
        verifying("first messages, tables", world, firsts, tabled, 1)?,
        verifying("first messages in bursts of 128, no tables", world, firsts, plain, TURN)?,
        verifying("first messages in bursts of 128, tables", world, firsts, tabled, TURN)?,
    ];
    let figures = rounds::run(&mut contenders, rounds)?;
    let title = "First messages of unknown stations, the AA known".to_owned();
    Ok(Table { title, figures, against: vec![REFERENCE] })
}

/// What any verifier must do for such a message with this library.
fn reference<'w>(world: &World, firsts: &'w [First]) -> Result<Contender<'w>> {
    let issuer = aws_key(world.issued(&firsts[0].certificate)?.key.as_sec1())?;
    let issued: Vec<Claim> =
        firsts.iter().map(|first| world.issued(&first.certificate)).collect::<Result<_>>()?;
    let signed: Vec<Claim> =
        firsts.iter().map(|first| World::signed(&first.certificate, &first.packet)).collect::<Result<_>>()?;
    let compressed: Vec<_> = signed.iter().map(|claim| claim.key.to_sec1_compressed()).collect();
    let turn = move |round| {
        let mut good = 0;
        let time = timed(TURN, || {
            for place in slice(round, TURN, firsts.len()) {
                let (certificate, message) = (&issued[place], &signed[place]);
                let fixed = certificate.signature.to_fixed();
                good += usize::from(issuer.verify_sig(&certificate.message, &fixed).is_ok());
                let Ok(key) = aws_key(&compressed[place]) else { continue };
                good += usize::from(key.verify_sig(&message.message, &message.signature.to_fixed()).is_ok());
            }
        });
        ensure!(good == 2 * TURN, "aws-lc-rs refuses signatures");
        Ok(time)
    };
    Ok(Contender { name: REFERENCE.to_owned(), set: 0, turn: Box::new(turn) })
}

fn parsing(firsts: &[First]) -> Contender<'_> {
    let turn = move |round| {
        let mut good = 0;
        let time = timed(TURN, || {
            for place in slice(round, TURN, firsts.len()) {
                good += usize::from(Certificate::parse(firsts[place].certificate.octets()).is_ok());
            }
        });
        ensure!(good == TURN, "certificates are refused");
        Ok(time)
    };
    Contender { name: "parsing the certificate, in it".to_owned(), set: 0, turn: Box::new(turn) }
}

/// The verifier on first messages, `at_once` of them together.
fn verifying<'w>(
    name: &str,
    world: &'w World,
    firsts: &'w [First],
    provider: impl Fn() -> Arc<dyn Provider> + 'w,
    at_once: usize,
) -> Result<Contender<'w>> {
    let mut verifier = verifier(world, firsts, provider())?;
    let turn = move |round| {
        // The last few keep for warming up the next verifier.
        let places: Vec<usize> = slice(round, TURN, firsts.len() - TURN).collect();
        if places.contains(&0) {
            verifier = self::verifier(world, firsts, provider())?;
        }
        let mut good = 0;
        let time = timed(TURN, || {
            for burst in places.chunks(at_once) {
                let packets =
                    burst.iter().map(|place| (firsts[*place].clock, firsts[*place].packet.as_slice()));
                verifier.verify_packets(packets, |outcome| {
                    good += usize::from(outcome.is_ok_and(|message| message.is_new_signer()));
                });
            }
        });
        ensure!(good == TURN, "{} messages are refused, or their signers known", TURN - good);
        Ok(time)
    };
    Ok(Contender { name: name.to_owned(), set: 0, turn: Box::new(turn) })
}

/// A verifier that has seen the AA at work, so that the AA's key has what it will get.
fn verifier(world: &World, firsts: &[First], provider: Arc<dyn Provider>) -> Result<Verifier> {
    let mut verifier = world.verifier(provider)?;
    for first in firsts.iter().rev().take(TURN) {
        verifier.verify_packet(&first.clock, &first.packet)?;
    }
    Ok(verifier)
}
