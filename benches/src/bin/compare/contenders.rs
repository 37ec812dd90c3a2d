//! Who takes part: each with its keys prepared in its own best way.

use std::rc::Rc;

use anyhow::{Context as _, Result};
use aws_lc_rs::{digest as aws_digest, signature as aws};
use benches::rounds::Contender;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;
use p256::ecdsa::Signature;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use v2x_crypto_p256_batch::{BatchVerifier, Item, Kernel, KeyTable, TableSize};

use crate::workload::{Key, Set, Signed, Workload};

pub(crate) const OPENSSL: &str = "OpenSSL";
pub(crate) const AWS_LC: &str = "aws-lc-rs";

/// Signatures of one turn: so many that every contender's takes some ten milliseconds.
const TURN: usize = 128;

/// The libraries, on one set of signatures.
pub(crate) fn libraries<'w>(keys: &'w [Key], set: &'w Set) -> Result<[Contender<'w>; 4]> {
    Ok([openssl(keys, set)?, aws_lc(keys, set)?, ring(keys, set), p256(keys, set)])
}

fn one_by_one<'w>(
    name: &str,
    set: &'w Set,
    mut verify: impl FnMut(&Signed) -> Option<()> + 'w,
) -> Contender<'w> {
    let verify = move |signed: &[Signed], verdicts: &mut Vec<bool>| {
        verdicts.extend(signed.iter().map(|signed| verify(signed).is_some()));
    };
    Contender::verifier(name, set.number, TURN, &set.signed, verify)
}

fn openssl<'w>(keys: &[Key], set: &'w Set) -> Result<Contender<'w>> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let mut context = BigNumContext::new()?;
    let keys = keys.iter().map(|key| {
        let point = EcPoint::from_bytes(&group, key.public.as_sec1(), &mut context)?;
        Ok(EcKey::from_public_key(&group, &point)?)
    });
    let keys: Vec<EcKey<_>> = keys.collect::<Result<_>>()?;
    Ok(one_by_one(OPENSSL, set, move |signed| {
        let (r, s) = signed.signature.split_at(32);
        let (r, s) = (BigNum::from_slice(r).ok()?, BigNum::from_slice(s).ok()?);
        let signature = EcdsaSig::from_private_components(r, s).ok()?;
        signature.verify(&signed.digest, keys.get(signed.key)?).ok()?.then_some(())
    }))
}

fn aws_lc<'w>(keys: &[Key], set: &'w Set) -> Result<Contender<'w>> {
    let keys = keys.iter().map(|key| {
        let parsed = aws::ParsedPublicKey::new(&aws::ECDSA_P256_SHA256_FIXED, key.public.as_sec1());
        parsed.ok().context("aws-lc-rs refuses a key")
    });
    let keys: Vec<aws::ParsedPublicKey> = keys.collect::<Result<_>>()?;
    Ok(one_by_one(AWS_LC, set, move |signed| {
        let digest = aws_digest::Digest::import_less_safe(&signed.digest, &aws_digest::SHA256).ok()?;
        keys.get(signed.key)?.verify_digest_sig(&digest, &signed.signature).ok()
    }))
}

/// ring has no way around hashing: 64 octets, some 0.1 µs.
fn ring<'w>(keys: &[Key], set: &'w Set) -> Contender<'w> {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    let keys: Vec<_> = keys
        .iter()
        .map(|key| UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public.as_sec1().to_vec()))
        .collect();
    one_by_one("ring", set, move |signed| {
        keys.get(signed.key)?.verify(&signed.message, &signed.signature).ok()
    })
}

fn p256<'w>(keys: &'w [Key], set: &'w Set) -> Contender<'w> {
    one_by_one("p256", set, move |signed| {
        let signature = Signature::from_slice(&signed.signature).ok()?;
        keys.get(signed.key)?.p256.verify_prehash(&signed.digest, &signature).ok()
    })
}

/// Ours, by one kernel: each set in batches of each size, and one at a time.
pub(crate) fn ours<'w>(
    workload: &'w Workload,
    kernel: Kernel,
    size: TableSize,
    batches: &[usize],
) -> Result<Vec<Contender<'w>>> {
    let tables =
        workload.keys.iter().map(|key| KeyTable::build(&key.public, size, kernel).context("a key of P-256"));
    let tables: Rc<Vec<KeyTable>> = Rc::new(tables.collect::<Result<_>>()?);
    let sizes = || batches.iter().chain(&[1]);
    let all = workload.sets.iter().flat_map(|set| sizes().map(move |batch| (set, *batch)));
    Ok(all.map(|(set, batch)| batched(&tables, kernel, set, batch)).collect())
}

fn batched<'w>(tables: &Rc<Vec<KeyTable>>, kernel: Kernel, set: &'w Set, batch: usize) -> Contender<'w> {
    let (tables, mut verifier) = (Rc::clone(tables), BatchVerifier::new(kernel, batch));
    let verify = move |signed: &[Signed], verdicts: &mut Vec<bool>| {
        for chunk in signed.chunks(batch) {
            let items: Vec<Item<'_>> = chunk.iter().filter_map(|signed| item(&tables, signed)).collect();
            verdicts.extend(verifier.verify(&items).iter().map(|verdict| verdict.is_valid()));
        }
    };
    let (name, turn) = (format!("{kernel:?}, batches of {batch}"), if batch == 1 { 256 } else { 2048 });
    Contender::verifier(&name, set.number, turn, &set.signed, verify)
}

fn item<'a>(tables: &'a [KeyTable], signed: &Signed) -> Option<Item<'a>> {
    let (r, s) = signed.signature.split_at(32);
    let (r, s) = (r.try_into().ok()?, s.try_into().ok()?);
    Some(Item { key: tables.get(signed.key)?, digest: signed.digest, r, s })
}
