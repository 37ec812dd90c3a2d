//! Causes of events.

use rasn::{AsnType, Decode, Decoder, Encode};

use super::{RoadworksSubCauseCode, SubCauseCodeType};

/// Cause of an event, each with its own sub cause.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(choice, automatic_tags)]
pub enum CauseCodeChoice {
    /// Reserved0.
    #[rasn(identifier = "reserved0")]
    Reserved0(SubCauseCodeType),
    /// Traffic condition1.
    #[rasn(identifier = "trafficCondition1")]
    TrafficCondition1(SubCauseCodeType),
    /// Accident2.
    #[rasn(identifier = "accident2")]
    Accident2(SubCauseCodeType),
    /// Roadworks3.
    #[rasn(identifier = "roadworks3")]
    Roadworks3(RoadworksSubCauseCode),
    /// Detected roadworks4.
    #[rasn(identifier = "detectedRoadworks4")]
    DetectedRoadworks4(SubCauseCodeType),
    /// Impassability5.
    #[rasn(identifier = "impassability5")]
    Impassability5(SubCauseCodeType),
    /// Adhesion6.
    #[rasn(identifier = "adhesion6")]
    Adhesion6(SubCauseCodeType),
    /// Aquaplaning7.
    #[rasn(identifier = "aquaplaning7")]
    Aquaplaning7(SubCauseCodeType),
    /// Reserved8.
    #[rasn(identifier = "reserved8")]
    Reserved8(SubCauseCodeType),
    /// Hazardous location surface condition9.
    #[rasn(identifier = "hazardousLocation-SurfaceCondition9")]
    HazardousLocationSurfaceCondition9(SubCauseCodeType),
    /// Hazardous location obstacle on the road10.
    #[rasn(identifier = "hazardousLocation-ObstacleOnTheRoad10")]
    HazardousLocationObstacleOnTheRoad10(SubCauseCodeType),
    /// Hazardous location animal on the road11.
    #[rasn(identifier = "hazardousLocation-AnimalOnTheRoad11")]
    HazardousLocationAnimalOnTheRoad11(SubCauseCodeType),
    /// Human presence on the road12.
    #[rasn(identifier = "humanPresenceOnTheRoad12")]
    HumanPresenceOnTheRoad12(SubCauseCodeType),
    /// Reserved13.
    #[rasn(identifier = "reserved13")]
    Reserved13(SubCauseCodeType),
    /// Wrong way driving14.
    #[rasn(identifier = "wrongWayDriving14")]
    WrongWayDriving14(SubCauseCodeType),
    /// Rescue recovery and maintenance work in progress15.
    #[rasn(identifier = "rescueRecoveryAndMaintenanceWorkInProgress15")]
    RescueRecoveryAndMaintenanceWorkInProgress15(SubCauseCodeType),
    /// Reserved16.
    #[rasn(identifier = "reserved16")]
    Reserved16(SubCauseCodeType),
    /// Adverse weather condition wind17.
    #[rasn(identifier = "adverseWeatherCondition-Wind17")]
    AdverseWeatherConditionWind17(SubCauseCodeType),
    /// Adverse weather condition visibility18.
    #[rasn(identifier = "adverseWeatherCondition-Visibility18")]
    AdverseWeatherConditionVisibility18(SubCauseCodeType),
    /// Adverse weather condition precipitation19.
    #[rasn(identifier = "adverseWeatherCondition-Precipitation19")]
    AdverseWeatherConditionPrecipitation19(SubCauseCodeType),
    /// Violence20.
    #[rasn(identifier = "violence20")]
    Violence20(SubCauseCodeType),
    /// Reserved21.
    #[rasn(identifier = "reserved21")]
    Reserved21(SubCauseCodeType),
    /// Reserved22.
    #[rasn(identifier = "reserved22")]
    Reserved22(SubCauseCodeType),
    /// Reserved23.
    #[rasn(identifier = "reserved23")]
    Reserved23(SubCauseCodeType),
    /// Reserved24.
    #[rasn(identifier = "reserved24")]
    Reserved24(SubCauseCodeType),
    /// Reserved25.
    #[rasn(identifier = "reserved25")]
    Reserved25(SubCauseCodeType),
    /// Slow vehicle26.
    #[rasn(identifier = "slowVehicle26")]
    SlowVehicle26(SubCauseCodeType),
    /// Dangerous end of queue27.
    #[rasn(identifier = "dangerousEndOfQueue27")]
    DangerousEndOfQueue27(SubCauseCodeType),
    /// Public transport vehicle approaching28.
    #[rasn(identifier = "publicTransportVehicleApproaching28")]
    PublicTransportVehicleApproaching28(SubCauseCodeType),
    /// Reserved29.
    #[rasn(identifier = "reserved29")]
    Reserved29(SubCauseCodeType),
    /// Reserved30.
    #[rasn(identifier = "reserved30")]
    Reserved30(SubCauseCodeType),
    /// Reserved31.
    #[rasn(identifier = "reserved31")]
    Reserved31(SubCauseCodeType),
    /// Reserved32.
    #[rasn(identifier = "reserved32")]
    Reserved32(SubCauseCodeType),
    /// Reserved33.
    #[rasn(identifier = "reserved33")]
    Reserved33(SubCauseCodeType),
    /// Reserved34.
    #[rasn(identifier = "reserved34")]
    Reserved34(SubCauseCodeType),
    /// Reserved35.
    #[rasn(identifier = "reserved35")]
    Reserved35(SubCauseCodeType),
    /// Reserved36.
    #[rasn(identifier = "reserved36")]
    Reserved36(SubCauseCodeType),
    /// Reserved37.
    #[rasn(identifier = "reserved37")]
    Reserved37(SubCauseCodeType),
    /// Reserved38.
    #[rasn(identifier = "reserved38")]
    Reserved38(SubCauseCodeType),
    /// Reserved39.
    #[rasn(identifier = "reserved39")]
    Reserved39(SubCauseCodeType),
    /// Reserved40.
    #[rasn(identifier = "reserved40")]
    Reserved40(SubCauseCodeType),
    /// Reserved41.
    #[rasn(identifier = "reserved41")]
    Reserved41(SubCauseCodeType),
    /// Dont panic42.
    #[rasn(identifier = "dontPanic42")]
    DontPanic42(SubCauseCodeType),
    /// Reserved43.
    #[rasn(identifier = "reserved43")]
    Reserved43(SubCauseCodeType),
    /// Reserved44.
    #[rasn(identifier = "reserved44")]
    Reserved44(SubCauseCodeType),
    /// Reserved45.
    #[rasn(identifier = "reserved45")]
    Reserved45(SubCauseCodeType),
    /// Reserved46.
    #[rasn(identifier = "reserved46")]
    Reserved46(SubCauseCodeType),
    /// Reserved47.
    #[rasn(identifier = "reserved47")]
    Reserved47(SubCauseCodeType),
    /// Reserved48.
    #[rasn(identifier = "reserved48")]
    Reserved48(SubCauseCodeType),
    /// Reserved49.
    #[rasn(identifier = "reserved49")]
    Reserved49(SubCauseCodeType),
    /// Reserved50.
    #[rasn(identifier = "reserved50")]
    Reserved50(SubCauseCodeType),
    /// Reserved51.
    #[rasn(identifier = "reserved51")]
    Reserved51(SubCauseCodeType),
    /// Reserved52.
    #[rasn(identifier = "reserved52")]
    Reserved52(SubCauseCodeType),
    /// Reserved53.
    #[rasn(identifier = "reserved53")]
    Reserved53(SubCauseCodeType),
    /// Reserved54.
    #[rasn(identifier = "reserved54")]
    Reserved54(SubCauseCodeType),
    /// Reserved55.
    #[rasn(identifier = "reserved55")]
    Reserved55(SubCauseCodeType),
    /// Reserved56.
    #[rasn(identifier = "reserved56")]
    Reserved56(SubCauseCodeType),
    /// Reserved57.
    #[rasn(identifier = "reserved57")]
    Reserved57(SubCauseCodeType),
    /// Reserved58.
    #[rasn(identifier = "reserved58")]
    Reserved58(SubCauseCodeType),
    /// Reserved59.
    #[rasn(identifier = "reserved59")]
    Reserved59(SubCauseCodeType),
    /// Reserved60.
    #[rasn(identifier = "reserved60")]
    Reserved60(SubCauseCodeType),
    /// Reserved61.
    #[rasn(identifier = "reserved61")]
    Reserved61(SubCauseCodeType),
    /// Reserved62.
    #[rasn(identifier = "reserved62")]
    Reserved62(SubCauseCodeType),
    /// Reserved63.
    #[rasn(identifier = "reserved63")]
    Reserved63(SubCauseCodeType),
    /// Reserved64.
    #[rasn(identifier = "reserved64")]
    Reserved64(SubCauseCodeType),
    /// Reserved65.
    #[rasn(identifier = "reserved65")]
    Reserved65(SubCauseCodeType),
    /// Reserved66.
    #[rasn(identifier = "reserved66")]
    Reserved66(SubCauseCodeType),
    /// Reserved67.
    #[rasn(identifier = "reserved67")]
    Reserved67(SubCauseCodeType),
    /// Reserved68.
    #[rasn(identifier = "reserved68")]
    Reserved68(SubCauseCodeType),
    /// Reserved69.
    #[rasn(identifier = "reserved69")]
    Reserved69(SubCauseCodeType),
    /// Reserved70.
    #[rasn(identifier = "reserved70")]
    Reserved70(SubCauseCodeType),
    /// Reserved71.
    #[rasn(identifier = "reserved71")]
    Reserved71(SubCauseCodeType),
    /// Reserved72.
    #[rasn(identifier = "reserved72")]
    Reserved72(SubCauseCodeType),
    /// Reserved73.
    #[rasn(identifier = "reserved73")]
    Reserved73(SubCauseCodeType),
    /// Reserved74.
    #[rasn(identifier = "reserved74")]
    Reserved74(SubCauseCodeType),
    /// Reserved75.
    #[rasn(identifier = "reserved75")]
    Reserved75(SubCauseCodeType),
    /// Reserved76.
    #[rasn(identifier = "reserved76")]
    Reserved76(SubCauseCodeType),
    /// Reserved77.
    #[rasn(identifier = "reserved77")]
    Reserved77(SubCauseCodeType),
    /// Reserved78.
    #[rasn(identifier = "reserved78")]
    Reserved78(SubCauseCodeType),
    /// Reserved79.
    #[rasn(identifier = "reserved79")]
    Reserved79(SubCauseCodeType),
    /// Reserved80.
    #[rasn(identifier = "reserved80")]
    Reserved80(SubCauseCodeType),
    /// Reserved81.
    #[rasn(identifier = "reserved81")]
    Reserved81(SubCauseCodeType),
    /// Reserved82.
    #[rasn(identifier = "reserved82")]
    Reserved82(SubCauseCodeType),
    /// Reserved83.
    #[rasn(identifier = "reserved83")]
    Reserved83(SubCauseCodeType),
    /// Reserved84.
    #[rasn(identifier = "reserved84")]
    Reserved84(SubCauseCodeType),
    /// Reserved85.
    #[rasn(identifier = "reserved85")]
    Reserved85(SubCauseCodeType),
    /// Reserved86.
    #[rasn(identifier = "reserved86")]
    Reserved86(SubCauseCodeType),
    /// Reserved87.
    #[rasn(identifier = "reserved87")]
    Reserved87(SubCauseCodeType),
    /// Reserved88.
    #[rasn(identifier = "reserved88")]
    Reserved88(SubCauseCodeType),
    /// Reserved89.
    #[rasn(identifier = "reserved89")]
    Reserved89(SubCauseCodeType),
    /// Reserved90.
    #[rasn(identifier = "reserved90")]
    Reserved90(SubCauseCodeType),
    /// Vehicle breakdown91.
    #[rasn(identifier = "vehicleBreakdown91")]
    VehicleBreakdown91(SubCauseCodeType),
    /// Post crash92.
    #[rasn(identifier = "postCrash92")]
    PostCrash92(SubCauseCodeType),
    /// Human problem93.
    #[rasn(identifier = "humanProblem93")]
    HumanProblem93(SubCauseCodeType),
    /// Stationary vehicle94.
    #[rasn(identifier = "stationaryVehicle94")]
    StationaryVehicle94(SubCauseCodeType),
    /// Emergency vehicle approaching95.
    #[rasn(identifier = "emergencyVehicleApproaching95")]
    EmergencyVehicleApproaching95(SubCauseCodeType),
    /// Hazardous location dangerous curve96.
    #[rasn(identifier = "hazardousLocation-DangerousCurve96")]
    HazardousLocationDangerousCurve96(SubCauseCodeType),
    /// Collision risk97.
    #[rasn(identifier = "collisionRisk97")]
    CollisionRisk97(SubCauseCodeType),
    /// Signal violation98.
    #[rasn(identifier = "signalViolation98")]
    SignalViolation98(SubCauseCodeType),
    /// Dangerous situation99.
    #[rasn(identifier = "dangerousSituation99")]
    DangerousSituation99(SubCauseCodeType),
    /// Railway level crossing100.
    #[rasn(identifier = "railwayLevelCrossing100")]
    RailwayLevelCrossing100(SubCauseCodeType),
    /// Reserved101.
    #[rasn(identifier = "reserved101")]
    Reserved101(SubCauseCodeType),
    /// Reserved102.
    #[rasn(identifier = "reserved102")]
    Reserved102(SubCauseCodeType),
    /// Reserved103.
    #[rasn(identifier = "reserved103")]
    Reserved103(SubCauseCodeType),
    /// Reserved104.
    #[rasn(identifier = "reserved104")]
    Reserved104(SubCauseCodeType),
    /// Reserved105.
    #[rasn(identifier = "reserved105")]
    Reserved105(SubCauseCodeType),
    /// Reserved106.
    #[rasn(identifier = "reserved106")]
    Reserved106(SubCauseCodeType),
    /// Reserved107.
    #[rasn(identifier = "reserved107")]
    Reserved107(SubCauseCodeType),
    /// Reserved108.
    #[rasn(identifier = "reserved108")]
    Reserved108(SubCauseCodeType),
    /// Reserved109.
    #[rasn(identifier = "reserved109")]
    Reserved109(SubCauseCodeType),
    /// Reserved110.
    #[rasn(identifier = "reserved110")]
    Reserved110(SubCauseCodeType),
    /// Reserved111.
    #[rasn(identifier = "reserved111")]
    Reserved111(SubCauseCodeType),
    /// Reserved112.
    #[rasn(identifier = "reserved112")]
    Reserved112(SubCauseCodeType),
    /// Reserved113.
    #[rasn(identifier = "reserved113")]
    Reserved113(SubCauseCodeType),
    /// Reserved114.
    #[rasn(identifier = "reserved114")]
    Reserved114(SubCauseCodeType),
    /// Reserved115.
    #[rasn(identifier = "reserved115")]
    Reserved115(SubCauseCodeType),
    /// Reserved116.
    #[rasn(identifier = "reserved116")]
    Reserved116(SubCauseCodeType),
    /// Reserved117.
    #[rasn(identifier = "reserved117")]
    Reserved117(SubCauseCodeType),
    /// Reserved118.
    #[rasn(identifier = "reserved118")]
    Reserved118(SubCauseCodeType),
    /// Reserved119.
    #[rasn(identifier = "reserved119")]
    Reserved119(SubCauseCodeType),
    /// Reserved120.
    #[rasn(identifier = "reserved120")]
    Reserved120(SubCauseCodeType),
    /// Reserved121.
    #[rasn(identifier = "reserved121")]
    Reserved121(SubCauseCodeType),
    /// Reserved122.
    #[rasn(identifier = "reserved122")]
    Reserved122(SubCauseCodeType),
    /// Reserved123.
    #[rasn(identifier = "reserved123")]
    Reserved123(SubCauseCodeType),
    /// Reserved124.
    #[rasn(identifier = "reserved124")]
    Reserved124(SubCauseCodeType),
    /// Reserved125.
    #[rasn(identifier = "reserved125")]
    Reserved125(SubCauseCodeType),
    /// Reserved126.
    #[rasn(identifier = "reserved126")]
    Reserved126(SubCauseCodeType),
    /// Reserved127.
    #[rasn(identifier = "reserved127")]
    Reserved127(SubCauseCodeType),
    /// Reserved128.
    #[rasn(identifier = "reserved128")]
    Reserved128(SubCauseCodeType),
}

impl CauseCodeChoice {
    /// The number of the cause, as in `CauseCodeType`: 0 to 128.
    #[must_use]
    pub const fn cause_code(&self) -> u8 {
        match self {
            Self::Reserved0(_) => 0,
            Self::TrafficCondition1(_) => 1,
            Self::Accident2(_) => 2,
            Self::Roadworks3(_) => 3,
            Self::DetectedRoadworks4(_) => 4,
            Self::Impassability5(_) => 5,
            Self::Adhesion6(_) => 6,
            Self::Aquaplaning7(_) => 7,
            Self::Reserved8(_) => 8,
            Self::HazardousLocationSurfaceCondition9(_) => 9,
            Self::HazardousLocationObstacleOnTheRoad10(_) => 10,
            Self::HazardousLocationAnimalOnTheRoad11(_) => 11,
            Self::HumanPresenceOnTheRoad12(_) => 12,
            Self::Reserved13(_) => 13,
            Self::WrongWayDriving14(_) => 14,
            Self::RescueRecoveryAndMaintenanceWorkInProgress15(_) => 15,
            Self::Reserved16(_) => 16,
            Self::AdverseWeatherConditionWind17(_) => 17,
            Self::AdverseWeatherConditionVisibility18(_) => 18,
            Self::AdverseWeatherConditionPrecipitation19(_) => 19,
            Self::Violence20(_) => 20,
            Self::Reserved21(_) => 21,
            Self::Reserved22(_) => 22,
            Self::Reserved23(_) => 23,
            Self::Reserved24(_) => 24,
            Self::Reserved25(_) => 25,
            Self::SlowVehicle26(_) => 26,
            Self::DangerousEndOfQueue27(_) => 27,
            Self::PublicTransportVehicleApproaching28(_) => 28,
            Self::Reserved29(_) => 29,
            Self::Reserved30(_) => 30,
            Self::Reserved31(_) => 31,
            Self::Reserved32(_) => 32,
            Self::Reserved33(_) => 33,
            Self::Reserved34(_) => 34,
            Self::Reserved35(_) => 35,
            Self::Reserved36(_) => 36,
            Self::Reserved37(_) => 37,
            Self::Reserved38(_) => 38,
            Self::Reserved39(_) => 39,
            Self::Reserved40(_) => 40,
            Self::Reserved41(_) => 41,
            Self::DontPanic42(_) => 42,
            Self::Reserved43(_) => 43,
            Self::Reserved44(_) => 44,
            Self::Reserved45(_) => 45,
            Self::Reserved46(_) => 46,
            Self::Reserved47(_) => 47,
            Self::Reserved48(_) => 48,
            Self::Reserved49(_) => 49,
            Self::Reserved50(_) => 50,
            Self::Reserved51(_) => 51,
            Self::Reserved52(_) => 52,
            Self::Reserved53(_) => 53,
            Self::Reserved54(_) => 54,
            Self::Reserved55(_) => 55,
            Self::Reserved56(_) => 56,
            Self::Reserved57(_) => 57,
            Self::Reserved58(_) => 58,
            Self::Reserved59(_) => 59,
            Self::Reserved60(_) => 60,
            Self::Reserved61(_) => 61,
            Self::Reserved62(_) => 62,
            Self::Reserved63(_) => 63,
            Self::Reserved64(_) => 64,
            Self::Reserved65(_) => 65,
            Self::Reserved66(_) => 66,
            Self::Reserved67(_) => 67,
            Self::Reserved68(_) => 68,
            Self::Reserved69(_) => 69,
            Self::Reserved70(_) => 70,
            Self::Reserved71(_) => 71,
            Self::Reserved72(_) => 72,
            Self::Reserved73(_) => 73,
            Self::Reserved74(_) => 74,
            Self::Reserved75(_) => 75,
            Self::Reserved76(_) => 76,
            Self::Reserved77(_) => 77,
            Self::Reserved78(_) => 78,
            Self::Reserved79(_) => 79,
            Self::Reserved80(_) => 80,
            Self::Reserved81(_) => 81,
            Self::Reserved82(_) => 82,
            Self::Reserved83(_) => 83,
            Self::Reserved84(_) => 84,
            Self::Reserved85(_) => 85,
            Self::Reserved86(_) => 86,
            Self::Reserved87(_) => 87,
            Self::Reserved88(_) => 88,
            Self::Reserved89(_) => 89,
            Self::Reserved90(_) => 90,
            Self::VehicleBreakdown91(_) => 91,
            Self::PostCrash92(_) => 92,
            Self::HumanProblem93(_) => 93,
            Self::StationaryVehicle94(_) => 94,
            Self::EmergencyVehicleApproaching95(_) => 95,
            Self::HazardousLocationDangerousCurve96(_) => 96,
            Self::CollisionRisk97(_) => 97,
            Self::SignalViolation98(_) => 98,
            Self::DangerousSituation99(_) => 99,
            Self::RailwayLevelCrossing100(_) => 100,
            Self::Reserved101(_) => 101,
            Self::Reserved102(_) => 102,
            Self::Reserved103(_) => 103,
            Self::Reserved104(_) => 104,
            Self::Reserved105(_) => 105,
            Self::Reserved106(_) => 106,
            Self::Reserved107(_) => 107,
            Self::Reserved108(_) => 108,
            Self::Reserved109(_) => 109,
            Self::Reserved110(_) => 110,
            Self::Reserved111(_) => 111,
            Self::Reserved112(_) => 112,
            Self::Reserved113(_) => 113,
            Self::Reserved114(_) => 114,
            Self::Reserved115(_) => 115,
            Self::Reserved116(_) => 116,
            Self::Reserved117(_) => 117,
            Self::Reserved118(_) => 118,
            Self::Reserved119(_) => 119,
            Self::Reserved120(_) => 120,
            Self::Reserved121(_) => 121,
            Self::Reserved122(_) => 122,
            Self::Reserved123(_) => 123,
            Self::Reserved124(_) => 124,
            Self::Reserved125(_) => 125,
            Self::Reserved126(_) => 126,
            Self::Reserved127(_) => 127,
            Self::Reserved128(_) => 128,
        }
    }
}

/// What happened.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
#[non_exhaustive]
pub struct CauseCodeV2 {
    /// Cc and scc.
    #[rasn(identifier = "ccAndScc")]
    pub cc_and_scc: CauseCodeChoice,
}

impl CauseCodeV2 {
    /// One without its optional parts.
    #[must_use]
    pub const fn new(cc_and_scc: CauseCodeChoice) -> Self {
        Self { cc_and_scc }
    }
}
