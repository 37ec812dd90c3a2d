//! ECIES as IEEE 1609.2 clause 5.3.5 defines it: an AES key encrypted to a public key.
//!
//! ECDH, then KDF2 with SHA-256 over the shared x coordinate and the parameter P1 for 48 octets: 16 to mask the AES key,
//! 32 for the tag (MAC1, with an empty P2). P1 is the SHA-256 of the recipient's certificate, or of the empty string for
//! a recipient known by key only.

use crate::{
    AesKey, Algorithm, CryptoError, CryptoRng, Curve, KeyAgreement, PrivateKey, Provider, PublicKey,
    SharedSecret, kdf, mac,
    secret::{Secret, with_wiped_stack},
};

/// An AES key encrypted to somebody (`EciesP256EncryptedKey`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncryptedKey {
    /// The sender's ephemeral public key, `v`.
    pub ephemeral: PublicKey,
    /// The masked AES key, `c`.
    pub ciphertext: [u8; 16],
    /// The tag, `t`.
    pub tag: [u8; 16],
}

/// Encrypts `key` to `recipient` with an ephemeral key from `rng`.
///
/// # Errors
/// [`CryptoError::Unsupported`] for a recipient on a 384-bit curve; [`CryptoError::Randomness`].
pub fn encrypt(
    provider: &dyn Provider,
    recipient: &PublicKey,
    p1: &[u8],
    key: &AesKey,
    rng: &mut dyn CryptoRng,
) -> Result<EncryptedKey, CryptoError> {
    supported(recipient.curve())?;
    let ephemeral = PrivateKey::generate(recipient.curve(), rng)?;
    let agreement = provider.key_agreement(&ephemeral)?;
    with_wiped_stack(|| encrypt_with(&*agreement, recipient, p1, key))
}

/// Encrypts with an ephemeral key that is at hand. It must be used once only.
fn encrypt_with(
    ephemeral: &dyn KeyAgreement,
    recipient: &PublicKey,
    p1: &[u8],
    key: &AesKey,
) -> Result<EncryptedKey, CryptoError> {
    let keys = DerivedKeys::new(&ephemeral.agree(recipient)?, p1);
    let mut ciphertext = *keys.mask();
    xor_into(&mut ciphertext, key.expose());
    let tag = mac::tag128(keys.mac(), &ciphertext)?;
    Ok(EncryptedKey { ephemeral: *ephemeral.public_key(), ciphertext, tag })
}

/// Decrypts with the recipient's private key, after one scalar multiplication and the check of the tag.
///
/// # Errors
/// [`CryptoError::Unsupported`], [`CryptoError::CurveMismatch`]; [`CryptoError::BadTag`] if it was encrypted to another
/// key, for another P1, or altered.
pub fn decrypt(
    recipient: &dyn KeyAgreement,
    p1: &[u8],
    encrypted: &EncryptedKey,
) -> Result<AesKey, CryptoError> {
    supported(recipient.public_key().curve())?;
    CryptoError::unless_same(recipient.public_key().curve(), encrypted.ephemeral.curve())?;
    with_wiped_stack(|| decrypt_on_stack(recipient, p1, encrypted))
}

fn decrypt_on_stack(
    recipient: &dyn KeyAgreement,
    p1: &[u8],
    encrypted: &EncryptedKey,
) -> Result<AesKey, CryptoError> {
    let keys = DerivedKeys::new(&recipient.agree(&encrypted.ephemeral)?, p1);
    mac::verify_tag128(keys.mac(), &encrypted.ciphertext, &encrypted.tag)?;
    let mut key = AesKey(Secret::copied(keys.mask()));
    xor_into(key.0.as_mut(), &encrypted.ciphertext);
    Ok(key)
}

fn supported(curve: Curve) -> Result<(), CryptoError> {
    match curve {
        Curve::NistP256 | Curve::BrainpoolP256r1 => Ok(()),
        Curve::NistP384 | Curve::BrainpoolP384r1 => Err(CryptoError::Unsupported(Algorithm::Ecies(curve))),
    }
}

fn xor_into(to: &mut [u8; 16], from: &[u8; 16]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to ^= from);
}

/// Mask and MAC key.
struct DerivedKeys {
    mask: Secret<16>,
    mac: Secret<32>,
}

impl DerivedKeys {
    fn new(shared: &SharedSecret, p1: &[u8]) -> Self {
        let mut derived = Secret::<48>::zeroed();
        kdf::kdf2_sha256(shared.expose(), p1, derived.as_mut());
        let (mask, mac) = derived.as_bytes().split_at(16);
        Self { mask: Secret::copied(mask), mac: Secret::copied(mac) }
    }

    fn mask(&self) -> &[u8; 16] {
        self.mask.as_bytes()
    }

    fn mac(&self) -> &[u8; 32] {
        self.mac.as_bytes()
    }
}
