//! The extension containers of a release 2 CAM, each carried as an open type.

use rasn::types::Any;
use rasn::{AsnType, Decode, Decoder, Encode};

use crate::cdd::macros::extensible_integer;
use crate::error::CodecError;
use crate::uper;

use crate::cdd::r2::{
    BasicLaneConfiguration, BrakeControl, CartesianAngle, ConfidenceLevels, GeneralizedLanePositions,
    MetaInformation, PathPredictedList, PolygonalLine, StabilityChangeIndication, VehicleHeight2,
    VehicleMovementControl, VruMovementControl, VruSubProfileBicyclist, Wgs84Angle, WiperStatus,
};

extensible_integer! {
    /// Which extension container follows.
    ExtensionContainerId = 1..=16
}

/// An extension container as it came: its content is checked when it is asked for, so that a container of a later
/// edition does not cost the message.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct WrappedExtensionContainer {
    /// Which container it is.
    #[rasn(identifier = "containerId")]
    pub container_id: ExtensionContainerId,
    /// Its complete UPER encoding.
    #[rasn(identifier = "containerData")]
    pub container_data: Any,
}

/// The content of an extension container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtensionContainer {
    /// Container 1.
    TwoWheeler(TwoWheelerContainer),
    /// Container 2.
    EHorizonLocationSharing(EHorizonLocationSharingContainer),
    /// Container 3.
    VeryLowFrequency(VeryLowFrequencyContainer),
    /// Container 4.
    PathPrediction(PathPredictionContainer),
    /// Container 5.
    GeneralizedLanePositions(GeneralizedLanePositionsContainer),
    /// Container 6.
    VehicleMovementControl(VehicleMovementControlContainer),
}

impl WrappedExtensionContainer {
    /// Wraps `content`.
    ///
    /// # Errors
    /// Those of [`uper::encode`].
    pub fn wrap(content: &ExtensionContainer) -> Result<Self, CodecError> {
        use ExtensionContainer as Content;
        let (id, octets) = match content {
            Content::TwoWheeler(content) => (1, uper::encode(content, "TwoWheelerContainer")?),
            Content::EHorizonLocationSharing(content) => {
                (2, uper::encode(content, "EHorizonLocationSharingContainer")?)
            }
            Content::VeryLowFrequency(content) => (3, uper::encode(content, "VeryLowFrequencyContainer")?),
            Content::PathPrediction(content) => (4, uper::encode(content, "PathPredictionContainer")?),
            Content::GeneralizedLanePositions(content) => {
                (5, uper::encode(content, "GeneralizedLanePositionsContainer")?)
            }
            Content::VehicleMovementControl(content) => {
                (6, uper::encode(content, "VehicleMovementControlContainer")?)
            }
        };
        Ok(Self { container_id: ExtensionContainerId(id), container_data: Any::new(octets) })
    }

    /// The content, or nothing when this edition does not know the container.
    ///
    /// # Errors
    /// Those of [`uper::decode`].
    pub fn content(&self) -> Result<Option<ExtensionContainer>, CodecError> {
        use ExtensionContainer as Content;
        let octets = self.container_data.as_bytes();
        Ok(Some(match self.container_id.0 {
            1 => Content::TwoWheeler(uper::decode(octets, "TwoWheelerContainer")?),
            2 => Content::EHorizonLocationSharing(uper::decode(octets, "EHorizonLocationSharingContainer")?),
            3 => Content::VeryLowFrequency(uper::decode(octets, "VeryLowFrequencyContainer")?),
            4 => Content::PathPrediction(uper::decode(octets, "PathPredictionContainer")?),
            5 => {
                Content::GeneralizedLanePositions(uper::decode(octets, "GeneralizedLanePositionsContainer")?)
            }
            6 => Content::VehicleMovementControl(uper::decode(octets, "VehicleMovementControlContainer")?),
            _ => return Ok(None),
        }))
    }
}

/// Two wheeler container.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct TwoWheelerContainer {
    /// Type specific information.
    #[rasn(identifier = "typeSpecificInformation")]
    pub type_specific_information: Option<TwoWheelerTypeSpecificInformation>,
    /// Roll angle.
    #[rasn(identifier = "rollAngle")]
    pub roll_angle: Option<CartesianAngle>,
    /// Orientation.
    pub orientation: Option<Wgs84Angle>,
    /// Stability change indication.
    #[rasn(identifier = "stabilityChangeIndication")]
    pub stability_change_indication: Option<StabilityChangeIndication>,
}

/// Two wheeler type specific information.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
#[non_exhaustive]
pub enum TwoWheelerTypeSpecificInformation {
    /// Cyclist.
    #[rasn(identifier = "cyclist")]
    Cyclist(CyclistTypeSpecificInformation),
}

/// Cyclist type specific information.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct CyclistTypeSpecificInformation {
    /// Vru sub profile bicyclist.
    #[rasn(identifier = "vruSubProfileBicyclist")]
    pub vru_sub_profile_bicyclist: Option<VruSubProfileBicyclist>,
    /// Vru movement control.
    #[rasn(identifier = "vruMovementControl")]
    pub vru_movement_control: Option<VruMovementControl>,
}

/// E horizon location sharing container.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct EHorizonLocationSharingContainer {
    /// Segment ahead.
    #[rasn(identifier = "segmentAhead")]
    pub segment_ahead: PolygonalLine,
    /// Node probabilities.
    #[rasn(identifier = "nodeProbabilities")]
    pub node_probabilities: Option<ConfidenceLevels>,
    /// Segment behind.
    #[rasn(identifier = "segmentBehind")]
    pub segment_behind: PolygonalLine,
    /// Lane level details.
    #[rasn(identifier = "laneLevelDetails")]
    pub lane_level_details: Option<BasicLaneConfiguration>,
    /// Segment source.
    #[rasn(identifier = "segmentSource")]
    pub segment_source: Option<MetaInformation>,
}

impl EHorizonLocationSharingContainer {
    /// One without its optional parts.
    #[must_use]
    pub fn new(segment_ahead: PolygonalLine, segment_behind: PolygonalLine) -> Self {
        Self {
            segment_ahead,
            node_probabilities: None,
            segment_behind,
            lane_level_details: None,
            segment_source: None,
        }
    }
}

/// Very low frequency container.
#[derive(AsnType, Decode, Encode, Clone, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct VeryLowFrequencyContainer {
    /// Vehicle height.
    #[rasn(identifier = "vehicleHeight")]
    pub vehicle_height: Option<VehicleHeight2>,
    /// Wiper status.
    #[rasn(identifier = "wiperStatus")]
    pub wiper_status: Option<WiperStatus>,
    /// Brake control.
    #[rasn(identifier = "brakeControl")]
    pub brake_control: Option<BrakeControl>,
}

/// Path prediction container.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct PathPredictionContainer {
    /// Path predicted list.
    #[rasn(identifier = "pathPredictedList")]
    pub path_predicted_list: PathPredictedList,
}

impl PathPredictionContainer {
    /// One without its optional parts.
    #[must_use]
    pub fn new(path_predicted_list: PathPredictedList) -> Self {
        Self { path_predicted_list }
    }
}

/// Generalized lane positions container.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct GeneralizedLanePositionsContainer {
    /// Generalized lane positions.
    #[rasn(identifier = "generalizedLanePositions")]
    pub generalized_lane_positions: GeneralizedLanePositions,
}

impl GeneralizedLanePositionsContainer {
    /// One without its optional parts.
    #[must_use]
    pub fn new(generalized_lane_positions: GeneralizedLanePositions) -> Self {
        Self { generalized_lane_positions }
    }
}

/// Vehicle movement control container.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct VehicleMovementControlContainer {
    /// Vehicle movement control.
    #[rasn(identifier = "vehicleMovementControl")]
    pub vehicle_movement_control: VehicleMovementControl,
}

impl VehicleMovementControlContainer {
    /// One without its optional parts.
    #[must_use]
    pub fn new(vehicle_movement_control: VehicleMovementControl) -> Self {
        Self { vehicle_movement_control }
    }
}
