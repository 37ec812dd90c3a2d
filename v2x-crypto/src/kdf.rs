//! KDF2 of IEEE 1363a with SHA-256, as IEEE 1609.2 clause 5.3.5 uses it.

use sha2::{Digest as _, Sha256, digest::Output};
use zeroize::Zeroize as _;

/// Fills `output` with octets derived from `secret` and the parameter `p`.
///
/// The hash runs over secret ‖ 4-octet counter from 1 ‖ p. The caller wipes `output`.
pub fn kdf2_sha256(secret: &[u8], p: &[u8], output: &mut [u8]) {
    for (chunk, counter) in output.chunks_mut(32).zip(1_u32..) {
        let mut block = Output::<Sha256>::default();
        Sha256::new()
            .chain_update(secret)
            .chain_update(counter.to_be_bytes())
            .chain_update(p)
            .finalize_into(&mut block);
        chunk.iter_mut().zip(&block).for_each(|(to, from)| *to = *from);
        block.zeroize();
    }
}
