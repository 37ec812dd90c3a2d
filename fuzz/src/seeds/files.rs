//! Files: captures, private keys, and certificates whose points lie on their curves.

use v2x_codec::capture::PcapWriter;
use v2x_codec::ieee1609dot2::{
    Certificate, CertificateId, Duration, EccP256CurvePoint, EccP384CurvePoint, EcdsaP256Signature,
    HashedId8, IssuerIdentifier, Psid, PsidSsp, PublicVerificationKey, SequenceOfPsidSsp, Signature,
    ToBeSignedCertificate, ValidityPeriod, VerificationKeyIndicator, encode,
};
use v2x_codec::time::Time64;
use v2x_crypto::{Curve, PrivateKey, PublicKey};

use super::{Random, network};

pub(super) fn captures(random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    let packets = network::packets(random, count);
    let pairs: Vec<&[Vec<u8>]> = packets.chunks(2).collect();
    let (classic, new) = pairs.split_at(pairs.len() / 2);
    classic.iter().map(|packets| pcap(packets)).chain(new.iter().map(|packets| pcapng(packets))).collect()
}

fn pcap(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut writer = PcapWriter::new();
    for (packet, second) in packets.iter().zip(1..) {
        let time = Time64::from_micros(600_000_000_000_000 + second * 1_000_000);
        writer.push(time, [2, 0, 0, 0, 0, 1], packet).expect("a packet fits a frame");
    }
    writer.into_octets()
}

/// A section header, an interface of Ethernet, and an enhanced packet for each.
fn pcapng(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut file =
        block(0x0a0d_0d0a, &[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]);
    file.extend(block(1, &[1, 0, 0, 0, 0, 0, 4, 0]));
    packets.iter().for_each(|packet| file.extend(block(6, &enhanced(packet))));
    file
}

fn enhanced(packet: &[u8]) -> Vec<u8> {
    let frame = [&[0xff; 6][..], &[2, 0, 0, 0, 0, 1], &[0x89, 0x47], packet].concat();
    let length = u32::try_from(frame.len()).unwrap_or(0).to_le_bytes();
    [&[0; 12][..], &length, &length, &frame].concat()
}

fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let padding = body.len().next_multiple_of(4) - body.len();
    let length = u32::try_from(body.len() + padding + 12).unwrap_or(0).to_le_bytes();
    [&kind.to_le_bytes(), &length, body, &[0; 3][..padding], &length].concat()
}

/// Each curve's key, as DER and as PEM.
pub(super) fn keys(random: &mut Random) -> Vec<Vec<u8>> {
    let key = |curve| PrivateKey::generate(curve, &mut random.0).expect("a key can be made");
    let keys: Vec<PrivateKey> = Curve::ALL.into_iter().cycle().take(24).map(key).collect();
    let der = keys.iter().map(|key| key.to_pkcs8_der().expect("it can be written").to_vec());
    let pem = keys.iter().map(|key| key.to_pkcs8_pem().expect("it can be written").as_bytes().to_vec());
    der.chain(pem).collect()
}

pub(super) fn certificates(random: &mut Random, count: usize) -> Vec<Vec<u8>> {
    Curve::ALL.into_iter().cycle().take(count).map(|curve| certificate(curve, random)).collect()
}

/// A ticket whose key is real. Its signature is only well-formed: nothing that parses verifies it.
fn certificate(curve: Curve, random: &mut Random) -> Vec<u8> {
    let key = PrivateKey::generate(curve, &mut random.0).expect("a key can be made");
    let start = u32::try_from(random.below(1 << 30)).unwrap_or(0);
    let validity = ValidityPeriod { start: start.into(), duration: Duration::Hours(168) };
    let indicator = VerificationKeyIndicator::VerificationKey(verification_key(key.public_key()));
    let mut contents = ToBeSignedCertificate::new(CertificateId::None(()), validity, indicator);
    let permission = |psid: u64| PsidSsp { psid: Psid(psid.into()), ssp: None };
    contents.app_permissions = Some(SequenceOfPsidSsp(vec![permission(36), permission(37)]));
    let issuer = random.octets(8).try_into().map(HashedId8).expect("eight octets");
    let certificate =
        Certificate::explicit(IssuerIdentifier::Sha256AndDigest(issuer), contents, signature(random));
    encode(&certificate).expect("it encodes")
}

fn signature(random: &mut Random) -> Signature {
    let r_sig = EccP256CurvePoint::XOnly(half(random));
    Signature::EcdsaNistP256(EcdsaP256Signature { r_sig, s_sig: half(random) })
}

/// A number that is surely below the order of the curve.
fn half<T: TryFrom<Vec<u8>>>(random: &mut Random) -> T {
    let mut octets = random.octets(32);
    octets.splice(..1, [0]);
    T::try_from(octets).ok().expect("32 octets")
}

fn verification_key(key: &PublicKey) -> PublicVerificationKey {
    match key.curve() {
        Curve::NistP256 => PublicVerificationKey::EcdsaNistP256(point_256(key)),
        Curve::BrainpoolP256r1 => PublicVerificationKey::EcdsaBrainpoolP256r1(point_256(key)),
        Curve::NistP384 => PublicVerificationKey::EcdsaNistP384(point_384(key)),
        Curve::BrainpoolP384r1 => PublicVerificationKey::EcdsaBrainpoolP384r1(point_384(key)),
    }
}

fn point_256(key: &PublicKey) -> EccP256CurvePoint {
    let x = key.x().try_into().expect("32 octets");
    if key.y_is_odd() { EccP256CurvePoint::CompressedY1(x) } else { EccP256CurvePoint::CompressedY0(x) }
}

fn point_384(key: &PublicKey) -> EccP384CurvePoint {
    let x = key.x().try_into().expect("48 octets");
    if key.y_is_odd() { EccP384CurvePoint::CompressedY1(x) } else { EccP384CurvePoint::CompressedY0(x) }
}

/// Batches of signatures: honest ones, in between some with arbitrary octets for r and s.
pub(super) fn batches(random: &mut Random, count: usize, part: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|_| {
            let signatures = 1 + random.below(20);
            (0..signatures).flat_map(|_| record(random, part)).collect()
        })
        .collect()
}

/// One signature's octets for the target: which key and how, digest or message, and what r and s are, or differ by; each of
/// the three takes `part` octets.
fn record(random: &mut Random, part: usize) -> Vec<u8> {
    let kind = random.below(256) as u8;
    let mut octets: Vec<u8> = (0..3 * part).map(|_| random.below(256) as u8).collect();
    octets.insert(0, kind);
    if random.below(4) != 0 {
        octets.iter_mut().skip(1 + part).for_each(|octet| *octet = 0);
    }
    octets
}
