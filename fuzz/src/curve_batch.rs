//! Batched verification on P-384 and the brainpool curves against the portable provider.

use std::sync::OnceLock;

use v2x_crypto::{Curve, Digest, PrivateKey, Provider as _, RustCrypto, Signature};
use v2x_crypto_curve_batch::{BatchVerifier, Item, KeyTable, TableSize, Verdict};

/// Octets of one signature: kind, message, r, s. Curves of 256 bits take the last 32 octets of a part.
type Record = [u8; 145];

/// Kinds from here on are signed, and then r and s are what the signature is changed by.
const SIGNED: u8 = 128;

/// Signatures in one input at most.
const MOST: usize = 30;

struct Key {
    private: PrivateKey,
    table: KeyTable,
}

struct Signed {
    key: &'static Key,
    digest: Digest,
    r: Vec<u8>,
    s: Vec<u8>,
    expected: Verdict,
}

/// Batches of any signatures on three curves: each gets the verdict of the portable provider.
pub fn curve_batch(octets: &[u8]) {
    let (records, _) = octets.as_chunks::<145>();
    let signed: Vec<Signed> = records.iter().take(MOST).map(Signed::read).collect();
    let items: Vec<Item<'_>> = signed.iter().map(Signed::item).collect();
    let expected: Vec<Verdict> = signed.iter().map(|signed| signed.expected).collect();
    // A capacity below what may come, so that batches are split as well.
    assert_eq!(BatchVerifier::new(7).verify(&items), expected);
}

impl Signed {
    fn read(record: &Record) -> Self {
        let [kind, rest @ ..] = record;
        let (parts, _) = rest.as_chunks::<48>();
        let all = keys();
        let key = all.get(usize::from(*kind) % all.len()).expect("an index below the length");
        let curve = key.private.public_key().curve();
        let part = |index: usize| -> Vec<u8> {
            parts.get(index).into_iter().flatten().skip(48 - curve.coordinate_len()).copied().collect()
        };
        let (message, mut r, mut s) = (part(0), part(1), part(2));
        if *kind >= SIGNED {
            let signer = RustCrypto.signer(&key.private).expect("a key of ours");
            let good = signer.sign(&message).expect("any message can be signed");
            change(&mut r, good.r());
            change(&mut s, good.s());
        }
        let valid = Signature::new(curve, &r, &s)
            .is_ok_and(|signature| RustCrypto.verify(key.private.public_key(), &message, &signature).is_ok());
        let expected = if valid { Verdict::Valid } else { Verdict::Invalid };
        Self { key, digest: curve.hash().digest(&message), r, s, expected }
    }

    fn item(&self) -> Item<'_> {
        Item { key: &self.key.table, digest: self.digest.as_bytes(), r: &self.r, s: &self.s }
    }
}

fn change(part: &mut [u8], by: &[u8]) {
    part.iter_mut().zip(by).for_each(|(octet, by)| *octet ^= by);
}

/// On each curve keys that are near the generator, and some that are not; tables of different sizes.
fn keys() -> &'static [Key] {
    static KEYS: OnceLock<Vec<Key>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let curves = [Curve::NistP384, Curve::BrainpoolP256r1, Curve::BrainpoolP384r1];
        let sizes = [TableSize::Small, TableSize::Medium, TableSize::Large].into_iter().cycle();
        let scalars = [[0, 1], [0, 2], [1, 0], [0x55, 0xaa]];
        let kinds = curves.into_iter().flat_map(|curve| scalars.map(|scalar| (curve, scalar)));
        kinds.zip(sizes).map(|((curve, scalar), size)| key(curve, scalar, size)).collect()
    })
}

/// The key whose scalar repeats the first octet and ends in the second.
fn key(curve: Curve, [first, last]: [u8; 2], size: TableSize) -> Key {
    let mut scalar = vec![first; curve.coordinate_len() - 1];
    scalar.push(last);
    let private = PrivateKey::from_scalar(curve, &scalar).expect("a scalar between 0 and n");
    let table = KeyTable::build(private.public_key(), size).expect("a curve with tables");
    Key { private, table }
}
