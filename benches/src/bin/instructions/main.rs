//! One piece of the hot path, done a fixed number of times: for `cargo xtask instructions`, which has callgrind count the
//! instructions of [`counted`].
//!
//! Everything is the same at each run: keys come from a seed, signatures are those of RFC 6979, kernels are named. Callgrind
//! knows no AVX-512 and no SHA instructions, so its figures are those of AVX2 and of SHA-256 in software.

#![expect(clippy::print_stdout, reason = "a program that reports on standard output")]

use std::hint::black_box;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use benches::world::{World, tables};
use v2x_codec::cam::{ReceivedCam, Release};
use v2x_codec::view::{NetworkPdu, Packet};
use v2x_crypto::{RustCrypto, sha256};
use v2x_crypto_p256_batch::{BatchVerifier, Item, Kernel, KeyTable, TableSize};
use v2x_security::certificate::Certificate;
use v2x_security::clock::Clock;
use v2x_security::sign::SignerChoice;

/// Stations, and messages or signatures in one batch.
const STATIONS: usize = 64;

/// Does a path for [`STATIONS`] of this world; yields how many pieces it did.
type Path = fn(&World) -> Result<usize>;

/// The paths, by the names on the command line.
const PATHS: [(&str, Path); 6] = [
    ("parse", parse),
    ("cam", cam),
    ("certificate", certificate),
    ("signatures-avx2", |world| signatures(world, Kernel::Avx2)),
    ("signatures-portable", |world| signatures(world, Kernel::Portable)),
    ("messages-avx2", messages),
];

/// Does the path that is named, and prints how many pieces it did; without a name, prints the names.
fn main() -> Result<()> {
    let Some(name) = std::env::args().nth(1) else {
        PATHS.iter().for_each(|(name, _)| println!("{name}"));
        return Ok(());
    };
    let (_, path) = PATHS.iter().find(|(path, _)| *path == name).context("there is no such path")?;
    let world = World::new(STATIONS, Arc::new(RustCrypto))?;
    println!("{}", path(&world)?);
    Ok(())
}

/// What callgrind counts: everything that is done in here. The first time, which fills caches, is not.
fn count(mut work: impl FnMut() -> usize) -> Result<usize> {
    let (first, second) = (work(), counted(&mut work));
    ensure!(first == second && first > 0, "{first} pieces, then {second}");
    Ok(second)
}

#[inline(never)]
fn counted(work: &mut dyn FnMut() -> usize) -> usize {
    work()
}

/// From octets to signer, header, payload and signature.
fn parse(world: &World) -> Result<usize> {
    let packets = heard(world, 0)?;
    count(|| {
        let parsed = packets.iter().filter(|(_, packet)| {
            let packet = Packet::parse(black_box(packet)).ok();
            packet.is_some_and(|packet| packet.secured().is_some_and(|data| data.content.signed().is_some()))
        });
        parsed.count()
    })
}

/// A CAM read on the receive path.
fn cam(world: &World) -> Result<usize> {
    let packets = heard(world, 0)?;
    let messages: Vec<&[u8]> = packets.iter().filter_map(|(_, packet)| facility(packet)).collect();
    count(|| messages.iter().filter(|cam| ReceivedCam::read(black_box(cam), Release::Two).is_ok()).count())
}

fn facility(packet: &[u8]) -> Option<&[u8]> {
    let payload = Packet::parse(packet).ok()?.secured()?.content.signed()?.payload.unsecured()?;
    NetworkPdu::parse(payload).ok()?.btp().ok()?.map(|(_, message)| message)
}

/// A ticket parsed, its point decompressed.
fn certificate(world: &World) -> Result<usize> {
    let octets: Vec<&[u8]> = world.firsts.iter().map(|first| first.certificate.octets()).collect();
    count(|| octets.iter().filter(|octets| Certificate::parse(black_box(octets)).is_ok()).count())
}

/// Bare signatures in one batch, whose keys have tables of 64 KiB.
fn signatures(world: &World, kernel: Kernel) -> Result<usize> {
    ensure!(kernel.is_available(), "this machine has no {kernel:?}");
    let claims = world.firsts.iter().map(|first| World::signed(&first.certificate, &first.packet));
    let claims = claims.collect::<Result<Vec<_>>>()?;
    let tables = claims.iter().map(|claim| KeyTable::build(&claim.key, TableSize::Kib64, kernel));
    let tables = tables.collect::<Option<Vec<_>>>().context("keys of P-256")?;
    let items = claims.iter().zip(&tables).map(|(claim, key)| {
        let digest = sha256(&claim.message);
        let (r, s) = (claim.signature.r().try_into()?, claim.signature.s().try_into()?);
        Ok(Item { key, digest, r, s })
    });
    let items = items.collect::<Result<Vec<_>>>()?;
    let mut verifier = BatchVerifier::new(kernel, STATIONS);
    count(|| verifier.verify(black_box(&items)).iter().filter(|verdict| verdict.is_valid()).count())
}

/// Whole messages of known stations in one batch, with every check.
fn messages(world: &World) -> Result<usize> {
    let provider = tables(Arc::new(RustCrypto), Kernel::Avx2, STATIONS);
    let mut verifier = world.warm_verifier(STATIONS, provider)?;
    let rounds = [heard(world, 1)?, heard(world, 2)?];
    let mut rounds = rounds.iter();
    count(|| {
        let packets = rounds.next().into_iter().flatten();
        let mut good = 0;
        let packets = packets.map(|(clock, packet)| (*clock, packet.as_slice()));
        verifier.verify_packets(packets, |outcome| good += usize::from(outcome.is_ok()));
        good
    })
}

/// A CAM of each station, named by digest; another one for each `second`.
fn heard(world: &World, second: u64) -> Result<Vec<(Clock, Vec<u8>)>> {
    let cams = (0..STATIONS).map(|station| {
        let now = world.start.saturating_add_micros(1_000_000 * (second + 1) + station as u64);
        Ok((Clock::exact(now), world.fleet.cam(station, now, SignerChoice::Digest)?))
    });
    cams.collect()
}
