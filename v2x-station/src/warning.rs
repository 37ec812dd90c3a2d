//! What a station warns of, and the DENM that says so.

use v2x_codec::cdd::r1::{
    ActionID, CauseCode, CauseCodeType, InformationQuality, ItsPduHeader, MessageID, ProtocolVersion,
    SequenceNumber, StationID, SubCauseCodeType, TimestampIts, ValidityDuration,
};
use v2x_codec::denm::r1::{
    DENM, DecentralizedEnvironmentalNotificationMessage, ManagementContainer, SituationContainer,
};
use v2x_codec::facility::{self, FacilityMessage};
use v2x_codec::geonet::Area;
use v2x_codec::time::{Time64, TimestampIts as WireTime};

use crate::error::StationError;
use crate::kinematics::Kinematics;
use crate::vehicle::{reference_position, station_type};

/// An event that others should know of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What it is (CauseCodeType), 2 an accident, 94 a stationary vehicle, 97 a danger of collision.
    pub cause: u8,
    /// What it is more precisely (SubCauseCodeType); 0 says nothing more.
    pub sub_cause: u8,
    /// Where it is.
    pub place: Kinematics,
    /// When it was detected.
    pub detected: Time64,
    /// How long it matters, in seconds, 0…86 400.
    pub validity: u32,
    /// Who should know.
    pub area: Area,
    /// Kind of station that warns (StationType).
    pub station_type: u8,
}

/// Encodes the DENM of a new event, the `number`th that station `station_id` reports.
///
/// # Errors
/// [`StationError::Setting`] for a cause 0, a validity beyond a day, or a time beyond those of DENMs; those of the
/// encoder.
pub(crate) fn encode_denm(
    warning: &Warning,
    station_id: u32,
    number: u16,
    now: Time64,
) -> Result<Vec<u8>, StationError> {
    if warning.cause == 0 {
        return Err(StationError::Setting("a warning needs a cause other than 0"));
    }
    let validity = ValidityDuration::new(warning.validity);
    let action = ActionID {
        originating_station_id: station(station_id),
        sequence_number: SequenceNumber::new(number).unwrap_or(SequenceNumber::MAX),
    };
    let mut management = ManagementContainer::new(
        action,
        timestamp(warning.detected)?,
        timestamp(now)?,
        reference_position(&warning.place),
        station_type(warning.station_type),
    );
    management.validity_duration =
        validity.ok_or(StationError::Setting("a warning is valid for a day at most"))?;
    let cause = CauseCode::new(cause_code(warning.cause), sub_cause_code(warning.sub_cause));
    let denm = DecentralizedEnvironmentalNotificationMessage {
        management,
        situation: Some(SituationContainer::new(InformationQuality::UNAVAILABLE, cause)),
        location: None,
        alacarte: None,
    };
    Ok(facility::encode(&DENM { header: header(station_id), denm })?)
}

fn header(station_id: u32) -> ItsPduHeader {
    ItsPduHeader {
        protocol_version: ProtocolVersion::new(DENM::PROTOCOL_VERSION).unwrap_or(ProtocolVersion::MAX),
        message_id: MessageID::DENM,
        station_id: station(station_id),
    }
}

fn station(id: u32) -> StationID {
    StationID::new(id).unwrap_or(StationID::MAX)
}

fn cause_code(value: u8) -> CauseCodeType {
    CauseCodeType::new(value).unwrap_or(CauseCodeType::MAX)
}

fn sub_cause_code(value: u8) -> SubCauseCodeType {
    SubCauseCodeType::new(value).unwrap_or(SubCauseCodeType::MAX)
}

fn timestamp(time: Time64) -> Result<TimestampIts, StationError> {
    WireTime::from_time64(time)
        .and_then(|time| TimestampIts::new(time.millis()))
        .ok_or(StationError::Setting("the time is beyond those of DENMs"))
}
