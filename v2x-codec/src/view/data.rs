//! `Ieee1609Dot2Data` and `SignedData`.

use super::certificate::{Certificates, read_version};
use super::encrypted::Encrypted;
use super::header_info::HeaderInfo;
use super::point::Signature;
use super::primitive::{
    Additions, HashAlgorithm, Preamble, Read, open_type, optional, unknown_choice, unsupported,
};
use crate::coer::Reader;
use crate::error::{CodecError, ErrorKind};
use crate::id::HashedId8;
use crate::limits::MAX_NESTING;

/// `Ieee1609Dot2Data`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Data<'a> {
    /// All of it, as received.
    pub octets: &'a [u8],
    /// `content`.
    pub content: Content<'a>,
}

/// `Ieee1609Dot2Content`.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "views live on the stack; boxing would allocate for every packet"
)]
pub enum Content<'a> {
    /// `unsecuredData`.
    Unsecured(&'a [u8]),
    /// `signedData`.
    Signed(Signed<'a>),
    /// `encryptedData`.
    Encrypted(Encrypted<'a>),
    /// `signedCertificateRequest`.
    SignedCertificateRequest(&'a [u8]),
}

/// `SignedData`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Signed<'a> {
    /// `hashId`. No signature covers it: compare it with the curve.
    pub hash_id: HashAlgorithm,
    /// `tbsData` exactly as received: what the signature covers.
    pub to_be_signed: &'a [u8],
    /// `tbsData.payload`.
    pub payload: Payload<'a>,
    /// `tbsData.headerInfo`.
    pub header_info: HeaderInfo<'a>,
    /// `signer`.
    pub signer: Signer<'a>,
    /// `signature`.
    pub signature: Signature<'a>,
}

/// `SignedDataPayload`: at least one of its parts is there.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Payload<'a> {
    /// `data`.
    pub data: Option<NestedData<'a>>,
    /// `extDataHash`.
    pub ext_data_hash: Option<ExtDataHash<'a>>,
    /// Whether `omitted` is there.
    pub is_omitted: bool,
    /// Whether there are extension additions beyond that.
    pub has_unknown_extensions: bool,
}

/// An `Ieee1609Dot2Data` inside another.
#[derive(Clone, Copy, Debug)]
pub struct NestedData<'a> {
    octets: &'a [u8],
    unsecured: Option<&'a [u8]>,
}

/// `HashedData`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtDataHash<'a> {
    /// `sha256HashedData`.
    Sha256(&'a [u8; 32]),
    /// `sha384HashedData`.
    Sha384(&'a [u8; 48]),
}

/// `SignerIdentifier`.
#[derive(Clone, Copy, Debug)]
pub enum Signer<'a> {
    /// The hash of a certificate that was sent before.
    Digest(HashedId8),
    /// The signer's certificate, and possibly its issuers'.
    Certificate(Certificates<'a>),
    /// `self`: the key to verify with is in the data itself.
    SelfSigned,
}

impl<'a> Data<'a> {
    /// Reads data that must fill `octets`.
    ///
    /// # Errors
    /// What was wrong, and where: an encoding that is not canonical OER, a constraint of the ASN.1 module that does
    /// not hold, a limit that is exceeded, or octets left over.
    pub fn parse(octets: &'a [u8]) -> Result<Self, CodecError> {
        let mut reader = Reader::new(octets);
        let data = Self::read(&mut reader)?;
        reader.finish("Ieee1609Dot2Data").map(|()| data)
    }

    /// Reads data from the octets `reader` is at, and leaves it behind them: for frames with padding.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), without the last.
    #[inline]
    pub fn read(reader: &mut Reader<'a>) -> Result<Self, CodecError> {
        Self::read_nested(reader, MAX_NESTING)
    }

    #[inline]
    fn read_nested(reader: &mut Reader<'a>, levels: u8) -> Read<Self> {
        let levels = levels.checked_sub(1).ok_or(reader.error(ErrorKind::TooDeep, "Ieee1609Dot2Data"))?;
        let start = reader.position();
        read_version(reader, "Ieee1609Dot2Data.protocolVersion")?;
        let content = Content::read(reader, levels)?;
        Ok(Self { octets: reader.since(start), content })
    }
}

impl<'a> Content<'a> {
    /// The signed data, when it is that.
    #[must_use]
    pub const fn signed(&self) -> Option<&Signed<'a>> {
        if let Self::Signed(signed) = self { Some(signed) } else { None }
    }

    /// The encrypted data, when it is that.
    #[must_use]
    pub const fn encrypted(&self) -> Option<&Encrypted<'a>> {
        if let Self::Encrypted(encrypted) = self { Some(encrypted) } else { None }
    }

    #[inline]
    fn read(reader: &mut Reader<'a>, levels: u8) -> Read<Self> {
        const FIELD: &str = "Ieee1609Dot2Content";
        match reader.choice(FIELD)? {
            0 => reader.octet_string("unsecuredData").map(Self::Unsecured),
            1 => Signed::read(reader, levels).map(Self::Signed),
            2 => Encrypted::read(reader).map(Self::Encrypted),
            3 => reader.octet_string("signedCertificateRequest").map(Self::SignedCertificateRequest),
            4 => Err(unsupported(reader, "signedX509CertificateRequest")),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    }
}

impl<'a> Signed<'a> {
    #[inline]
    fn read(reader: &mut Reader<'a>, levels: u8) -> Read<Self> {
        let hash_id = HashAlgorithm::read(reader)?;
        let start = reader.position();
        let payload = Payload::read(reader, levels)?;
        let header_info = HeaderInfo::read(reader)?;
        let to_be_signed = reader.since(start);
        let signer = Signer::read(reader)?;
        let signature = Signature::read(reader)?;
        Ok(Self { hash_id, to_be_signed, payload, header_info, signer, signature })
    }
}

impl<'a> Payload<'a> {
    #[inline]
    fn read(reader: &mut Reader<'a>, levels: u8) -> Read<Self> {
        const FIELD: &str = "SignedDataPayload";
        let start = reader.position();
        let preamble = Preamble::read(reader, 3, FIELD)?;
        let data = optional(preamble.has(0x40), reader, |r| NestedData::read(r, levels))?;
        let ext_data_hash = optional(preamble.has(0x20), reader, ExtDataHash::read)?;
        let (is_omitted, has_unknown_extensions) =
            if preamble.has(0x80) { read_payload_additions(reader)? } else { (false, false) };
        if data.is_none() && ext_data_hash.is_none() && !is_omitted {
            return Err(CodecError::new(ErrorKind::Profile, FIELD, start));
        }
        Ok(Self { data, ext_data_hash, is_omitted, has_unknown_extensions })
    }

    /// The octets that were signed as they are: `data` that is `unsecuredData`.
    #[must_use]
    pub fn unsecured(&self) -> Option<&'a [u8]> {
        self.data.and_then(|data| data.unsecured())
    }
}

/// Whether `omitted` is there, and whether there are additions beyond it.
#[inline(never)]
fn read_payload_additions(reader: &mut Reader<'_>) -> Read<(bool, bool)> {
    const FIELD: &str = "SignedDataPayload extension";
    let additions = Additions::read(reader, FIELD)?;
    let omitted = optional(additions.has(0), reader, |r| open_type(r, "omitted", |_| Ok(())))?;
    Ok((omitted.is_some(), additions.skip_unknown(1, reader, FIELD)?))
}

impl<'a> NestedData<'a> {
    #[inline]
    fn read(reader: &mut Reader<'a>, levels: u8) -> Read<Self> {
        // Almost all payloads are unsecured: those need no recursion.
        let mut ahead = reader.clone();
        if ahead.array("Ieee1609Dot2Data") == Ok(&[3, 0x80]) && levels > 0 {
            let octets = ahead.octet_string("unsecuredData")?;
            let start = reader.position();
            *reader = ahead;
            return Ok(Self { octets: reader.since(start), unsecured: Some(octets) });
        }
        Self::read_secured(reader, levels)
    }

    #[inline(never)]
    fn read_secured(reader: &mut Reader<'a>, levels: u8) -> Read<Self> {
        let data = Data::read_nested(reader, levels)?;
        let unsecured = match data.content {
            Content::Unsecured(octets) => Some(octets),
            Content::Signed(_) | Content::Encrypted(_) | Content::SignedCertificateRequest(_) => None,
        };
        Ok(Self { octets: data.octets, unsecured })
    }

    /// All of it, as received.
    #[must_use]
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    /// The content of `unsecuredData`, when it is that.
    #[must_use]
    pub const fn unsecured(&self) -> Option<&'a [u8]> {
        self.unsecured
    }

    /// The data as a view of its own.
    ///
    /// # Errors
    /// None that the outer view did not find already.
    pub fn view(&self) -> Result<Data<'a>, CodecError> {
        Data::parse(self.octets)
    }
}

impl<'a> ExtDataHash<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        const FIELD: &str = "HashedData";
        match reader.choice(FIELD)? {
            0 => reader.array("sha256HashedData").map(Self::Sha256),
            1 => open_type(reader, FIELD, |inner| inner.array("sha384HashedData")).map(Self::Sha384),
            2 => Err(unsupported(reader, "HashedData.sm3HashedData")),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    }
}

impl<'a> Signer<'a> {
    #[inline]
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        const FIELD: &str = "SignerIdentifier";
        match reader.choice(FIELD)? {
            0 => HashedId8::read(reader, FIELD).map(Self::Digest),
            1 => Certificates::read(reader).map(Self::Certificate),
            2 => Ok(Self::SelfSigned),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    }
}
