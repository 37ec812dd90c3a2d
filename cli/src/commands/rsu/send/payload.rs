//! What a roadside unit says, and what follows from that for its headers.

use anyhow::{Result, anyhow, bail};
use clap::ValueEnum;
use v2x_codec::btp::{BtpHeader, port};
use v2x_codec::geonet::TrafficClass;
use v2x_codec::services::{self, ServiceMessage};
use v2x_security::content::DenmMessage;
use v2x_security::permission::Psid;
use v2x_station::router::CAM_CLASS;

use crate::input::Input;

/// The services of a roadside unit whose PSIDs are known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Service {
    /// Signal phase and timing
    Spatem,
    /// Road and lane topology
    Mapem,
    /// Infrastructure to vehicle information
    Ivim,
    /// Warnings
    Denm,
}

/// One encoded message, known to be what it says.
pub(super) struct Payload {
    service: Service,
    pub(super) octets: Vec<u8>,
}

/// `messageID` of a DENM (`ItsPduHeader`).
const DENM_ID: u8 = 1;

impl Payload {
    /// The message in an input, which must be of `service` if that is given.
    pub(super) fn read(input: &Input, service: Option<Service>) -> Result<Self> {
        let (name, octets) = (&input.name, &input.octets);
        let found = Service::of(octets).map_err(|error| anyhow!("{name}: {error}"))?;
        if service.is_some_and(|service| service != found) {
            bail!("{name}: is a {}, and not what --service says", found.name());
        }
        found.check(octets).map_err(|error| anyhow!("{name}: not a {}: {error}", found.name()))?;
        Ok(Self { service: found, octets: octets.clone() })
    }

    pub(super) const fn psid(&self) -> Psid {
        match self.service {
            Service::Spatem => Psid::SPATEM,
            Service::Mapem => Psid::MAPEM,
            Service::Ivim => Psid::IVIM,
            Service::Denm => Psid::DENM,
        }
    }

    pub(super) const fn btp(&self) -> BtpHeader {
        let destination_port = match self.service {
            Service::Spatem => port::SPATEM,
            Service::Mapem => port::MAPEM,
            Service::Ivim => port::IVIM,
            Service::Denm => port::DENM,
        };
        BtpHeader::B { destination_port, destination_port_info: 0 }
    }

    /// A warning goes before everything else.
    pub(super) const fn traffic_class(&self) -> TrafficClass {
        match self.service {
            Service::Denm => TrafficClass::new(1),
            Service::Spatem | Service::Mapem | Service::Ivim => CAM_CLASS,
        }
    }

    /// A warning is for who comes near its place, and not for neighbours alone.
    pub(super) fn needs_area(&self) -> bool {
        self.service == Service::Denm
    }
}

impl Service {
    /// By the header that all messages have.
    fn of(octets: &[u8]) -> Result<Self> {
        if octets.get(1) == Some(&DENM_ID) {
            return Ok(Self::Denm);
        }
        match services::Service::of_header(octets)? {
            services::Service::Spatem => Ok(Self::Spatem),
            services::Service::Mapem => Ok(Self::Mapem),
            services::Service::Ivim => Ok(Self::Ivim),
            other @ (services::Service::Srem | services::Service::Ssem | services::Service::Cpm) => {
                bail!("is a {other}, which is not sent by this command")
            }
        }
    }

    fn check(self, octets: &[u8]) -> Result<()> {
        match self {
            Self::Denm => drop(DenmMessage::read(octets)?),
            Self::Spatem | Self::Mapem | Self::Ivim => drop(ServiceMessage::decode(octets)?),
        }
        Ok(())
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Spatem => "SPATEM",
            Self::Mapem => "MAPEM",
            Self::Ivim => "IVIM",
            Self::Denm => "DENM",
        }
    }
}
