//! SHA-256, SHA-384, and the hash of hashes that IEEE 1609.2 signs.

use crate::curve::{HashAlgorithm, MAX_COORDINATE_LEN};
use core::fmt;
use sha2::Digest as _;

/// SHA-256 of `data`.
#[must_use]
pub fn sha256(data: &[u8]) -> [u8; 32] {
    sha2::Sha256::digest(data).into()
}

/// SHA-384 of `data`.
#[must_use]
pub fn sha384(data: &[u8]) -> [u8; 48] {
    sha2::Sha384::digest(data).into()
}

impl HashAlgorithm {
    /// The digest of `data`.
    #[must_use]
    pub fn digest(self, data: &[u8]) -> Digest {
        match self {
            Self::Sha256 => sha256(data).into(),
            Self::Sha384 => sha384(data).into(),
        }
    }

    /// A hasher that takes its data in pieces.
    #[must_use]
    pub fn hasher(self) -> Hasher {
        match self {
            Self::Sha256 => Hasher(State::Sha256(sha2::Sha256::new())),
            Self::Sha384 => Hasher(State::Sha384(sha2::Sha384::new())),
        }
    }
}

/// The result of a hash: 32 or 48 octets, and which.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    algorithm: HashAlgorithm,
    octets: [u8; MAX_COORDINATE_LEN],
}

impl Digest {
    /// Which hash made it.
    #[must_use]
    pub const fn algorithm(&self) -> HashAlgorithm {
        self.algorithm
    }

    /// All its octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.octets.split_at(self.algorithm.digest_len()).0
    }
}

impl AsRef<[u8]> for Digest {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl From<[u8; 32]> for Digest {
    fn from(digest: [u8; 32]) -> Self {
        let mut octets = [0; MAX_COORDINATE_LEN];
        octets.split_at_mut(32).0.copy_from_slice(&digest);
        Self { algorithm: HashAlgorithm::Sha256, octets }
    }
}

impl From<[u8; 48]> for Digest {
    fn from(octets: [u8; 48]) -> Self {
        Self { algorithm: HashAlgorithm::Sha384, octets }
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.algorithm)?;
        self.as_bytes().iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

/// A hash in progress, for data that lies in several pieces.
pub struct Hasher(State);

enum State {
    Sha256(sha2::Sha256),
    Sha384(sha2::Sha384),
}

impl Hasher {
    /// Adds `data`.
    pub fn update(&mut self, data: &[u8]) {
        match &mut self.0 {
            State::Sha256(hash) => hash.update(data),
            State::Sha384(hash) => hash.update(data),
        }
    }

    /// The digest of everything that was added.
    #[must_use]
    pub fn finish(self) -> Digest {
        match self.0 {
            State::Sha256(hash) => <[u8; 32]>::from(hash.finalize()).into(),
            State::Sha384(hash) => <[u8; 48]>::from(hash.finalize()).into(),
        }
    }
}

/// What an IEEE 1609.2 signature signs: H(to-be-signed octets) ‖ H(signer's certificate), 64 or 96 octets.
///
/// Hand [`SignatureInput::as_bytes`] to `sign` and `verify`, which hash it once more with the curve's hash.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SignatureInput {
    octets: [u8; 2 * MAX_COORDINATE_LEN],
    len: usize,
}

impl SignatureInput {
    /// Hashes both parts. `signer` is the signer's certificate in canonical form, and empty for what signs itself.
    #[must_use]
    pub fn new(algorithm: HashAlgorithm, to_be_signed: &[u8], signer: &[u8]) -> Self {
        Self::from_digests(&algorithm.digest(to_be_signed), &algorithm.digest(signer))
    }

    /// Joins two digests that are known already, such as that of a signer's certificate in a cache.
    #[must_use]
    pub fn from_digests(to_be_signed: &Digest, signer: &Digest) -> Self {
        let (first, second) = (to_be_signed.as_bytes(), signer.as_bytes());
        let mut octets = [0; 2 * MAX_COORDINATE_LEN];
        let (head, tail) = octets.split_at_mut(first.len());
        head.copy_from_slice(first);
        tail.split_at_mut(second.len()).0.copy_from_slice(second);
        Self { octets, len: first.len() + second.len() }
    }

    /// The octets to sign.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.octets.split_at(self.len).0
    }
}

impl AsRef<[u8]> for SignatureInput {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    #[test]
    fn a_hash_in_pieces_is_the_hash_of_the_whole() {
        for algorithm in [HashAlgorithm::Sha256, HashAlgorithm::Sha384] {
            let mut hasher = algorithm.hasher();
            hasher.update(b"to be ");
            hasher.update(b"signed");
            assert_eq!(hasher.finish(), algorithm.digest(b"to be signed"));
        }
    }

    #[test]
    fn the_empty_string_has_its_known_sha256() {
        let text = format!("{:?}", HashAlgorithm::Sha256.digest(b""));
        assert_eq!(text, "SHA-256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn the_signed_octets_are_both_digests_in_order() {
        let input = SignatureInput::new(HashAlgorithm::Sha384, b"tbs", b"certificate");
        assert_eq!(input.as_bytes(), [sha384(b"tbs"), sha384(b"certificate")].concat());
        let input = SignatureInput::new(HashAlgorithm::Sha256, b"tbs", b"");
        assert_eq!(input.as_bytes(), [sha256(b"tbs"), sha256(b"")].concat());
    }
}
