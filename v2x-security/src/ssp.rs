//! What a CAM or DENM says, held against the service-specific permissions of the ticket that signed it.
//!
//! Both services use a bitmap whose first octet is a version; one bit then stands for each kind of content that not
//! everybody may send. Content that no bit stands for is refused where it could be a claim (an unknown DENM cause), and
//! free where it is not (an ordinary vehicle's CAM needs no bit at all).
//!
//! The tables are those of the CAM and DENM services of releases 1 and 2, as public stacks carry them.

use core::fmt;

use crate::permission::Ssp;

/// The parts of a CAM that need a permission, named as in the module `CAM-PDU-Descriptions`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CamContent {
    /// `cenDsrcTollingZone` of a vehicle or `protectedCommunicationZonesRSU` of a roadside unit is present.
    pub tolling_zone: bool,
    /// The `specialVehicleContainer` is present and of this kind.
    pub special_vehicle: Option<SpecialVehicle>,
}

/// `SpecialVehicleContainer`, reduced to what permissions speak about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpecialVehicle {
    /// `publicTransportContainer`.
    PublicTransport,
    /// `specialTransportContainer`.
    SpecialTransport,
    /// `dangerousGoodsContainer`.
    DangerousGoods,
    /// `roadWorksContainerBasic`.
    RoadWorks {
        /// `closedLanes` is present.
        closed_lanes: bool,
    },
    /// `rescueContainer`.
    Rescue,
    /// `emergencyContainer`, with the bits of `emergencyPriority`.
    Emergency {
        /// `requestForRightOfWay`.
        right_of_way: bool,
        /// `requestForFreeCrossingAtATrafficLight`.
        free_crossing: bool,
    },
    /// `safetyCarContainer`.
    SafetyCar {
        /// `trafficRule` forbids passing.
        no_passing: bool,
        /// `trafficRule` forbids passing to trucks.
        no_passing_for_trucks: bool,
        /// `speedLimit` is present.
        speed_limit: bool,
    },
}

/// A permission bit of the CAM service: octet and bit of `01 xx xx`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
#[expect(missing_docs, reason = "the names are those of the content they permit")]
pub enum CamPermission {
    CenDsrcTollingZone = 0x8000,
    PublicTransport = 0x4000,
    SpecialTransport = 0x2000,
    DangerousGoods = 0x1000,
    Roadwork = 0x0800,
    Rescue = 0x0400,
    Emergency = 0x0200,
    SafetyCar = 0x0100,
    ClosedLanes = 0x0080,
    RequestForRightOfWay = 0x0040,
    RequestForFreeCrossingAtATrafficLight = 0x0020,
    NoPassing = 0x0010,
    NoPassingForTrucks = 0x0008,
    SpeedLimit = 0x0004,
}

impl CamContent {
    /// The permissions that this content needs.
    pub fn needs(&self) -> impl Iterator<Item = CamPermission> {
        let tolling = self.tolling_zone.then_some(CamPermission::CenDsrcTollingZone);
        tolling.into_iter().chain(self.special_vehicle.into_iter().flat_map(SpecialVehicle::needs))
    }
}

impl SpecialVehicle {
    fn needs(self) -> impl Iterator<Item = CamPermission> {
        use CamPermission as P;
        let (container, claims) = match self {
            Self::PublicTransport => (P::PublicTransport, [None; 3]),
            Self::SpecialTransport => (P::SpecialTransport, [None; 3]),
            Self::DangerousGoods => (P::DangerousGoods, [None; 3]),
            Self::RoadWorks { closed_lanes } => {
                (P::Roadwork, [closed_lanes.then_some(P::ClosedLanes), None, None])
            }
            Self::Rescue => (P::Rescue, [None; 3]),
            Self::Emergency { right_of_way, free_crossing } => (
                P::Emergency,
                [
                    right_of_way.then_some(P::RequestForRightOfWay),
                    free_crossing.then_some(P::RequestForFreeCrossingAtATrafficLight),
                    None,
                ],
            ),
            Self::SafetyCar { no_passing, no_passing_for_trucks, speed_limit } => (
                P::SafetyCar,
                [
                    no_passing.then_some(P::NoPassing),
                    no_passing_for_trucks.then_some(P::NoPassingForTrucks),
                    speed_limit.then_some(P::SpeedLimit),
                ],
            ),
        };
        core::iter::once(container).chain(claims.into_iter().flatten())
    }
}

/// Checks a CAM against the ticket's SSP for [`crate::permission::Psid::CAM`].
///
/// # Errors
/// [`SspRefusal`] if the SSP is not a version 1 bitmap of three octets, or lacks a bit that the content needs.
pub fn check_cam(content: &CamContent, ssp: Option<&Ssp>) -> Result<(), SspRefusal> {
    let granted = match bitmap(ssp)? {
        [1, high, low] => u16::from_be_bytes([*high, *low]),
        other => return Err(unknown_format(other)),
    };
    match content.needs().find(|needed| granted & *needed as u16 == 0) {
        Some(missing) => Err(SspRefusal::CamNotPermitted(missing)),
        None => Ok(()),
    }
}

/// The part of a DENM that needs a permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DenmContent {
    /// `causeCode` of the situation's `eventType`; a DENM without a situation container (a cancellation, a negation, or a
    /// bare update) has none and needs no bit.
    pub cause_code: Option<u8>,
}

/// Cause codes in the order of their bits: version 1 has the first three octets, version 2 the fourth as well.
const DENM_CAUSES: [u8; 28] = [
    1, 2, 3, 6, 9, 10, 11, 12, // trafficCondition … humanPresenceOnTheRoad
    14, 15, 17, 18, 19, 26, 27, 91, // wrongWayDriving … vehicleBreakdown
    92, 93, 94, 95, 96, 97, 98, 99, // postCrash … dangerousSituation
    5, 7, 28,
    100, // impassability, aquaplaning, publicTransportVehicleApproaching, railwayLevelCrossing
];

/// Checks a DENM against the ticket's SSP for [`crate::permission::Psid::DENM`].
///
/// # Errors
/// [`SspRefusal`] if the SSP is neither version 1 in four octets nor version 2 in five, if the cause has no bit in any
/// table, or if its bit is not set.
pub fn check_denm(content: &DenmContent, ssp: Option<&Ssp>) -> Result<(), SspRefusal> {
    let granted = match bitmap(ssp)? {
        [1, a, b, c] => u32::from_be_bytes([*a, *b, *c, 0]),
        [2, a, b, c, d] => u32::from_be_bytes([*a, *b, *c, *d]),
        other => return Err(unknown_format(other)),
    };
    let Some(cause) = content.cause_code else { return Ok(()) };
    let index =
        DENM_CAUSES.iter().position(|known| *known == cause).ok_or(SspRefusal::UnknownCause(cause))?;
    if granted & (1 << (31 - index)) == 0 { Err(SspRefusal::DenmNotPermitted { cause }) } else { Ok(()) }
}

const fn bitmap(ssp: Option<&Ssp>) -> Result<&[u8], SspRefusal> {
    match ssp {
        Some(Ssp::Bitmap(octets)) => Ok(octets),
        Some(Ssp::Opaque(_)) | None => Err(SspRefusal::NotABitmap),
    }
}

fn unknown_format(octets: &[u8]) -> SspRefusal {
    SspRefusal::UnknownFormat { version: octets.first().copied(), octets: octets.len() }
}

/// What a message says, and what it was held against.
pub(crate) fn compared(content: &impl fmt::Display, ssp: Option<&Ssp>) -> String {
    match ssp {
        Some(ssp) => format!("{content}; {ssp}"),
        None => format!("{content}; no SSP"),
    }
}

fn with_version(version: Option<u8>) -> String {
    version.map(|version| format!(" and version {version}")).unwrap_or_default()
}

impl fmt::Display for CamContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let needed: Vec<String> = self.needs().map(|permission| permission.to_string()).collect();
        if needed.is_empty() {
            return f.write_str("nothing that needs a permission");
        }
        f.write_str(&needed.join(", "))
    }
}

impl fmt::Display for DenmContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cause_code {
            Some(cause) => write!(f, "causeCode {cause}"),
            None => f.write_str("no causeCode"),
        }
    }
}

impl fmt::Display for CamPermission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CenDsrcTollingZone => "cenDsrcTollingZone",
            Self::PublicTransport => "publicTransport",
            Self::SpecialTransport => "specialTransport",
            Self::DangerousGoods => "dangerousGoods",
            Self::Roadwork => "roadwork",
            Self::Rescue => "rescue",
            Self::Emergency => "emergency",
            Self::SafetyCar => "safetyCar",
            Self::ClosedLanes => "closedLanes",
            Self::RequestForRightOfWay => "requestForRightOfWay",
            Self::RequestForFreeCrossingAtATrafficLight => "requestForFreeCrossingAtATrafficLight",
            Self::NoPassing => "noPassing",
            Self::NoPassingForTrucks => "noPassingForTrucks",
            Self::SpeedLimit => "speedLimit",
        })
    }
}

/// Why a message's content is not covered by its signer's SSP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SspRefusal {
    /// The service wants a `bitmapSsp`, the ticket holds something else or nothing.
    #[error("the ticket has no bitmapSsp for this service")]
    NotABitmap,
    /// The version octet or the length is not known for the service.
    #[error("an SSP of {octets} octets{} is not known for this service", with_version(*version))]
    UnknownFormat {
        /// The first octet, if there is one.
        version: Option<u8>,
        /// The SSP's length.
        octets: usize,
    },
    /// The CAM carries content whose bit is not set.
    #[error("the ticket may not send CAMs with {0}")]
    CamNotPermitted(CamPermission),
    /// The DENM's cause is set by a bit that the ticket lacks.
    #[error("the ticket may not send DENMs with causeCode {cause}")]
    DenmNotPermitted {
        /// `causeCode`.
        cause: u8,
    },
    /// No bit stands for the DENM's cause, so nobody can have been permitted to send it.
    #[error("no permission exists for DENM causeCode {0}")]
    UnknownCause(u8),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ssp(octets: &[u8]) -> Ssp {
        Ssp::bitmap(octets).unwrap()
    }

    fn cam(vehicle: SpecialVehicle) -> CamContent {
        CamContent { special_vehicle: Some(vehicle), ..CamContent::default() }
    }

    fn every_cam() -> Vec<(CamContent, u16)> {
        let emergency =
            |right_of_way, free_crossing| SpecialVehicle::Emergency { right_of_way, free_crossing };
        let safety = |no_passing, no_passing_for_trucks, speed_limit| SpecialVehicle::SafetyCar {
            no_passing,
            no_passing_for_trucks,
            speed_limit,
        };
        vec![
            (CamContent::default(), 0),
            (CamContent { tolling_zone: true, special_vehicle: None }, 0x8000),
            (cam(SpecialVehicle::PublicTransport), 0x4000),
            (cam(SpecialVehicle::SpecialTransport), 0x2000),
            (cam(SpecialVehicle::DangerousGoods), 0x1000),
            (cam(SpecialVehicle::RoadWorks { closed_lanes: false }), 0x0800),
            (cam(SpecialVehicle::RoadWorks { closed_lanes: true }), 0x0880),
            (cam(SpecialVehicle::Rescue), 0x0400),
            (cam(emergency(false, false)), 0x0200),
            (cam(emergency(true, false)), 0x0240),
            (cam(emergency(false, true)), 0x0220),
            (cam(safety(false, false, false)), 0x0100),
            (cam(safety(true, false, false)), 0x0110),
            (cam(safety(false, true, false)), 0x0108),
            (cam(safety(false, false, true)), 0x0104),
        ]
    }

    #[test]
    fn a_cam_passes_exactly_when_each_of_its_bits_is_set() {
        for (content, needed) in every_cam() {
            for granted in 0..=u16::MAX {
                let [high, low] = granted.to_be_bytes();
                let verdict = check_cam(&content, Some(&ssp(&[1, high, low])));
                assert_eq!(verdict.is_ok(), granted & needed == needed, "{content:?} {granted:04x}");
            }
        }
    }

    #[test]
    fn the_missing_bit_is_named() {
        let content = cam(SpecialVehicle::Emergency { right_of_way: true, free_crossing: false });
        let refused = check_cam(&content, Some(&ssp(&[1, 0x02, 0])));
        assert_eq!(refused, Err(SspRefusal::CamNotPermitted(CamPermission::RequestForRightOfWay)));
    }

    #[test]
    fn even_a_plain_cam_needs_a_known_ssp() {
        let plain = CamContent::default();
        assert_eq!(check_cam(&plain, None), Err(SspRefusal::NotABitmap));
        assert_eq!(check_cam(&plain, Some(&Ssp::opaque(&[1, 0, 0]).unwrap())), Err(SspRefusal::NotABitmap));
        for octets in [&[][..], &[1, 0], &[1, 0, 0, 0], &[0, 0, 0], &[2, 0xff, 0xff]] {
            let expected =
                SspRefusal::UnknownFormat { version: octets.first().copied(), octets: octets.len() };
            assert_eq!(check_cam(&plain, Some(&ssp(octets))), Err(expected));
        }
    }

    #[test]
    fn each_cause_has_its_own_bit_and_no_other() {
        for (index, cause) in DENM_CAUSES.into_iter().enumerate() {
            let content = DenmContent { cause_code: Some(cause) };
            let [a, b, c, d] = (1u32 << (31 - index)).to_be_bytes();
            assert_eq!(check_denm(&content, Some(&ssp(&[2, a, b, c, d]))), Ok(()));
            let others = (!(1u32 << (31 - index))).to_be_bytes();
            let refused = check_denm(&content, Some(&ssp(&[2, others[0], others[1], others[2], others[3]])));
            assert_eq!(refused, Err(SspRefusal::DenmNotPermitted { cause }));
        }
    }

    #[test]
    fn causes_of_release_2_need_a_version_2_ssp() {
        let content = DenmContent { cause_code: Some(100) };
        let v1 = check_denm(&content, Some(&ssp(&[1, 0xff, 0xff, 0xff])));
        assert_eq!(v1, Err(SspRefusal::DenmNotPermitted { cause: 100 }));
        assert_eq!(check_denm(&content, Some(&ssp(&[2, 0, 0, 0, 0x10]))), Ok(()));
    }

    #[test]
    fn a_cause_without_a_bit_is_refused_under_full_permissions() {
        for cause in (0..=u8::MAX).filter(|cause| !DENM_CAUSES.contains(cause)) {
            let refused = check_denm(
                &DenmContent { cause_code: Some(cause) },
                Some(&ssp(&[2, 0xff, 0xff, 0xff, 0xff])),
            );
            assert_eq!(refused, Err(SspRefusal::UnknownCause(cause)));
        }
    }

    #[test]
    fn what_was_compared_is_told_by_names() {
        let special_vehicle = Some(SpecialVehicle::Emergency { right_of_way: true, free_crossing: false });
        let content = CamContent { tolling_zone: false, special_vehicle };
        let ssp = Ssp::bitmap(&[1, 0x02, 0]).unwrap();
        assert_eq!(compared(&content, Some(&ssp)), "emergency, requestForRightOfWay; bitmapSsp 010200");
        let nothing = compared(&CamContent::default(), None);
        assert_eq!(nothing, "nothing that needs a permission; no SSP");
        assert_eq!(compared(&DenmContent { cause_code: Some(94) }, None), "causeCode 94; no SSP");
    }

    #[test]
    fn a_cancellation_needs_a_ticket_for_denms_but_no_cause() {
        let cancelled = DenmContent { cause_code: None };
        assert_eq!(check_denm(&cancelled, Some(&ssp(&[1, 0, 0, 0]))), Ok(()));
        assert_eq!(check_denm(&cancelled, None), Err(SspRefusal::NotABitmap));
    }
}
