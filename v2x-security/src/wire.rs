//! Canonical OER for what this crate signs and encrypts, written directly: every length is known here.

use v2x_crypto::{Curve, HashAlgorithm, PublicKey, Signature};

/// A length determinant in its shortest form (X.696 clause 8.6).
pub(crate) fn put_length(out: &mut Vec<u8>, length: usize) {
    if let Ok(short @ 0..0x80) = u8::try_from(length) {
        return out.push(short);
    }
    put_long(out, length);
}

/// The long form: how many octets, then the octets without leading zeros.
#[expect(clippy::cast_possible_truncation, reason = "a usize has at most eight octets")]
fn put_long(out: &mut Vec<u8>, length: usize) {
    let octets = length.to_be_bytes();
    let significant = octets.iter().skip_while(|octet| **octet == 0);
    out.push(0x80 | significant.clone().count() as u8);
    out.extend(significant);
}

/// An OCTET STRING of any size.
pub(crate) fn put_octets(out: &mut Vec<u8>, octets: &[u8]) {
    put_length(out, octets.len());
    out.extend_from_slice(octets);
}

/// A non-negative INTEGER without upper bound; also the quantity of a SEQUENCE OF.
pub(crate) fn put_unsigned(out: &mut Vec<u8>, value: u64) {
    let octets = value.to_be_bytes();
    let significant = octets.iter().skip_while(|octet| **octet == 0).count().max(1);
    let (_, low) = octets.split_at(octets.len() - significant);
    put_octets(out, low);
}

/// An open type: its encoding behind a length.
pub(crate) fn put_open(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let mut inner = Vec::new();
    write(&mut inner);
    put_octets(out, &inner);
}

/// `HashAlgorithm`.
pub(crate) const fn hash_id(hash: HashAlgorithm) -> u8 {
    match hash {
        HashAlgorithm::Sha256 => 0,
        HashAlgorithm::Sha384 => 1,
    }
}

/// A point in compressed form.
pub(crate) fn put_point(out: &mut Vec<u8>, key: &PublicKey) {
    out.push(if key.y_is_odd() { 0x83 } else { 0x82 });
    out.extend_from_slice(key.x());
}

/// `Signature`, with `rSig` as x-coordinate only. The 384-bit curves are extensions, so they are open types.
pub(crate) fn put_signature(out: &mut Vec<u8>, signature: &Signature) {
    let parts = |out: &mut Vec<u8>| {
        out.push(0x80);
        out.extend_from_slice(signature.r());
        out.extend_from_slice(signature.s());
    };
    match signature.curve() {
        Curve::NistP256 => {
            out.push(0x80);
            parts(out);
        }
        Curve::BrainpoolP256r1 => {
            out.push(0x81);
            parts(out);
        }
        Curve::BrainpoolP384r1 => {
            out.push(0x82);
            put_open(out, parts);
        }
        Curve::NistP384 => {
            out.push(0x83);
            put_open(out, parts);
        }
    }
}

/// The alternative of `BasePublicEncryptionKey` and `EncryptedDataEncryptionKey` for a curve, where there is one.
pub(crate) const fn ecies_choice(curve: Curve) -> Option<u8> {
    match curve {
        Curve::NistP256 => Some(0x80),
        Curve::BrainpoolP256r1 => Some(0x81),
        Curve::NistP384 | Curve::BrainpoolP384r1 => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out);
        out
    }

    #[test]
    fn lengths_have_their_shortest_form() {
        assert_eq!(written(|out| put_length(out, 0)), [0]);
        assert_eq!(written(|out| put_length(out, 0x7f)), [0x7f]);
        assert_eq!(written(|out| put_length(out, 0x80)), [0x81, 0x80]);
        assert_eq!(written(|out| put_length(out, 0x1234)), [0x82, 0x12, 0x34]);
    }

    #[test]
    fn integers_have_no_needless_octets() {
        assert_eq!(written(|out| put_unsigned(out, 0)), [1, 0]);
        assert_eq!(written(|out| put_unsigned(out, 36)), [1, 36]);
        assert_eq!(written(|out| put_unsigned(out, 623)), [2, 0x02, 0x6f]);
        assert_eq!(written(|out| put_unsigned(out, u64::MAX)), [8, 255, 255, 255, 255, 255, 255, 255, 255]);
    }
}
