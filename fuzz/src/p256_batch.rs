//! Batched verification against p256.

use std::sync::OnceLock;

use p256::ecdsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use p256::ecdsa::{Signature, SigningKey};
use v2x_crypto::{Curve, PublicKey};
use v2x_crypto_p256_batch::{BatchVerifier, Item, Kernel, KeyTable, TableSize, Verdict};

/// Octets of one signature: kind, digest, r, s.
type Record = [u8; 97];

/// Kinds from here on are signed, and then r and s are what the signature is changed by.
const SIGNED: u8 = 128;

/// Signatures in one input at most.
const MOST: usize = 40;

struct Key {
    signing: SigningKey,
    tables: Vec<KeyTable>,
}

/// Batches of any signatures: each kernel says of each what p256 says.
pub fn p256_batch(octets: &[u8]) {
    let (records, _) = octets.as_chunks::<97>();
    let signed: Vec<_> = records.iter().take(MOST).map(read).collect();
    let expected: Vec<Verdict> = signed.iter().map(reference).collect();
    for (index, kernel) in kernels().enumerate() {
        let items: Vec<Item<'_>> =
            signed.iter().filter_map(|(key, digest, r, s)| item(key, index, *digest, *r, *s)).collect();
        // A capacity below what may come, so that batches are split as well.
        let mut verifier = BatchVerifier::new(kernel, 24);
        assert_eq!(verifier.verify(&items), expected, "{kernel:?}");
    }
}

fn item(
    key: &'static Key,
    kernel: usize,
    digest: [u8; 32],
    r: [u8; 32],
    s: [u8; 32],
) -> Option<Item<'static>> {
    Some(Item { key: key.tables.get(kernel)?, digest, r, s })
}

type Signed = (&'static Key, [u8; 32], [u8; 32], [u8; 32]);

fn read(record: &Record) -> Signed {
    let [kind, rest @ ..] = record;
    let (parts, _) = rest.as_chunks::<32>();
    let part = |index: usize| parts.get(index).copied().unwrap_or_default();
    let (digest, mut r, mut s) = (part(0), part(1), part(2));
    let all = keys();
    let key = all.get(usize::from(*kind) % all.len()).expect("an index below the length");
    if *kind >= SIGNED {
        let signature: Signature = key.signing.sign_prehash(&digest).expect("32 octets can be signed");
        let (good_r, good_s) = signature.split_bytes();
        let change = |part: &mut [u8; 32], good: &[u8]| {
            part.iter_mut().zip(good).for_each(|(octet, good)| *octet ^= good);
        };
        change(&mut r, &good_r);
        change(&mut s, &good_s);
    }
    (key, digest, r, s)
}

fn reference((key, digest, r, s): &Signed) -> Verdict {
    let signature = Signature::from_scalars(*r, *s);
    let verifying = key.signing.verifying_key();
    let valid = signature.is_ok_and(|signature| verifying.verify_prehash(digest, &signature).is_ok());
    if valid { Verdict::Valid } else { Verdict::Invalid }
}

fn kernels() -> impl Iterator<Item = Kernel> {
    Kernel::ALL.into_iter().filter(|kernel| kernel.is_available())
}

/// Keys that are near the generator, and some that are not; tables of every size.
fn keys() -> &'static [Key] {
    static KEYS: OnceLock<Vec<Key>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let sizes = [TableSize::Kib13, TableSize::Kib22, TableSize::Kib64].into_iter().cycle();
        let scalars = [[0, 1], [0, 2], [0, 3], [1, 0], [7, 7], [0x55, 0xaa], [0xfe, 0xfe]];
        scalars.into_iter().zip(sizes).map(|(scalar, size)| key(scalar, size)).collect()
    })
}

/// The key whose scalar repeats the first octet and ends in the second.
fn key([first, last]: [u8; 2], size: TableSize) -> Key {
    let mut scalar = [first; 32];
    scalar[31] = last;
    let signing = SigningKey::from_slice(&scalar).expect("a scalar between 0 and n");
    let point = signing.verifying_key().to_sec1_point(false);
    let public = PublicKey::from_sec1(Curve::NistP256, point.as_bytes()).expect("a key has a point");
    let table = |kernel| KeyTable::build(&public, size, kernel).expect("a key of P-256");
    Key { signing, tables: kernels().map(table).collect() }
}
