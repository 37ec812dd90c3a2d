//! Containers of special vehicles that both releases share, on the wire and by name.

use rasn::{AsnType, Decode, Decoder, Encode};

use crate::cdd::r2::{
    ClosedLanes, DangerousGoodsBasic, LightBarSirenInUse, PtActivation, RoadworksSubCauseCode,
    SpecialTransportType,
};

/// Public transport container.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PublicTransportContainer {
    /// Embarkation status.
    #[rasn(identifier = "embarkationStatus")]
    pub embarkation_status: bool,
    /// Pt activation.
    #[rasn(identifier = "ptActivation")]
    pub pt_activation: Option<PtActivation>,
}

/// Special transport container.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct SpecialTransportContainer {
    /// Special transport type.
    #[rasn(identifier = "specialTransportType")]
    pub special_transport_type: SpecialTransportType,
    /// Light bar siren in use.
    #[rasn(identifier = "lightBarSirenInUse")]
    pub light_bar_siren_in_use: LightBarSirenInUse,
}

/// Dangerous goods container.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct DangerousGoodsContainer {
    /// Dangerous goods basic.
    #[rasn(identifier = "dangerousGoodsBasic")]
    pub dangerous_goods_basic: DangerousGoodsBasic,
}

/// Road works container basic.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RoadWorksContainerBasic {
    /// Roadworks sub cause code.
    #[rasn(identifier = "roadworksSubCauseCode")]
    pub roadworks_sub_cause_code: Option<RoadworksSubCauseCode>,
    /// Light bar siren in use.
    #[rasn(identifier = "lightBarSirenInUse")]
    pub light_bar_siren_in_use: LightBarSirenInUse,
    /// Closed lanes.
    #[rasn(identifier = "closedLanes")]
    pub closed_lanes: Option<ClosedLanes>,
}

/// Rescue container.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct RescueContainer {
    /// Light bar siren in use.
    #[rasn(identifier = "lightBarSirenInUse")]
    pub light_bar_siren_in_use: LightBarSirenInUse,
}
