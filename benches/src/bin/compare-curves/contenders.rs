//! Who takes part: each with its keys prepared in its own best way.

use std::rc::Rc;

use anyhow::{Context as _, Result};
use aws_lc_rs::{digest as aws_digest, signature as aws};
use benches::rounds::Contender;
use ecdsa::signature::hazmat::PrehashVerifier as _;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;
use v2x_crypto::Curve;
use v2x_crypto_curve_batch::{BatchVerifier, Item, KeyTable, TableSize};

use crate::workload::{Signed, Workload};

/// Signatures of one turn: so many that every contender's takes some ten milliseconds.
const TURN: usize = 32;

pub(crate) const RUST_CRYPTO: &str = "RustCrypto";

/// OpenSSL, aws-lc-rs where it has the curve, and RustCrypto last.
pub(crate) fn libraries(workload: &Workload) -> Result<Vec<Contender<'_>>> {
    let mut libraries = vec![openssl(workload)?];
    if workload.shape.curve == Curve::NistP384 {
        libraries.push(aws_lc(workload)?);
    }
    libraries.push(rust_crypto(workload)?);
    Ok(libraries)
}

fn one_by_one<'w>(
    name: &str,
    workload: &'w Workload,
    mut verify: impl FnMut(&Signed) -> Option<()> + 'w,
) -> Contender<'w> {
    let verify = move |signed: &[Signed], verdicts: &mut Vec<bool>| {
        verdicts.extend(signed.iter().map(|signed| verify(signed).is_some()));
    };
    Contender::verifier(name, 0, TURN, &workload.signed, verify)
}

fn openssl(workload: &Workload) -> Result<Contender<'_>> {
    let group = EcGroup::from_curve_name(match workload.shape.curve {
        Curve::NistP256 => Nid::X9_62_PRIME256V1,
        Curve::NistP384 => Nid::SECP384R1,
        Curve::BrainpoolP256r1 => Nid::BRAINPOOL_P256R1,
        Curve::BrainpoolP384r1 => Nid::BRAINPOOL_P384R1,
    })?;
    let mut context = BigNumContext::new()?;
    let keys = workload.keys.iter().map(|key| {
        let point = EcPoint::from_bytes(&group, key.public_key().as_sec1(), &mut context)?;
        Ok(EcKey::from_public_key(&group, &point)?)
    });
    let keys: Vec<EcKey<_>> = keys.collect::<Result<_>>()?;
    Ok(one_by_one("OpenSSL", workload, move |signed| {
        let (r, s) = (signed.signature.r(), signed.signature.s());
        let (r, s) = (BigNum::from_slice(r).ok()?, BigNum::from_slice(s).ok()?);
        let signature = EcdsaSig::from_private_components(r, s).ok()?;
        signature.verify(signed.digest(), keys.get(signed.key)?).ok()?.then_some(())
    }))
}

fn aws_lc(workload: &Workload) -> Result<Contender<'_>> {
    let keys = workload.keys.iter().map(|key| {
        let octets = key.public_key().as_sec1();
        aws::ParsedPublicKey::new(&aws::ECDSA_P384_SHA384_FIXED, octets)
            .ok()
            .context("aws-lc-rs refuses a key")
    });
    let keys: Vec<aws::ParsedPublicKey> = keys.collect::<Result<_>>()?;
    Ok(one_by_one("aws-lc-rs", workload, move |signed| {
        let digest = aws_digest::Digest::import_less_safe(signed.digest(), &aws_digest::SHA384).ok()?;
        keys.get(signed.key)?.verify_digest_sig(&digest, signed.fixed()).ok()
    }))
}

macro_rules! by_curve_crate {
    ($curve:ty, $workload:ident) => {{
        let keys = $workload.keys.iter();
        let keys =
            keys.map(|key| Ok(ecdsa::VerifyingKey::<$curve>::from_sec1_bytes(key.public_key().as_sec1())?));
        let keys: Vec<ecdsa::VerifyingKey<$curve>> = keys.collect::<Result<_>>()?;
        one_by_one(RUST_CRYPTO, $workload, move |signed| {
            let signature = ecdsa::Signature::<$curve>::from_slice(signed.fixed()).ok()?;
            keys.get(signed.key)?.verify_prehash(signed.digest(), &signature).ok()
        })
    }};
}

fn rust_crypto(workload: &Workload) -> Result<Contender<'_>> {
    Ok(match workload.shape.curve {
        Curve::NistP256 => anyhow::bail!("P-256 is compared by `compare`"),
        Curve::NistP384 => by_curve_crate!(p384::NistP384, workload),
        Curve::BrainpoolP256r1 => by_curve_crate!(bp256::BrainpoolP256r1, workload),
        Curve::BrainpoolP384r1 => by_curve_crate!(bp384::BrainpoolP384r1, workload),
    })
}

/// Ours with tables of one size: in batches of each size, and one at a time.
pub(crate) fn ours<'w>(
    workload: &'w Workload,
    size: TableSize,
    batches: &[usize],
) -> Result<Vec<Contender<'w>>> {
    let tables =
        workload.keys.iter().map(|key| KeyTable::build(key.public_key(), size).context("has tables"));
    let tables: Rc<Vec<KeyTable>> = Rc::new(tables.collect::<Result<_>>()?);
    Ok(batches.iter().chain(&[1]).map(|batch| batched(&tables, workload, size, *batch)).collect())
}

fn batched<'w>(
    tables: &Rc<Vec<KeyTable>>,
    workload: &'w Workload,
    size: TableSize,
    batch: usize,
) -> Contender<'w> {
    let (tables, mut verifier) = (Rc::clone(tables), BatchVerifier::new(batch));
    let kib = tables.first().map_or(0, |table| table.bytes() / 1024);
    let verify = move |signed: &[Signed], verdicts: &mut Vec<bool>| {
        for chunk in signed.chunks(batch) {
            let items: Vec<Item<'_>> = chunk.iter().filter_map(|signed| item(&tables, signed)).collect();
            verdicts.extend(verifier.verify(&items).iter().map(|verdict| verdict.is_valid()));
        }
    };
    let name = format!("{size:?} tables of {kib} KiB, batches of {batch}");
    Contender::verifier(&name, 0, if batch == 1 { 256 } else { 1024 }, &workload.signed, verify)
}

fn item<'a>(tables: &'a [KeyTable], signed: &'a Signed) -> Option<Item<'a>> {
    let (r, s) = (signed.signature.r(), signed.signature.s());
    Some(Item { key: tables.get(signed.key)?, digest: signed.digest(), r, s })
}
