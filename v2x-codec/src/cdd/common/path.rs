//! Paths: where stations came from and where they go.

use rasn::{AsnType, Decode, Decoder, Encode};

use super::{DeltaReferencePosition, ReferencePosition};
use crate::cdd::macros::{extensible_integer, list};

list! {
    /// Positions of a recommended path, in order of travel.
    ItineraryPath(ReferencePosition) = 1..=40
}

extensible_integer! {
    /// Time between two path points, 0.01 s; the first 65,535 values are in the root.
    PathDeltaTime = 1..=65535
}

list! {
    /// Where the station came from, latest point first.
    PathHistory(PathPoint) = 0..=40
}

/// A point of a path, relative to the point before.
#[derive(AsnType, Decode, Encode, Clone, Copy, Debug, PartialEq, Eq)]
#[rasn(automatic_tags)]
pub struct PathPoint {
    /// Path position.
    #[rasn(identifier = "pathPosition")]
    pub path_position: DeltaReferencePosition,
    /// Path delta time.
    #[rasn(identifier = "pathDeltaTime")]
    pub path_delta_time: Option<PathDeltaTime>,
}
