//! What a vehicle is, carries and shows.

use rasn::types::{Ia5String, NumericString, OctetString, Utf8String};
use rasn::{AsnType, Decode, Decoder, Encode};

use crate::cdd::macros::{bits, enumerated, integer, list};

enumerated! {
    /// Class of the dangerous goods on board.
    DangerousGoodsBasic {
        Explosives1 = "explosives1",
        Explosives2 = "explosives2",
        Explosives3 = "explosives3",
        Explosives4 = "explosives4",
        Explosives5 = "explosives5",
        Explosives6 = "explosives6",
        FlammableGases = "flammableGases",
        NonFlammableGases = "nonFlammableGases",
        ToxicGases = "toxicGases",
        FlammableLiquids = "flammableLiquids",
        FlammableSolids = "flammableSolids",
        SubstancesLiableToSpontaneousCombustion = "substancesLiableToSpontaneousCombustion",
        SubstancesEmittingFlammableGasesUponContactWithWater = "substancesEmittingFlammableGasesUponContactWithWater",
        OxidizingSubstances = "oxidizingSubstances",
        OrganicPeroxides = "organicPeroxides",
        ToxicSubstances = "toxicSubstances",
        InfectiousSubstances = "infectiousSubstances",
        RadioactiveMaterial = "radioactiveMaterial",
        CorrosiveSubstances = "corrosiveSubstances",
        MiscellaneousDangerousSubstances = "miscellaneousDangerousSubstances",
    }
}

/// Dangerous goods on board in detail.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct DangerousGoodsExtended {
    /// Dangerous goods type.
    #[rasn(identifier = "dangerousGoodsType")]
    pub dangerous_goods_type: DangerousGoodsBasic,
    /// Un number.
    #[rasn(identifier = "unNumber")]
    pub un_number: UnNumber,
    /// Elevated temperature.
    #[rasn(identifier = "elevatedTemperature")]
    pub elevated_temperature: bool,
    /// Tunnels restricted.
    #[rasn(identifier = "tunnelsRestricted")]
    pub tunnels_restricted: bool,
    /// Limited quantity.
    #[rasn(identifier = "limitedQuantity")]
    pub limited_quantity: bool,
    /// Emergency action code.
    #[rasn(identifier = "emergencyActionCode")]
    pub emergency_action_code: Option<EmergencyActionCode>,
    /// Phone number.
    #[rasn(identifier = "phoneNumber")]
    pub phone_number: Option<PhoneNumber>,
    /// Company name.
    #[rasn(identifier = "companyName")]
    pub company_name: Option<Utf8String>,
}

impl DangerousGoodsExtended {
    /// One without its optional parts.
    #[must_use]
    pub fn new(
        dangerous_goods_type: DangerousGoodsBasic,
        un_number: UnNumber,
        elevated_temperature: bool,
        tunnels_restricted: bool,
        limited_quantity: bool,
    ) -> Self {
        Self {
            dangerous_goods_type,
            un_number,
            elevated_temperature,
            tunnels_restricted,
            limited_quantity,
            emergency_action_code: None,
            phone_number: None,
            company_name: None,
        }
    }
}

/// Emergency action code of the goods.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(delegate, size("1..=24"))]
pub struct EmergencyActionCode(pub Ia5String);

bits! {
    /// What an emergency vehicle asks for.
    EmergencyPriority(u8) = 2 {
        REQUEST_FOR_RIGHT_OF_WAY = 0,
        REQUEST_FOR_FREE_CROSSING_AT_A_TRAFFIC_LIGHT = 1,
    }
}

bits! {
    /// What the vehicle stores its energy in.
    EnergyStorageType(u8) = 7 {
        HYDROGEN_STORAGE = 0,
        ELECTRIC_ENERGY_STORAGE = 1,
        LIQUID_PROPANE_GAS = 2,
        COMPRESSED_NATURAL_GAS = 3,
        DIESEL = 4,
        GASOLINE = 5,
        AMMONIA = 6,
    }
}

bits! {
    /// Which exterior lights are on.
    ExteriorLights(u8) = 8 {
        LOW_BEAM_HEADLIGHTS_ON = 0,
        HIGH_BEAM_HEADLIGHTS_ON = 1,
        LEFT_TURN_SIGNAL_ON = 2,
        RIGHT_TURN_SIGNAL_ON = 3,
        DAYTIME_RUNNING_LIGHTS_ON = 4,
        REVERSE_LIGHT_ON = 5,
        FOG_LIGHT_ON = 6,
        PARKING_LIGHTS_ON = 7,
    }
}

integer! {
    /// Height of a longitudinal carrier, 0.01 m.
    HeightLonCarr(u8) = 1..=100 {
        OUT_OF_RANGE = 99,
        UNAVAILABLE = 100,
    }
}

bits! {
    /// Whether light bar and siren are in use.
    LightBarSirenInUse(u8) = 2 {
        LIGHT_BAR_ACTIVATED = 0,
        SIREN_ACTIVATED = 1,
    }
}

integer! {
    /// Persons on board.
    NumberOfOccupants(u8) = 0..=127 {
        OUT_OF_RANGE = 126,
        UNAVAILABLE = 127,
    }
}

integer! {
    /// Performance class of the positioning.
    PerformanceClass(u8) = 0..=7 {
        UNAVAILABLE = 0,
        PERFORMANCE_CLASS_A = 1,
        PERFORMANCE_CLASS_B = 2,
    }
}

/// Telephone number, digits and spaces.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(delegate, size("1..=16"))]
pub struct PhoneNumber(pub NumericString);

integer! {
    /// Distance of the centre of mass from the front, 0.1 m.
    PosCentMass(u8) = 1..=63 {
        OUT_OF_RANGE = 62,
        UNAVAILABLE = 63,
    }
}

integer! {
    /// Distance of the front axle from the front bumper, 0.1 m.
    PosFrontAx(u8) = 1..=20 {
        OUT_OF_RANGE = 19,
        UNAVAILABLE = 20,
    }
}

integer! {
    /// Distance of a longitudinal carrier from the centre, 0.01 m.
    PosLonCarr(u8) = 1..=127 {
        OUT_OF_RANGE = 126,
        UNAVAILABLE = 127,
    }
}

integer! {
    /// Distance to the next pillar, 0.1 m.
    PosPillar(u8) = 1..=30 {
        OUT_OF_RANGE = 29,
        UNAVAILABLE = 30,
    }
}

bits! {
    /// Which seats are taken.
    PositionOfOccupants(u32) = 20 {
        ROW1_LEFT_OCCUPIED = 0,
        ROW1_RIGHT_OCCUPIED = 1,
        ROW1_MID_OCCUPIED = 2,
        ROW1_NOT_DETECTABLE = 3,
        ROW1_NOT_PRESENT = 4,
        ROW2_LEFT_OCCUPIED = 5,
        ROW2_RIGHT_OCCUPIED = 6,
        ROW2_MID_OCCUPIED = 7,
        ROW2_NOT_DETECTABLE = 8,
        ROW2_NOT_PRESENT = 9,
        ROW3_LEFT_OCCUPIED = 10,
        ROW3_RIGHT_OCCUPIED = 11,
        ROW3_MID_OCCUPIED = 12,
        ROW3_NOT_DETECTABLE = 13,
        ROW3_NOT_PRESENT = 14,
        ROW4_LEFT_OCCUPIED = 15,
        ROW4_RIGHT_OCCUPIED = 16,
        ROW4_MID_OCCUPIED = 17,
        ROW4_NOT_DETECTABLE = 18,
        ROW4_NOT_PRESENT = 19,
    }
}

list! {
    /// Distances between the pillars, front to back.
    extensible PositionOfPillars(PosPillar) = 1..=3
}

/// Data for the activation of traffic equipment by public transport.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PtActivation {
    /// Pt activation type.
    #[rasn(identifier = "ptActivationType")]
    pub pt_activation_type: PtActivationType,
    /// Pt activation data.
    #[rasn(identifier = "ptActivationData")]
    pub pt_activation_data: PtActivationData,
}

/// Octets in the coding that the type names.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(delegate, size("1..=20"))]
pub struct PtActivationData(pub OctetString);

integer! {
    /// Coding of the activation data.
    PtActivationType(u8) = 0..=255 {
        UNDEFINED_CODING_TYPE = 0,
        R09_16_CODING_TYPE = 1,
        VDV_50149_CODING_TYPE = 2,
    }
}

enumerated! {
    /// Whether a request or a response.
    RequestResponseIndication {
        Request = "request",
        Response = "response",
    }
}

bits! {
    /// Why a transport is special.
    SpecialTransportType(u8) = 4 {
        HEAVY_LOAD = 0,
        EXCESS_WIDTH = 1,
        EXCESS_LENGTH = 2,
        EXCESS_HEIGHT = 3,
    }
}

enumerated! {
    /// How long a vehicle has been standing.
    StationarySince {
        LessThan1Minute = "lessThan1Minute",
        LessThan2Minutes = "lessThan2Minutes",
        LessThan15Minutes = "lessThan15Minutes",
        EqualOrGreater15Minutes = "equalOrGreater15Minutes",
    }
}

integer! {
    /// Smallest turning radius, 0.4 m.
    TurningRadius(u8) = 1..=255 {
        OUT_OF_RANGE = 254,
        UNAVAILABLE = 255,
    }
}

integer! {
    /// United Nations number of the goods.
    UnNumber(u16) = 0..=9999 {}
}

/// Vehicle descriptor section of the VIN.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(delegate, size("6"))]
pub struct VDS(pub Ia5String);

/// Parts of the vehicle identification number.
#[derive(AsnType, Decode, Encode, Clone, Debug, Default, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct VehicleIdentification {
    /// W m inumber.
    #[rasn(identifier = "wMInumber")]
    pub wmi_number: Option<WMInumber>,
    /// V DS.
    #[rasn(identifier = "vDS")]
    pub vds: Option<VDS>,
}

/// Length of the vehicle and what is known of a trailer.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct VehicleLength {
    /// Vehicle length value.
    #[rasn(identifier = "vehicleLengthValue")]
    pub vehicle_length_value: VehicleLengthValue,
    /// Vehicle length confidence indication.
    #[rasn(identifier = "vehicleLengthConfidenceIndication")]
    pub vehicle_length_confidence_indication: VehicleLengthConfidenceIndication,
}

enumerated! {
    /// What is known of a trailer.
    VehicleLengthConfidenceIndication {
        NoTrailerPresent = "noTrailerPresent",
        TrailerPresentWithKnownLength = "trailerPresentWithKnownLength",
        TrailerPresentWithUnknownLength = "trailerPresentWithUnknownLength",
        TrailerPresenceIsUnknown = "trailerPresenceIsUnknown",
        Unavailable = "unavailable",
    }
}

integer! {
    /// Length of the vehicle, 0.1 m.
    VehicleLengthValue(u16) = 1..=1023 {
        OUT_OF_RANGE = 1022,
        UNAVAILABLE = 1023,
    }
}

integer! {
    /// Mass of the vehicle, 100 kg.
    VehicleMass(u16) = 1..=1024 {
        OUT_OF_RANGE = 1023,
        UNAVAILABLE = 1024,
    }
}

integer! {
    /// Width of the vehicle without mirrors, 0.1 m.
    VehicleWidth(u8) = 1..=62 {
        OUT_OF_RANGE = 61,
        UNAVAILABLE = 62,
    }
}

/// World manufacturer identifier of the VIN.
#[derive(AsnType, Decode, Encode, Clone, Debug, PartialEq, Eq)]
#[rasn(delegate, size("1..=3"))]
pub struct WMInumber(pub Ia5String);

integer! {
    /// Distance between front and rear axle, 0.1 m.
    WheelBaseVehicle(u8) = 1..=127 {
        OUT_OF_RANGE = 126,
        UNAVAILABLE = 127,
    }
}
