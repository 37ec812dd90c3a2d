//! `EncryptedData`.

use super::point::{Curve, Point};
use super::primitive::{Read, unknown_choice, unsupported};
use crate::coer::Reader;
use crate::id::HashedId8;
use crate::limits::MAX_RECIPIENTS;

/// `EncryptedData`: who can read it, and what is to be read.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Encrypted<'a> {
    /// For whom it is encrypted.
    pub recipients: Recipients<'a>,
    /// The encrypted `Ieee1609Dot2Data`.
    pub ciphertext: Ciphertext<'a>,
}

/// `SequenceOfRecipientInfo`, read one entry at a time.
#[derive(Clone, Debug)]
pub struct RecipientsIter<'a> {
    reader: Reader<'a>,
    left: usize,
}

/// `SequenceOfRecipientInfo`.
#[derive(Clone, Copy, Debug)]
pub struct Recipients<'a> {
    octets: &'a [u8],
    count: usize,
}

/// `RecipientInfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient<'a> {
    /// `pskRecipInfo`: whoever has the pre-shared key with this hash.
    PreSharedKey(HashedId8),
    /// `symmRecipInfo`: whoever has the symmetric key with this hash, under which the content key is encrypted.
    Symmetric {
        /// Hash of the symmetric key.
        recipient_id: HashedId8,
        /// The encrypted content key.
        key: Ciphertext<'a>,
    },
    /// `certRecipInfo`: the key of a certificate, whose hash is the recipient's id.
    Certificate(PkRecipient<'a>),
    /// `signedDataRecipInfo`: the key in the header of signed data, whose hash is the recipient's id.
    SignedData(PkRecipient<'a>),
    /// `rekRecipInfo`: a response encryption key, whose hash is the recipient's id.
    ResponseKey(PkRecipient<'a>),
}

/// `PKRecipientInfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PkRecipient<'a> {
    /// Which key was used; of what it is the hash depends on the kind of recipient.
    pub recipient_id: HashedId8,
    /// The content key under ECIES.
    pub key: EncryptedKey<'a>,
}

/// `EciesP256EncryptedKey` and its curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncryptedKey<'a> {
    /// P-256 or brainpoolP256r1.
    pub curve: Curve,
    /// The sender's ephemeral public key.
    pub v: Point<'a>,
    /// The encrypted key.
    pub c: &'a [u8; 16],
    /// The authentication tag.
    pub t: &'a [u8; 16],
}

/// `SymmetricCiphertext` under AES-128-CCM, the one supported algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ciphertext<'a> {
    /// The nonce.
    pub nonce: &'a [u8; 12],
    /// Encrypted octets, followed by a tag of 16 octets.
    pub ccm_ciphertext: &'a [u8],
}

impl<'a> Encrypted<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Read<Self> {
        Ok(Self { recipients: Recipients::read(reader)?, ciphertext: Ciphertext::read(reader)? })
    }
}

impl<'a> Recipients<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        // The smallest recipient is a tag and a HashedId8.
        let count = reader.quantity(9, MAX_RECIPIENTS, "SequenceOfRecipientInfo")?;
        let start = reader.position();
        for _ in 0..count {
            Recipient::read(reader)?;
        }
        Ok(Self { octets: reader.since(start), count })
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none, so that nobody can read the data.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// One after the other.
    #[must_use]
    pub const fn iter(&self) -> RecipientsIter<'a> {
        RecipientsIter { reader: Reader::new(self.octets), left: self.count }
    }
}

impl<'a> Iterator for RecipientsIter<'a> {
    type Item = Recipient<'a>;

    fn next(&mut self) -> Option<Recipient<'a>> {
        self.left = self.left.checked_sub(1)?;
        Recipient::read(&mut self.reader).ok()
    }
}

impl<'a> IntoIterator for Recipients<'a> {
    type Item = Recipient<'a>;
    type IntoIter = RecipientsIter<'a>;

    fn into_iter(self) -> RecipientsIter<'a> {
        self.iter()
    }
}

impl<'a> Recipient<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        const FIELD: &str = "RecipientInfo";
        match reader.choice(FIELD)? {
            0 => HashedId8::read(reader, "pskRecipInfo").map(Self::PreSharedKey),
            1 => Ok(Self::Symmetric {
                recipient_id: HashedId8::read(reader, "symmRecipInfo.recipientId")?,
                key: Ciphertext::read(reader)?,
            }),
            2 => PkRecipient::read(reader).map(Self::Certificate),
            3 => PkRecipient::read(reader).map(Self::SignedData),
            4 => PkRecipient::read(reader).map(Self::ResponseKey),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    }

    /// The hash by which a recipient knows that it is meant.
    #[must_use]
    pub const fn recipient_id(&self) -> HashedId8 {
        match self {
            Self::PreSharedKey(id) | Self::Symmetric { recipient_id: id, .. } => *id,
            Self::Certificate(recipient) | Self::SignedData(recipient) | Self::ResponseKey(recipient) => {
                recipient.recipient_id
            }
        }
    }
}

impl<'a> PkRecipient<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        let recipient_id = HashedId8::read(reader, "PKRecipientInfo.recipientId")?;
        Ok(Self { recipient_id, key: EncryptedKey::read(reader)? })
    }
}

impl<'a> EncryptedKey<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        const FIELD: &str = "EncryptedDataEncryptionKey";
        let curve = match reader.choice(FIELD)? {
            0 => Curve::NistP256,
            1 => Curve::BrainpoolP256r1,
            2 => return Err(unsupported(reader, "EncryptedDataEncryptionKey.ecencSm2256")),
            other => return Err(unknown_choice(reader, other, FIELD)),
        };
        let v = Point::read(reader, curve.coordinate_len())?;
        Ok(Self {
            curve,
            v,
            c: reader.array("EciesP256EncryptedKey.c")?,
            t: reader.array("EciesP256EncryptedKey.t")?,
        })
    }
}

impl<'a> Ciphertext<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        const FIELD: &str = "SymmetricCiphertext";
        match reader.choice(FIELD)? {
            0 => Ok(Self {
                nonce: reader.array("AesCcmCiphertext.nonce")?,
                ccm_ciphertext: reader.octet_string("AesCcmCiphertext.ccmCiphertext")?,
            }),
            1 => Err(unsupported(reader, "SymmetricCiphertext.sm4Ccm")),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    }
}
