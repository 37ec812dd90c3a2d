//! `HeaderInfo`.

use super::certificate::{CertificateView, read_extension_count};
use super::point::PublicEncryptionKey;
use super::primitive::{Additions, Preamble, Read, open_type, optional, unknown_choice, unsupported};
use super::region::read_location;
use crate::coer::Reader;
use crate::id::HashedId3;
use crate::limits::MAX_HASHED_IDS;
use crate::time::Time64;

/// `HeaderInfo`: what the signer says about the message.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct HeaderInfo<'a> {
    /// PSID, which ETSI calls ITS-AID.
    pub psid: u64,
    /// `generationTime`.
    pub generation_time: Option<Time64>,
    /// `expiryTime`.
    pub expiry_time: Option<Time64>,
    /// `generationLocation`.
    pub generation_location: Option<ThreeDLocation>,
    /// `p2pcdLearningRequest`.
    pub p2pcd_learning_request: Option<HashedId3>,
    /// `missingCrlIdentifier`.
    pub missing_crl_identifier: Option<MissingCrlIdentifier>,
    /// `encryptionKey`.
    pub encryption_key: Option<EncryptionKey<'a>>,
    /// `inlineP2pcdRequest`.
    pub inline_p2pcd_request: Option<HashedId3List<'a>>,
    /// `requestedCertificate`: a well-formed certificate.
    pub requested_certificate: Option<&'a [u8]>,
    /// `pduFunctionalType`.
    pub pdu_functional_type: Option<u8>,
    /// `contributedExtensions`.
    pub contributed_extensions: Option<ContributedExtensions<'a>>,
    /// Whether there are extension additions beyond those above.
    pub has_unknown_extensions: bool,
}

/// `ThreeDLocation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ThreeDLocation {
    /// 0.1 microdegrees, −900 000 000 to 900 000 000; 900 000 001 is unknown.
    pub latitude: i32,
    /// 0.1 microdegrees, −1 799 999 999 to 1 800 000 000; 1 800 000 001 is unknown.
    pub longitude: i32,
    /// Decimetres above −409.5 m.
    pub elevation: u16,
}

/// `MissingCrlIdentifier`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MissingCrlIdentifier {
    /// The CRACA whose CRL is missing.
    pub craca_id: HashedId3,
    /// The series of the missing CRL.
    pub crl_series: u16,
}

/// `EncryptionKey`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncryptionKey<'a> {
    /// A public key for the answer.
    Public(PublicEncryptionKey<'a>),
    /// An AES-128-CCM key for the answer. It is a secret only if the message itself is encrypted.
    Symmetric(&'a [u8; 16]),
}

/// `SequenceOfHashedId3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashedId3List<'a>(&'a [[u8; 3]]);

/// `ContributedExtensionBlocks`.
#[derive(Clone, Copy, Debug)]
pub struct ContributedExtensions<'a> {
    octets: &'a [u8],
    blocks: usize,
}

/// One extension of one contributor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ContributedExtension<'a> {
    /// `contributorId`: 2 is ETSI.
    pub contributor_id: u8,
    /// The extension's own encoding.
    pub octets: &'a [u8],
}

impl<'a> HeaderInfo<'a> {
    #[inline]
    pub(super) fn read(reader: &mut Reader<'a>) -> Read<Self> {
        let preamble = Preamble::read(reader, 7, "HeaderInfo")?;
        let psid = reader.unsigned("HeaderInfo.psid")?;
        let generation_time = optional(preamble.has(0x40), reader, |r| read_time(r, "generationTime"))?;
        let expiry_time = optional(preamble.has(0x20), reader, |r| read_time(r, "expiryTime"))?;
        let generation_location = optional(preamble.has(0x10), reader, ThreeDLocation::read)?;
        let learning = |r: &mut Reader<'a>| HashedId3::read(r, "p2pcdLearningRequest");
        let p2pcd_learning_request = optional(preamble.has(0x08), reader, learning)?;
        let missing_crl_identifier = optional(preamble.has(0x04), reader, MissingCrlIdentifier::read)?;
        let encryption_key = optional(preamble.has(0x02), reader, EncryptionKey::read)?;
        let extension = if preamble.has(0x80) { Extension::read(reader)? } else { Extension::default() };
        Ok(Self {
            psid,
            generation_time,
            expiry_time,
            generation_location,
            p2pcd_learning_request,
            missing_crl_identifier,
            encryption_key,
            inline_p2pcd_request: extension.inline_p2pcd_request,
            requested_certificate: extension.requested_certificate,
            pdu_functional_type: extension.pdu_functional_type,
            contributed_extensions: extension.contributed_extensions,
            has_unknown_extensions: extension.has_unknown,
        })
    }
}

/// The extension additions of `HeaderInfo`.
#[derive(Default)]
struct Extension<'a> {
    inline_p2pcd_request: Option<HashedId3List<'a>>,
    requested_certificate: Option<&'a [u8]>,
    pdu_functional_type: Option<u8>,
    contributed_extensions: Option<ContributedExtensions<'a>>,
    has_unknown: bool,
}

impl<'a> Extension<'a> {
    #[inline(never)]
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        const FIELD: &str = "HeaderInfo extension";
        let additions = Additions::read(reader, FIELD)?;
        Ok(Self {
            inline_p2pcd_request: optional(additions.has(0), reader, |r| {
                open_type(r, "inlineP2pcdRequest", HashedId3List::read)
            })?,
            requested_certificate: optional(additions.has(1), reader, |r| {
                open_type(r, "requestedCertificate", |r| CertificateView::read(r).map(|c| c.octets))
            })?,
            pdu_functional_type: optional(additions.has(2), reader, |r| {
                open_type(r, "pduFunctionalType", |r| r.u8("pduFunctionalType"))
            })?,
            contributed_extensions: optional(additions.has(3), reader, |r| {
                open_type(r, "contributedExtensions", ContributedExtensions::read)
            })?,
            has_unknown: additions.skip_unknown(4, reader, FIELD)?,
        })
    }
}

fn read_time(reader: &mut Reader<'_>, field: &'static str) -> Read<Time64> {
    reader.u64(field).map(Time64::from_micros)
}

impl ThreeDLocation {
    fn read(reader: &mut Reader<'_>) -> Read<Self> {
        let (latitude, longitude) = read_location(reader)?;
        Ok(Self { latitude, longitude, elevation: reader.u16("elevation")? })
    }
}

impl MissingCrlIdentifier {
    fn read(reader: &mut Reader<'_>) -> Read<Self> {
        const FIELD: &str = "MissingCrlIdentifier";
        let preamble = Preamble::read(reader, 1, FIELD)?;
        let found = Self { craca_id: HashedId3::read(reader, FIELD)?, crl_series: reader.u16(FIELD)? };
        if preamble.has(0x80) {
            Additions::read(reader, FIELD)?.skip_unknown(0, reader, FIELD)?;
        }
        Ok(found)
    }
}

impl<'a> EncryptionKey<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        const FIELD: &str = "EncryptionKey";
        match reader.choice(FIELD)? {
            0 => PublicEncryptionKey::read(reader).map(Self::Public),
            1 => Self::read_symmetric(reader),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    }

    fn read_symmetric(reader: &mut Reader<'a>) -> Read<Self> {
        const FIELD: &str = "SymmetricEncryptionKey";
        match reader.choice(FIELD)? {
            0 => reader.array(FIELD).map(Self::Symmetric),
            1 => Err(unsupported(reader, "SymmetricEncryptionKey.sm4Ccm")),
            other => Err(unknown_choice(reader, other, FIELD)),
        }
    }
}

impl<'a> HashedId3List<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        const FIELD: &str = "SequenceOfHashedId3";
        let count = reader.quantity(3, MAX_HASHED_IDS, FIELD)?;
        let (ids, _) = reader.octets(3 * count, FIELD)?.as_chunks();
        Ok(Self(ids))
    }

    /// One after the other.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = HashedId3> + 'a {
        self.0.iter().copied().map(HashedId3)
    }

    /// Whether `id` is asked for.
    #[must_use]
    pub fn contains(&self, id: HashedId3) -> bool {
        self.0.contains(&id.0)
    }
}

impl<'a> ContributedExtensions<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        let blocks = read_extension_count(reader, "ContributedExtensionBlocks")?;
        let start = reader.position();
        for _ in 0..blocks {
            let (_, extensions) = read_block_start(reader)?;
            for _ in 0..extensions {
                reader.octet_string("ContributedExtensionBlock.extns")?;
            }
        }
        Ok(Self { octets: reader.since(start), blocks })
    }

    /// The extensions of all contributors, one after the other.
    pub fn iter(&self) -> impl Iterator<Item = ContributedExtension<'a>> {
        let (mut reader, mut blocks, mut left, mut id) = (Reader::new(self.octets), self.blocks, 0_usize, 0);
        core::iter::from_fn(move || {
            if left == 0 {
                blocks = blocks.checked_sub(1)?;
                (id, left) = read_block_start(&mut reader).ok()?;
            }
            left = left.checked_sub(1)?;
            let octets = reader.octet_string("ContributedExtensionBlock.extns").ok()?;
            Some(ContributedExtension { contributor_id: id, octets })
        })
    }
}

/// Contributor and number of extensions of a `ContributedExtensionBlock`.
fn read_block_start(reader: &mut Reader<'_>) -> Read<(u8, usize)> {
    let contributor = reader.u8("ContributedExtensionBlock.contributorId")?;
    Ok((contributor, read_extension_count(reader, "ContributedExtensionBlock.extns")?))
}
