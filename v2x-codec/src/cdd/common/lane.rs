//! Lanes, road sections and references into maps.

use crate::cdd::macros::integer;

integer! {
    /// Lane, counted from the inside of the road; −1 is off the road.
    LanePosition(i8) = -1..=14 {
        OFF_THE_ROAD = -1,
        INNER_HARD_SHOULDER = 0,
        INNERMOST_DRIVING_LANE = 1,
        SECOND_LANE_FROM_INSIDE = 2,
        OUTER_HARD_SHOULDER = 14,
    }
}
