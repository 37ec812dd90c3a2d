//! The Basic Transport Protocol (EN 302 636-5-1): 4 octets between GeoNetworking and a facility message.

use crate::coer::Reader;
use crate::error::CodecError;
use crate::geonet::NextHeader;

/// A BTP header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BtpHeader {
    /// BTP-A, for messages that are answered.
    A {
        /// Which facility it is for.
        destination_port: u16,
        /// Where an answer goes to.
        source_port: u16,
    },
    /// BTP-B, for messages that are not.
    B {
        /// Which facility it is for.
        destination_port: u16,
        /// More about the port; 0 for the well-known ones.
        destination_port_info: u16,
    },
}

impl BtpHeader {
    /// Reads the header that a network header announced; `None` when it announced something other than BTP.
    ///
    /// # Errors
    /// [`Truncated`](crate::ErrorKind::Truncated).
    #[inline]
    pub fn read(announced: NextHeader, reader: &mut Reader<'_>) -> Result<Option<Self>, CodecError> {
        match announced {
            NextHeader::BtpA => {
                let (destination_port, source_port) = read_pair(reader)?;
                Ok(Some(Self::A { destination_port, source_port }))
            }
            NextHeader::BtpB => {
                let (destination_port, destination_port_info) = read_pair(reader)?;
                Ok(Some(Self::B { destination_port, destination_port_info }))
            }
            NextHeader::Any | NextHeader::Ipv6 => Ok(None),
        }
    }

    /// Appends the header to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let (Self::A { destination_port, source_port: second }
        | Self::B { destination_port, destination_port_info: second }) = self;
        out.extend(destination_port.to_be_bytes());
        out.extend(second.to_be_bytes());
    }

    /// Which facility it is for: one of [`port`], or another.
    #[must_use]
    pub const fn destination_port(&self) -> u16 {
        match self {
            Self::A { destination_port, .. } | Self::B { destination_port, .. } => *destination_port,
        }
    }

    /// What the network header announces this one as.
    #[must_use]
    pub const fn next_header(&self) -> NextHeader {
        match self {
            Self::A { .. } => NextHeader::BtpA,
            Self::B { .. } => NextHeader::BtpB,
        }
    }
}

#[inline]
fn read_pair(reader: &mut Reader<'_>) -> Result<(u16, u16), CodecError> {
    let [a, b, c, d] = *reader.array("BTP header")?;
    Ok((u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])))
}

/// Well-known destination ports (TS 103 248).
pub mod port {
    /// Cooperative awareness.
    pub const CAM: u16 = 2001;
    /// Decentralized environmental notification.
    pub const DENM: u16 = 2002;
    /// Road and lane topology (MAPEM).
    pub const MAPEM: u16 = 2003;
    /// Signal phase and timing.
    pub const SPATEM: u16 = 2004;
    /// Service announcement.
    pub const SAEM: u16 = 2005;
    /// Infrastructure to vehicle information.
    pub const IVIM: u16 = 2006;
    /// Traffic light requests.
    pub const SREM: u16 = 2007;
    /// Traffic light request status.
    pub const SSEM: u16 = 2008;
    /// Collective perception.
    pub const CPM: u16 = 2009;
    /// GNSS corrections.
    pub const RTCMEM: u16 = 2013;
    /// Certificate trust lists.
    pub const CTLM: u16 = 2014;
    /// Certificate revocation lists.
    pub const CRLM: u16 = 2015;
    /// Enrolment and authorization requests.
    pub const EC_AT_REQUEST: u16 = 2016;
    /// Manoeuvre coordination.
    pub const MCDM: u16 = 2017;
    /// Vulnerable road user awareness.
    pub const VAM: u16 = 2018;
    /// Interference management zones.
    pub const IMZM: u16 = 2019;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn headers_read_back_as_what_was_announced() {
        let a = BtpHeader::A { destination_port: port::CAM, source_port: 9 };
        let b = BtpHeader::B { destination_port: port::VAM, destination_port_info: 0 };
        for header in [a, b] {
            let mut octets = Vec::new();
            header.encode(&mut octets);
            let read = BtpHeader::read(header.next_header(), &mut Reader::new(&octets));
            assert_eq!(read, Ok(Some(header)));
        }
    }

    #[test]
    fn ipv6_has_no_btp_header_and_a_short_one_is_refused() {
        assert_eq!(BtpHeader::read(NextHeader::Ipv6, &mut Reader::new(&[])), Ok(None));
        let error = BtpHeader::read(NextHeader::BtpB, &mut Reader::new(&[7, 0xd1, 0])).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Truncated);
    }
}
