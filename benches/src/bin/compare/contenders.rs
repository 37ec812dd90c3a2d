//! Who takes part: each with its keys prepared in its own best way.

use anyhow::{Context as _, Result, bail};
use aws_lc_rs::{digest as aws_digest, signature as aws};
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;
use p256::ecdsa::Signature;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use v2x_crypto_p256_batch::{BatchVerifier, Item, Kernel, KeyTable, TableSize};

use crate::workload::{Signed, Workload};

/// Verifies some signatures and adds a verdict for each.
type Verify = Box<dyn FnMut(&[Signed], &mut Vec<bool>)>;

/// Somebody who verifies.
pub(crate) struct Contender {
    pub(crate) name: String,
    /// The number of the set that it verifies.
    pub(crate) set: usize,
    /// Signatures of one turn: so many that every contender's takes some ten milliseconds.
    pub(crate) turn: usize,
    pub(crate) verify: Verify,
}

pub(crate) const OPENSSL: &str = "OpenSSL";
pub(crate) const AWS_LC: &str = "aws-lc-rs";

pub(crate) fn libraries(workload: &Workload, set: usize) -> Result<Vec<Contender>> {
    let libraries = [openssl(workload)?, aws_lc(workload)?, ring(workload), p256(workload)];
    Ok(libraries.into_iter().map(|library| Contender { set, ..library }).collect())
}

fn one_by_one(name: &str, mut verify: impl FnMut(&Signed) -> Option<()> + 'static) -> Contender {
    let verify = move |signed: &[Signed], verdicts: &mut Vec<bool>| {
        verdicts.extend(signed.iter().map(|signed| verify(signed).is_some()));
    };
    Contender { name: name.to_owned(), set: 0, turn: 128, verify: Box::new(verify) }
}

fn openssl(workload: &Workload) -> Result<Contender> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    let mut context = BigNumContext::new()?;
    let keys = workload.keys.iter().map(|key| {
        let point = EcPoint::from_bytes(&group, key.public.as_sec1(), &mut context)?;
        Ok(EcKey::from_public_key(&group, &point)?)
    });
    let keys: Vec<EcKey<_>> = keys.collect::<Result<_>>()?;
    Ok(one_by_one(OPENSSL, move |signed| {
        let (r, s) = signed.signature.split_at(32);
        let (r, s) = (BigNum::from_slice(r).ok()?, BigNum::from_slice(s).ok()?);
        let signature = EcdsaSig::from_private_components(r, s).ok()?;
        signature.verify(&signed.digest, keys.get(signed.key)?).ok()?.then_some(())
    }))
}

fn aws_lc(workload: &Workload) -> Result<Contender> {
    let keys = workload.keys.iter().map(|key| {
        let parsed = aws::ParsedPublicKey::new(&aws::ECDSA_P256_SHA256_FIXED, key.public.as_sec1());
        parsed.ok().context("aws-lc-rs refuses a key")
    });
    let keys: Vec<aws::ParsedPublicKey> = keys.collect::<Result<_>>()?;
    Ok(one_by_one(AWS_LC, move |signed| {
        let digest = aws_digest::Digest::import_less_safe(&signed.digest, &aws_digest::SHA256).ok()?;
        keys.get(signed.key)?.verify_digest_sig(&digest, &signed.signature).ok()
    }))
}

/// ring has no way around hashing: 64 octets, some 0.1 µs.
fn ring(workload: &Workload) -> Contender {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
    let keys: Vec<_> = workload
        .keys
        .iter()
        .map(|key| UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.public.as_sec1().to_vec()))
        .collect();
    one_by_one("ring", move |signed| keys.get(signed.key)?.verify(&signed.message, &signed.signature).ok())
}

fn p256(workload: &Workload) -> Contender {
    let keys: Vec<_> = workload.keys.iter().map(|key| key.p256).collect();
    one_by_one("p256", move |signed| {
        let signature = Signature::from_slice(&signed.signature).ok()?;
        keys.get(signed.key)?.verify_prehash(&signed.digest, &signature).ok()
    })
}

/// Ours, by one kernel: each set in batches of each size, and one at a time.
pub(crate) fn ours(
    workload: &Workload,
    kernel: Kernel,
    table: usize,
    batches: &[usize],
) -> Result<Vec<Contender>> {
    let size = match table {
        13 => TableSize::Kib13,
        22 => TableSize::Kib22,
        64 => TableSize::Kib64,
        416 => TableSize::Kib416,
        other => bail!("there are no tables of {other} KiB"),
    };
    let tables =
        workload.keys.iter().map(|key| KeyTable::build(&key.public, size, kernel).context("a key of P-256"));
    let tables: std::rc::Rc<Vec<KeyTable>> = std::rc::Rc::new(tables.collect::<Result<_>>()?);
    let sizes = || batches.iter().chain(&[1]);
    let sets = 0..workload.sets.len();
    Ok(sets
        .flat_map(|set| sizes().map(move |batch| (set, *batch)))
        .map(|(set, batch)| batched(&tables, kernel, set, batch))
        .collect())
}

fn batched(tables: &std::rc::Rc<Vec<KeyTable>>, kernel: Kernel, set: usize, batch: usize) -> Contender {
    let (tables, mut verifier) = (std::rc::Rc::clone(tables), BatchVerifier::new(kernel, batch));
    let verify = move |signed: &[Signed], verdicts: &mut Vec<bool>| {
        for chunk in signed.chunks(batch) {
            let items: Vec<Item<'_>> = chunk.iter().filter_map(|signed| item(&tables, signed)).collect();
            verdicts.extend(verifier.verify(&items).iter().map(|verdict| verdict.is_valid()));
        }
    };
    let name = format!("{kernel:?}, batches of {batch}");
    Contender { name, set, turn: if batch == 1 { 256 } else { 2048 }, verify: Box::new(verify) }
}

fn item<'a>(tables: &'a [KeyTable], signed: &Signed) -> Option<Item<'a>> {
    let (r, s) = signed.signature.split_at(32);
    let (r, s) = (r.try_into().ok()?, s.try_into().ok()?);
    Some(Item { key: tables.get(signed.key)?, digest: signed.digest, r, s })
}
