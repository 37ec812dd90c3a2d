//! Octets that must not outlive their use.

use crate::{CryptoError, CryptoRng};
use alloc::boxed::Box;
use core::hint::black_box;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Secret octets on the heap, wiped when dropped.
///
/// They live in a box, because moving a value leaves its octets behind at the old place, which nothing would wipe.
pub(crate) struct Secret<const N: usize>(Box<Zeroizing<[u8; N]>>);

impl<const N: usize> Secret<N> {
    /// All zero, to be filled in place.
    pub(crate) fn zeroed() -> Self {
        Self(Box::new(Zeroizing::new([0; N])))
    }

    /// A copy of `octets`, padded with zero if they are fewer and cut if they are more.
    pub(crate) fn copied(octets: &[u8]) -> Self {
        let mut secret = Self::zeroed();
        secret.as_mut().iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
        secret
    }

    pub(crate) fn as_bytes(&self) -> &[u8; N] {
        &self.0
    }

    pub(crate) fn as_mut(&mut self) -> &mut [u8; N] {
        &mut self.0
    }
}

/// Runs an operation on a secret and then overwrites the stack that it used.
///
/// Field and scalar types of the curve crates are `Copy`: passing them by value leaves octets of a secret in dead stack
/// frames that no destructor reaches. The result must hold no secret outside a box.
pub(crate) fn with_wiped_stack<T>(operation: impl FnOnce() -> T) -> T {
    let result = in_own_frame(operation);
    wipe_dead_stack();
    result
}

/// Keeps everything that the operation puts on the stack below the caller's frame.
#[inline(never)]
fn in_own_frame<T>(operation: impl FnOnce() -> T) -> T {
    operation()
}

/// Overwrites the stack below the caller's frame, deeper than any operation here reaches.
#[inline(never)]
fn wipe_dead_stack() {
    let mut dead = [0_u8; 12 * 1024];
    black_box(&mut dead);
}

/// An AES-128 key. Neither printable nor clonable; wiped when dropped; compared in constant time.
pub struct AesKey(pub(crate) Secret<16>);

impl AesKey {
    /// Octets in a key.
    pub const LEN: usize = 16;

    /// A fresh key.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut octets = Secret::zeroed();
        rng.fill_bytes(octets.as_mut());
        Self(octets)
    }

    /// The key in `octets`, which the caller should wipe.
    #[must_use]
    pub fn from_bytes(octets: &[u8; 16]) -> Self {
        Self(Secret::copied(octets))
    }

    /// The key's octets: to be encrypted to somebody or hashed, never to be stored or shown.
    #[must_use]
    pub fn expose(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl PartialEq for AesKey {
    fn eq(&self, other: &Self) -> bool {
        self.expose().ct_eq(other.expose()).into()
    }
}

impl Eq for AesKey {}

/// The x coordinate that two keys agree on. Neither printable nor clonable; wiped when dropped.
pub struct SharedSecret {
    octets: Secret<{ crate::curve::MAX_COORDINATE_LEN }>,
    len: usize,
}

impl SharedSecret {
    /// The secret in `octets`, which the caller should wipe; made by implementations of
    /// [`KeyAgreement`](crate::KeyAgreement).
    ///
    /// # Errors
    /// [`CryptoError::Length`] if they are not as many as a coordinate of `curve` has.
    pub fn new(curve: crate::Curve, octets: &[u8]) -> Result<Self, CryptoError> {
        CryptoError::unless_coordinate("shared secret", curve, octets)?;
        Ok(Self { octets: Secret::copied(octets), len: octets.len() })
    }

    /// The octets, for a key derivation function.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.octets.as_bytes().split_at(self.len).0
    }
}
