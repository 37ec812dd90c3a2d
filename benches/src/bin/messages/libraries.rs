//! What others take for the bare signatures of the same messages, each with its keys prepared in its own best way.

use anyhow::{Context as _, Result};
use aws_lc_rs::signature as aws;
use benches::rounds::{Contender, timed};
use benches::world::Claim;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;
use openssl::pkey::Public;
use v2x_crypto::sha256;

pub(crate) const OPENSSL: &str = "OpenSSL, bare signature";
pub(crate) const AWS_LC: &str = "aws-lc-rs, bare signature";

/// Signatures of one turn.
const TURN: usize = 128;

/// OpenSSL and aws-lc-rs on these signatures, of which those at `bad` do not verify.
pub(crate) fn bare<'w>(claims: &'w [Claim], is_bad: &'w [bool]) -> Result<[Contender<'w>; 2]> {
    Ok([openssl(claims, is_bad)?, aws_lc(claims, is_bad)?])
}

/// The places of one round, going round all `of` them.
pub(crate) fn slice(round: usize, turn: usize, of: usize) -> impl Iterator<Item = usize> {
    (round * turn..(round + 1) * turn).map(move |place| place % of)
}

fn one_by_one<'w>(
    name: &str,
    is_bad: &'w [bool],
    mut verify: impl FnMut(usize) -> Option<()> + 'w,
) -> Contender<'w> {
    let turn = move |round| {
        let mut wrong = 0;
        let time = timed(TURN, || {
            for place in slice(round, TURN, is_bad.len()) {
                wrong += usize::from(verify(place).is_none() != is_bad[place]);
            }
        });
        anyhow::ensure!(wrong == 0, "{wrong} verdicts are not what they should be");
        Ok(time)
    };
    Contender { name: name.to_owned(), set: 0, turn: Box::new(turn) }
}

fn openssl<'w>(claims: &'w [Claim], is_bad: &'w [bool]) -> Result<Contender<'w>> {
    let keys: Vec<EcKey<Public>> = claims.iter().map(openssl_key).collect::<Result<_>>()?;
    Ok(one_by_one(OPENSSL, is_bad, move |place| openssl_verify(&claims[place], &keys[place])))
}

fn openssl_key(claim: &Claim) -> Result<EcKey<Public>> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let point = EcPoint::from_bytes(&group, claim.key.as_sec1(), &mut *BigNumContext::new()?)?;
    Ok(EcKey::from_public_key(&group, &point)?)
}

fn openssl_verify(claim: &Claim, key: &EcKey<Public>) -> Option<()> {
    let (r, s) = (&claim.signature.r(), &claim.signature.s());
    let (r, s) = (BigNum::from_slice(r).ok()?, BigNum::from_slice(s).ok()?);
    let signature = EcdsaSig::from_private_components(r, s).ok()?;
    signature.verify(&sha256(&claim.message), key).ok()?.then_some(())
}

fn aws_lc<'w>(claims: &'w [Claim], is_bad: &'w [bool]) -> Result<Contender<'w>> {
    let keys: Vec<aws::ParsedPublicKey> =
        claims.iter().map(|claim| aws_key(claim.key.as_sec1())).collect::<Result<_>>()?;
    let fixed: Vec<Vec<u8>> = claims.iter().map(|claim| claim.signature.to_fixed()).collect();
    Ok(one_by_one(AWS_LC, is_bad, move |place| {
        keys[place].verify_sig(&claims[place].message, &fixed[place]).ok()
    }))
}

pub(crate) fn aws_key(octets: &[u8]) -> Result<aws::ParsedPublicKey> {
    let parsed = aws::ParsedPublicKey::new(&aws::ECDSA_P256_SHA256_FIXED, octets);
    parsed.ok().context("aws-lc-rs refuses a key")
}
