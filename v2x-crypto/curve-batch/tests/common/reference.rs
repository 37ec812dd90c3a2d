//! The verdicts of p384, bp256 and bp384.

use ecdsa::signature::hazmat::PrehashVerifier as _;
use v2x_crypto::{Curve, PublicKey};
use v2x_crypto_curve_batch::Verdict;

macro_rules! verdict {
    ($curve:ty, $key:ident, $digest:ident, $r:ident, $s:ident) => {{
        let key = ecdsa::VerifyingKey::<$curve>::from_sec1_bytes($key.as_sec1()).unwrap();
        let signature = ecdsa::Signature::<$curve>::from_slice(&[$r, $s].concat());
        signature.is_ok_and(|signature| key.verify_prehash($digest, &signature).is_ok())
    }};
}

pub(crate) fn verdict(key: &PublicKey, digest: &[u8], r: &[u8], s: &[u8]) -> Verdict {
    let valid = match key.curve() {
        Curve::NistP256 => panic!("no curve of this crate"),
        Curve::NistP384 => verdict!(p384::NistP384, key, digest, r, s),
        Curve::BrainpoolP256r1 => verdict!(bp256::BrainpoolP256r1, key, digest, r, s),
        Curve::BrainpoolP384r1 => verdict!(bp384::BrainpoolP384r1, key, digest, r, s),
    };
    if valid { Verdict::Valid } else { Verdict::Invalid }
}
