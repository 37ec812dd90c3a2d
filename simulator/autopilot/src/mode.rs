//! Flight modes, numbered as PX4 numbers them in `HEARTBEAT.custom_mode`.

/// What it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Stays where it is.
    #[default]
    Hold,
    /// Goes up to the height of the take-off.
    TakeOff,
    /// Flies its mission.
    Mission,
    /// Goes back to where it started, and lands.
    Return,
    /// Goes down where it is.
    Land,
}

/// PX4's main mode "auto".
const AUTO: u8 = 4;

impl Mode {
    const ALL: [Self; 5] = [Self::Hold, Self::TakeOff, Self::Mission, Self::Return, Self::Land];

    const fn sub_mode(self) -> u8 {
        match self {
            Self::TakeOff => 2,
            Self::Hold => 3,
            Self::Mission => 4,
            Self::Return => 5,
            Self::Land => 6,
        }
    }

    /// As `custom_mode` says it.
    #[must_use]
    pub const fn custom(self) -> u32 {
        u32::from_le_bytes([0, 0, AUTO, self.sub_mode()])
    }

    /// The mode of a `custom_mode`.
    #[must_use]
    pub fn of_custom(custom: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.custom() == custom)
    }

    /// The mode of PX4's main and sub mode, as `MAV_CMD_DO_SET_MODE` has them.
    #[must_use]
    pub fn of_parts(main: u8, sub: u8) -> Option<Self> {
        Self::of_custom(u32::from_le_bytes([0, 0, main, sub]))
    }
}
