//! The receive path before any cryptography: a frame down to what a signature covers, and its signature.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use v2x_codec::cam::{ReceivedCam, Release};
use v2x_codec::view::{CertificateView, NetworkPdu, Packet};

/// A CAM heard on the road, or nothing where the shared vectors are not at hand.
fn packet(name: &str) -> Option<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors/gn");
    let text = std::fs::read_to_string(folder.join(name)).ok();
    if text.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{name} is missing");
        eprintln!("not run: {name} is missing");
    }
    text.and_then(|text| hex::decode(text.trim()).ok())
}

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    for (name, file) in [
        ("CAM with digest", "cit_cam_p256_digest_181.hex"),
        ("CAM with certificate", "cit_cam_p256_cert_463.hex"),
    ] {
        let Some(octets) = packet(file) else { continue };
        group.throughput(Throughput::Elements(1));
        group.bench_function(format!("{name}, to the signature"), |bencher| {
            bencher.iter(|| signature(black_box(&octets)));
        });
        group.bench_function(format!("{name}, to the facility"), |bencher| {
            bencher.iter(|| facility(black_box(&octets)));
        });
    }
    group.finish();
}

/// Lengths of what is signed and of the signature's s.
fn signature(octets: &[u8]) -> Option<(usize, usize)> {
    let packet = Packet::parse(octets).ok()?;
    let signed = packet.secured()?.content.signed()?;
    Some((signed.to_be_signed.len(), signed.signature.s.len()))
}

/// Destination port and length of the facility message.
fn facility(octets: &[u8]) -> Option<(u16, usize)> {
    let packet = Packet::parse(octets).ok()?;
    let signed = packet.secured()?.content.signed()?;
    let (btp, message) = NetworkPdu::parse(signed.payload.unsecured()?).ok()?.btp().ok()??;
    Some((btp.destination_port(), message.len()))
}

/// The reader of a CAM on the receive path: one with its motion only, and one with a path behind it.
fn cam(criterion: &mut Criterion) {
    for (name, file) in
        [("CAM", "cit_cam_p256_digest_181.hex"), ("CAM with path history", "cit_cam_p256_cert_463.hex")]
    {
        let Some(octets) = packet(file) else { continue };
        let Some(message) = message(&octets) else { continue };
        criterion.bench_function(&format!("read/{name}, {} octets", message.len()), |bencher| {
            bencher.iter(|| ReceivedCam::read(black_box(message), Release::Two).is_ok());
        });
    }
}

/// The facility message in a signed packet.
fn message(octets: &[u8]) -> Option<&[u8]> {
    let packet = Packet::parse(octets).ok()?;
    let payload = packet.secured()?.content.signed()?.payload.unsecured()?;
    NetworkPdu::parse(payload).ok()?.btp().ok()?.map(|(_, message)| message)
}

fn certificate(criterion: &mut Criterion) {
    let Some(octets) = packet("cit_cam_p256_cert_463.hex") else { return };
    let Some(ticket) = ticket(&octets) else { return };
    criterion.bench_function("parse/certificate", |bencher| {
        bencher.iter(|| CertificateView::parse(black_box(ticket)).is_ok());
    });
}

/// The signer's ticket in a packet.
fn ticket(octets: &[u8]) -> Option<&[u8]> {
    let packet = Packet::parse(octets).ok()?;
    match packet.secured()?.content.signed()?.signer {
        v2x_codec::view::Signer::Certificate(certificates) => Some(certificates.first()?.octets),
        v2x_codec::view::Signer::Digest(_) | v2x_codec::view::Signer::SelfSigned => None,
    }
}

criterion_group!(benches, parse, cam, certificate);
criterion_main!(benches);
