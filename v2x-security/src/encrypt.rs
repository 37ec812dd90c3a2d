//! Encrypted data with one recipient: to a certificate (`certRecipInfo`), or under a key that both sides have
//! (`pskRecipInfo`). IEEE 1609.2 as profiled by TS 103 097: ECIES on a 256-bit curve, AES-128-CCM.
//!
//! The key under which something was sealed to a certificate is handed out, because answers come back under it.

use thiserror::Error;
use v2x_codec::{
    CodecError, ErrorKind,
    ieee1609dot2::{
        EciesP256EncryptedKey, EncryptedData, EncryptedDataEncryptionKey, FixedOctetString, HashedId8,
        Ieee1609Dot2Data, OctetString, One28BitCcmCiphertext, Opaque, PKRecipientInfo,
        PreSharedKeyRecipientInfo, RecipientInfo, SequenceOfRecipientInfo, SymmetricCiphertext,
        SymmetricEncryptionKey, encode,
    },
    view::{Content, Data, Encrypted, PkRecipient, Recipient},
};
use v2x_crypto::{
    AesKey, CryptoError, CryptoRng, Curve, KeyAgreement, Provider, PublicKey, ccm, ecies, sha256,
};
use zeroize::Zeroizing;

use crate::certificate::Certificate;
use crate::point;

/// Why something was not encrypted, or does not decrypt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncryptionError {
    /// The recipient's certificate has no encryption key.
    #[error("the recipient's certificate has no encryption key")]
    NoEncryptionKey,
    /// The octets do not decode.
    #[error("cannot parse: {0}")]
    Malformed(CodecError),
    /// They decode, but are something else than expected.
    #[error("{0} expected")]
    WrongContent(&'static str),
    /// It is encrypted to somebody else, or under another key.
    #[error("encrypted to somebody else")]
    NotTheRecipient,
    /// It is encrypted with an algorithm that is not supported.
    #[error("unknown encryption algorithm")]
    UnknownAlgorithm,
    /// The key or the content does not decrypt.
    #[error("decryption failed")]
    Undecryptable,
    /// Encrypting failed, or the key that decrypts could not be asked: nothing is said about what was sent.
    #[error("a cryptographic operation failed: {0}")]
    Failed(#[from] CryptoError),
}

impl From<CodecError> for EncryptionError {
    /// An algorithm that is not supported has a name of its own.
    fn from(error: CodecError) -> Self {
        if error.kind == ErrorKind::Unsupported { Self::UnknownAlgorithm } else { Self::Malformed(error) }
    }
}

/// What was sealed to a certificate: its plaintext, and the key that an answer goes under.
pub struct Opened {
    /// The octets inside.
    pub plaintext: Zeroizing<Vec<u8>>,
    /// The key that they were encrypted under.
    pub key: AesKey,
}

/// Encrypts `plaintext` to the holder of `recipient`; the key returned opens the answer.
///
/// # Errors
/// [`EncryptionError::NoEncryptionKey`], [`EncryptionError::Failed`].
pub fn seal(
    plaintext: &[u8],
    recipient: &Certificate,
    provider: &dyn Provider,
    rng: &mut dyn CryptoRng,
) -> Result<(Ieee1609Dot2Data, AesKey), EncryptionError> {
    let encryption_key = recipient.encryption_key().ok_or(EncryptionError::NoEncryptionKey)?;
    let key = AesKey::generate(rng);
    let made = ecies::encrypt(provider, encryption_key, &p1(recipient), &key, rng)?;
    let to = RecipientInfo::CertRecipInfo(PKRecipientInfo {
        recipient_id: HashedId8(FixedOctetString::new(*recipient.hashed_id8().as_bytes())),
        enc_key: encrypted_key(&made)?,
    });
    Ok((encrypted(plaintext, to, &key, rng)?, key))
}

/// Encrypts under a key that the recipient has.
///
/// # Errors
/// [`EncryptionError::Failed`].
pub fn seal_under(
    plaintext: &[u8],
    key: &AesKey,
    rng: &mut dyn CryptoRng,
) -> Result<Ieee1609Dot2Data, EncryptionError> {
    let to = RecipientInfo::PskRecipInfo(PreSharedKeyRecipientInfo(HashedId8(key_id(key)?.into())));
    encrypted(plaintext, to, key, rng)
}

/// Opens what was encrypted to the holder of `recipient`.
///
/// # Errors
/// [`EncryptionError::Malformed`], [`EncryptionError::WrongContent`], [`EncryptionError::NotTheRecipient`],
/// [`EncryptionError::UnknownAlgorithm`], [`EncryptionError::Undecryptable`]; [`EncryptionError::Failed`] when the key's
/// holder fails, such as a hardware module.
pub fn open(
    octets: &[u8],
    recipient: &Certificate,
    agreement: &dyn KeyAgreement,
) -> Result<Opened, EncryptionError> {
    let encrypted = parse(octets)?;
    let Recipient::Certificate(to) = only_recipient(&encrypted)? else {
        return Err(EncryptionError::WrongContent("one certRecipInfo"));
    };
    if to.recipient_id.0 != *recipient.hashed_id8().as_bytes() {
        return Err(EncryptionError::NotTheRecipient);
    }
    let key = ecies::decrypt(agreement, &p1(recipient), &received_key(&to)?).map_err(undecryptable)?;
    let plaintext = open_content(&encrypted, &key)?;
    Ok(Opened { plaintext, key })
}

fn undecryptable(error: CryptoError) -> EncryptionError {
    if matches!(error, CryptoError::Backend(_)) {
        EncryptionError::Failed(error)
    } else {
        EncryptionError::Undecryptable
    }
}

/// Opens what was encrypted under `key`.
///
/// # Errors
/// As [`open`].
pub fn open_under(octets: &[u8], key: &AesKey) -> Result<Zeroizing<Vec<u8>>, EncryptionError> {
    let encrypted = parse(octets)?;
    let Recipient::PreSharedKey(id) = only_recipient(&encrypted)? else {
        return Err(EncryptionError::WrongContent("one pskRecipInfo"));
    };
    if id.0 != key_id(key)? {
        return Err(EncryptionError::NotTheRecipient);
    }
    open_content(&encrypted, key)
}

/// The low eight octets of the SHA-256 of the encoding of `SymmetricEncryptionKey`.
fn key_id(key: &AesKey) -> Result<[u8; 8], EncryptionError> {
    let named = SymmetricEncryptionKey::Aes128Ccm(FixedOctetString::new(*key.expose()));
    let octets = Zeroizing::new(encode(&named)?);
    let [.., a, b, c, d, e, f, g, h] = sha256(&octets);
    Ok([a, b, c, d, e, f, g, h])
}

/// The parameter of the key derivation: the SHA-256 of the recipient's certificate.
fn p1(recipient: &Certificate) -> [u8; 32] {
    sha256(recipient.octets())
}

fn encrypted(
    plaintext: &[u8],
    to: RecipientInfo,
    key: &AesKey,
    rng: &mut dyn CryptoRng,
) -> Result<Ieee1609Dot2Data, EncryptionError> {
    let mut nonce = [0; ccm::NONCE_LEN];
    rng.fill_bytes(&mut nonce);
    let sealed = ccm::seal(key, &nonce, plaintext)?;
    let content = One28BitCcmCiphertext {
        nonce: FixedOctetString::new(nonce),
        ccm_ciphertext: Opaque(OctetString::from_slice(&sealed)),
    };
    let ciphertext = SymmetricCiphertext::Aes128ccm(content);
    Ok(Ieee1609Dot2Data::encrypted(EncryptedData {
        recipients: SequenceOfRecipientInfo(vec![to]),
        ciphertext,
    }))
}

fn encrypted_key(made: &ecies::EncryptedKey) -> Result<EncryptedDataEncryptionKey, EncryptionError> {
    let key = EciesP256EncryptedKey {
        v: point::to_point_256(&made.ephemeral)?,
        c: FixedOctetString::new(made.ciphertext),
        t: FixedOctetString::new(made.tag),
    };
    match made.ephemeral.curve() {
        Curve::NistP256 => Ok(EncryptedDataEncryptionKey::EciesNistP256(key)),
        Curve::BrainpoolP256r1 => Ok(EncryptedDataEncryptionKey::EciesBrainpoolP256r1(key)),
        Curve::NistP384 | Curve::BrainpoolP384r1 => Err(EncryptionError::UnknownAlgorithm),
    }
}

fn parse(octets: &[u8]) -> Result<Encrypted<'_>, EncryptionError> {
    match Data::parse(octets)?.content {
        Content::Encrypted(encrypted) => Ok(encrypted),
        Content::Unsecured(_) | Content::Signed(_) | Content::SignedCertificateRequest(_) => {
            Err(EncryptionError::WrongContent("encryptedData"))
        }
    }
}

fn only_recipient<'a>(encrypted: &Encrypted<'a>) -> Result<Recipient<'a>, EncryptionError> {
    let mut recipients = encrypted.recipients.iter();
    match (recipients.next(), recipients.next()) {
        (Some(only), None) => Ok(only),
        (None | Some(_), _) => Err(EncryptionError::WrongContent("one recipient")),
    }
}

fn received_key(to: &PkRecipient<'_>) -> Result<ecies::EncryptedKey, EncryptionError> {
    let ephemeral = ephemeral_key(to).ok_or(EncryptionError::Undecryptable)?;
    Ok(ecies::EncryptedKey { ephemeral, ciphertext: *to.key.c, tag: *to.key.t })
}

fn open_content(encrypted: &Encrypted<'_>, key: &AesKey) -> Result<Zeroizing<Vec<u8>>, EncryptionError> {
    let content = &encrypted.ciphertext;
    ccm::open(key, content.nonce, content.ccm_ciphertext).map_err(|_| EncryptionError::Undecryptable)
}

fn ephemeral_key(to: &PkRecipient<'_>) -> Option<PublicKey> {
    let curve = match point::received_curve(to.key.curve) {
        curve @ (Curve::NistP256 | Curve::BrainpoolP256r1) => curve,
        Curve::NistP384 | Curve::BrainpoolP384r1 => return None,
    };
    point::received_point(curve, &to.key.v).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};

    fn sealed() -> (Vec<u8>, AesKey, ChaCha20Rng) {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let key = AesKey::generate(&mut rng);
        let octets = encode(&seal_under(b"secret", &key, &mut rng).unwrap()).unwrap();
        (octets, key, rng)
    }

    #[test]
    fn what_is_sealed_under_a_key_opens_under_it() {
        let (octets, key, _) = sealed();
        assert_eq!(**open_under(&octets, &key).unwrap(), *b"secret");
    }

    #[test]
    fn another_key_is_told_apart_before_decrypting() {
        let (octets, _, mut rng) = sealed();
        let other = AesKey::generate(&mut rng);
        assert_eq!(open_under(&octets, &other).unwrap_err(), EncryptionError::NotTheRecipient);
    }

    #[test]
    fn no_octet_can_be_changed_or_left_out() {
        let (octets, key, _) = sealed();
        for at in 0..octets.len() {
            let mut bent = octets.clone();
            bent[at] ^= 1;
            assert!(open_under(&bent, &key).is_err(), "octet {at}");
            assert!(open_under(&octets[..at], &key).is_err(), "{at} octets");
        }
    }

    #[test]
    fn unsecured_data_is_not_opened() {
        let (_, key, _) = sealed();
        let octets = encode(&Ieee1609Dot2Data::unsecured(b"open".to_vec())).unwrap();
        assert_eq!(open_under(&octets, &key).unwrap_err(), EncryptionError::WrongContent("encryptedData"));
    }
}
