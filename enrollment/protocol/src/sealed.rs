//! The encrypted layer: `EtsiTs103097Data-Encrypted` with one recipient (TS 102 941 clause 6.2.0.2).
//!
//! A request goes to a certificate (`certRecipInfo`) under a fresh AES key, which the sender keeps; the answer comes
//! back under that key (`pskRecipInfo`).

use crate::{Fault, limits::MAX_MESSAGE_OCTETS, wire};
use v2x_codec::{
    ieee1609dot2::{
        EciesP256EncryptedKey, EncryptedData, EncryptedDataEncryptionKey, FixedOctetString, HashedId8,
        Ieee1609Dot2Data, OctetString, One28BitCcmCiphertext, Opaque, PKRecipientInfo,
        PreSharedKeyRecipientInfo, RecipientInfo, SequenceOfRecipientInfo, SymmetricCiphertext,
        SymmetricEncryptionKey, encode,
    },
    view::{Content, Data, Encrypted, PkRecipient, Recipient},
};
use v2x_crypto::{AesKey, CryptoRng, Curve, KeyAgreement, Provider, ccm, ecies, sha256};
use v2x_security::certificate::Certificate;
use zeroize::Zeroizing;

/// An opened request: its plaintext, and the key that the answer goes under.
pub struct Opened {
    /// The octets inside.
    pub plaintext: Zeroizing<Vec<u8>>,
    /// The key that they were encrypted under.
    pub key: AesKey,
}

/// Encrypts `plaintext` to the holder of `recipient`; the key returned opens the answer.
///
/// # Errors
/// [`Fault::BadEncryptionKey`] if the certificate has no encryption key; [`Fault::Denied`] when encryption fails.
pub fn seal(
    plaintext: &[u8],
    recipient: &Certificate,
    provider: &dyn Provider,
    rng: &mut dyn CryptoRng,
) -> Result<(Ieee1609Dot2Data, AesKey), Fault> {
    let encryption_key = recipient.encryption_key().ok_or(Fault::BadEncryptionKey)?;
    let key = AesKey::generate(rng);
    let made = ecies::encrypt(provider, encryption_key, &p1(recipient), &key, rng)?;
    let to = RecipientInfo::CertRecipInfo(PKRecipientInfo {
        recipient_id: HashedId8(FixedOctetString::new(*recipient.hashed_id8().as_bytes())),
        enc_key: encrypted_key(&made)?,
    });
    Ok((encrypted(plaintext, to, &key, rng)?, key))
}

/// Encrypts an answer under the key of its request.
///
/// # Errors
/// [`Fault::Denied`] when encryption fails.
pub fn seal_answer(
    plaintext: &[u8],
    key: &AesKey,
    rng: &mut dyn CryptoRng,
) -> Result<Ieee1609Dot2Data, Fault> {
    let to = RecipientInfo::PskRecipInfo(PreSharedKeyRecipientInfo(HashedId8(key_id(key)?.into())));
    encrypted(plaintext, to, key, rng)
}

/// Opens what was encrypted to the holder of `recipient`.
///
/// # Errors
/// [`Fault::TooLong`], [`Fault::Unparsable`], [`Fault::WrongContent`], [`Fault::NotTheRecipient`],
/// [`Fault::UnknownAlgorithm`], [`Fault::Undecryptable`].
pub fn open(octets: &[u8], recipient: &Certificate, agreement: &dyn KeyAgreement) -> Result<Opened, Fault> {
    let encrypted = parse(octets)?;
    let Recipient::Certificate(to) = only_recipient(&encrypted)? else {
        return Err(Fault::WrongContent("one certRecipInfo"));
    };
    if to.recipient_id.0 != *recipient.hashed_id8().as_bytes() {
        return Err(Fault::NotTheRecipient);
    }
    let key =
        ecies::decrypt(agreement, &p1(recipient), &received_key(&to)?).map_err(|_| Fault::Undecryptable)?;
    let plaintext = open_content(&encrypted, &key)?;
    Ok(Opened { plaintext, key })
}

/// Opens an answer with the key of its request.
///
/// # Errors
/// As [`open`].
pub fn open_answer(octets: &[u8], key: &AesKey) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let encrypted = parse(octets)?;
    let Recipient::PreSharedKey(id) = only_recipient(&encrypted)? else {
        return Err(Fault::WrongContent("one pskRecipInfo"));
    };
    if id.0 != key_id(key)? {
        return Err(Fault::NotTheRecipient);
    }
    open_content(&encrypted, key)
}

/// The low eight octets of the SHA-256 of the encoding of `SymmetricEncryptionKey`.
fn key_id(key: &AesKey) -> Result<[u8; 8], Fault> {
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
) -> Result<Ieee1609Dot2Data, Fault> {
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

fn encrypted_key(made: &ecies::EncryptedKey) -> Result<EncryptedDataEncryptionKey, Fault> {
    let key = EciesP256EncryptedKey {
        v: wire::point_256(&made.ephemeral)?,
        c: FixedOctetString::new(made.ciphertext),
        t: FixedOctetString::new(made.tag),
    };
    match made.ephemeral.curve() {
        Curve::NistP256 => Ok(EncryptedDataEncryptionKey::EciesNistP256(key)),
        Curve::BrainpoolP256r1 => Ok(EncryptedDataEncryptionKey::EciesBrainpoolP256r1(key)),
        Curve::NistP384 | Curve::BrainpoolP384r1 => Err(Fault::UnknownAlgorithm),
    }
}

fn parse(octets: &[u8]) -> Result<Encrypted<'_>, Fault> {
    if octets.len() > MAX_MESSAGE_OCTETS {
        return Err(Fault::TooLong(octets.len()));
    }
    match Data::parse(octets)?.content {
        Content::Encrypted(encrypted) => Ok(encrypted),
        Content::Unsecured(_) | Content::Signed(_) | Content::SignedCertificateRequest(_) => {
            Err(Fault::WrongContent("encryptedData"))
        }
    }
}

fn only_recipient<'a>(encrypted: &Encrypted<'a>) -> Result<Recipient<'a>, Fault> {
    let mut recipients = encrypted.recipients.iter();
    match (recipients.next(), recipients.next()) {
        (Some(only), None) => Ok(only),
        (None | Some(_), _) => Err(Fault::WrongContent("one recipient")),
    }
}

fn received_key(to: &PkRecipient<'_>) -> Result<ecies::EncryptedKey, Fault> {
    let ephemeral = wire::received_point(to.key.curve, &to.key.v).map_err(|_| Fault::Undecryptable)?;
    Ok(ecies::EncryptedKey { ephemeral, ciphertext: *to.key.c, tag: *to.key.t })
}

fn open_content(encrypted: &Encrypted<'_>, key: &AesKey) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let content = &encrypted.ciphertext;
    ccm::open(key, content.nonce, content.ccm_ciphertext).map_err(|_| Fault::Undecryptable)
}
