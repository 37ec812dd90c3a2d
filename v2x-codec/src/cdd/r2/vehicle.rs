//! What a vehicle is, carries and shows.

use crate::cdd::macros::{enumerated, integer};

enumerated! {
    /// How the position is found.
    extensible PositioningSolutionType {
        NoPositioningSolution = "noPositioningSolution",
        SGNSS = "sGNSS",
        DGNSS = "dGNSS",
        SGNSSplusDR = "sGNSSplusDR",
        DGNSSplusDR = "dGNSSplusDR",
        DR = "dR",
    } additions {
        ManuallyByOperator = "manuallyByOperator",
    }
}

integer! {
    /// Height of the vehicle, 0.1 m.
    VehicleHeight2(u8) = 1..=62 {
        OUT_OF_RANGE = 61,
        UNAVAILABLE = 62,
    }
}

enumerated! {
    /// Role that the vehicle acts in.
    VehicleRole {
        Default = "default",
        PublicTransport = "publicTransport",
        SpecialTransport = "specialTransport",
        DangerousGoods = "dangerousGoods",
        RoadWork = "roadWork",
        Rescue = "rescue",
        Emergency = "emergency",
        SafetyCar = "safetyCar",
        Agriculture = "agriculture",
        Commercial = "commercial",
        Military = "military",
        RoadOperator = "roadOperator",
        Taxi = "taxi",
        Uvar = "uvar",
        Rfu1 = "rfu1",
        Rfu2 = "rfu2",
    }
}

integer! {
    /// Wiper status.
    WiperStatus(u8) = 0..=7 {
        UNAVAILABLE = 0,
        OFF = 1,
        INTERMITTENT = 2,
        LOW = 3,
        HIGH = 4,
    }
}
