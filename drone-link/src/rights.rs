//! What the holder of a ticket may do on a link: the service-specific permissions of the service "UAS command and control".
//!
//! Neither IEEE 1609.12 nor TS 102 965 assigns a number to it yet; 29 and 30 are those that the public list of the IEEE
//! Registration Authority keeps for private use. The SSP is a bitmap of three octets:
//!
//! | octet | bit | right | for |
//! | --- | --- | --- | --- |
//! | 0 | all | | version, 1 |
//! | 1 | 0x80 | [`Right::Drone`] | be a drone: be commanded, send telemetry |
//! | 1 | 0x40 | [`Right::Telemetry`] | receive telemetry, ask for it, read parameters and missions |
//! | 1 | 0x20 | [`Right::Mission`] | upload and clear missions, fences, rally points |
//! | 1 | 0x10 | [`Right::Flight`] | arm, disarm, take off, land, go somewhere |
//! | 1 | 0x08 | [`Right::Mode`] | set the flight mode |
//! | 1 | 0x04 | [`Right::Parameters`] | change parameters, write files |
//! | 1 | 0x02 | [`Right::Payload`] | cameras, gimbals, grippers, servos |
//! | 1 | 0x01 | [`Right::Control`] | fly by hand: sticks, set points |
//! | 2 | 0x80 | [`Right::BlockList`] | sign the operator's block list |
//! | 2 | the rest | | zero |
//!
//! The service "UAS awareness" ([`AWARENESS`]) is for broadcasts; its SSP is the version octet alone.

use thiserror::Error;
use v2x_security::certificate::Certificate;
use v2x_security::permission::{Psid, Ssp};

/// The service "UAS command and control".
pub const COMMAND_AND_CONTROL: Psid = Psid(29);
/// The service "UAS awareness".
pub const AWARENESS: Psid = Psid(30);

const VERSION: u8 = 1;

/// One thing that a ticket can permit, named as in the table of this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u16)]
#[expect(missing_docs, reason = "the table of the module says what each permits")]
pub enum Right {
    Drone = 0x8000,
    Telemetry = 0x4000,
    Mission = 0x2000,
    Flight = 0x1000,
    Mode = 0x0800,
    Parameters = 0x0400,
    Payload = 0x0200,
    Control = 0x0100,
    BlockList = 0x0080,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 9] = [
        Self::Drone,
        Self::Telemetry,
        Self::Mission,
        Self::Flight,
        Self::Mode,
        Self::Parameters,
        Self::Payload,
        Self::Control,
        Self::BlockList,
    ];

    /// Its name in a rights file and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drone => "drone",
            Self::Telemetry => "telemetry",
            Self::Mission => "mission",
            Self::Flight => "flight",
            Self::Mode => "mode",
            Self::Parameters => "parameters",
            Self::Payload => "payload",
            Self::Control => "control",
            Self::BlockList => "block-list",
        }
    }

    /// The right of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|right| right.name() == name)
    }
}

/// A set of rights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rights(u16);

/// Why a ticket gives no rights on a link.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RightsError {
    /// It has no permission for the service.
    #[error("{certificate} has no permission for UAS command and control ({COMMAND_AND_CONTROL})")]
    NoPermission {
        /// Whose ticket.
        certificate: String,
    },
    /// An SSP that this version does not understand.
    #[error("SSP {0} is not version 1 of UAS command and control: 01 and two octets of rights, as in 01FC00")]
    Ssp(String),
}

impl Rights {
    /// No right.
    pub const NONE: Self = Self(0);

    /// These rights.
    #[must_use]
    pub fn of(rights: &[Right]) -> Self {
        Self(rights.iter().fold(0, |all, right| all | *right as u16))
    }

    /// What an SSP gives.
    ///
    /// # Errors
    /// [`RightsError::Ssp`], also for bits that have no meaning: what they would permit nobody knows.
    pub fn of_ssp(ssp: &Ssp) -> Result<Self, RightsError> {
        let Ssp::Bitmap(octets) = ssp else { return Err(RightsError::Ssp(ssp.to_string())) };
        let rights = match **octets {
            [VERSION, first, second] => u16::from_be_bytes([first, second]),
            _ => return Err(RightsError::Ssp(ssp.to_string())),
        };
        let known = Self::of(&Right::ALL).0;
        if rights & !known == 0 { Ok(Self(rights)) } else { Err(RightsError::Ssp(ssp.to_string())) }
    }

    /// What a ticket gives.
    ///
    /// # Errors
    /// [`RightsError`].
    pub fn of_certificate(certificate: &Certificate) -> Result<Self, RightsError> {
        let permission = certificate.app_permissions().and_then(|all| all.find(COMMAND_AND_CONTROL));
        match permission.and_then(|permission| permission.ssp.as_ref()) {
            Some(ssp) => Self::of_ssp(ssp),
            None => Err(RightsError::NoPermission { certificate: certificate.to_string() }),
        }
    }

    /// The octets of the SSP that gives these rights.
    #[must_use]
    pub const fn to_ssp(self) -> [u8; 3] {
        let [first, second] = self.0.to_be_bytes();
        [VERSION, first, second]
    }

    /// Whether this right is among them.
    #[must_use]
    pub const fn has(self, right: Right) -> bool {
        self.0 & right as u16 != 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |right| self.has(*right))
    }
}

impl core::fmt::Display for Rights {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let names: Vec<&str> = self.iter().map(Right::name).collect();
        f.write_str(if names.is_empty() { "none" } else { "" })?;
        f.write_str(&names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ssp(octets: &[u8]) -> Ssp {
        Ssp::bitmap(octets).unwrap()
    }

    #[test]
    fn rights_survive_the_way_through_an_ssp() {
        for bits in 0..512_u16 {
            let some: Vec<Right> =
                (0..9).filter(|bit| bits & (1 << bit) != 0).map(|bit| Right::ALL[bit]).collect();
            let rights = Rights::of(&some);
            assert_eq!(Rights::of_ssp(&ssp(&rights.to_ssp())), Ok(rights));
            assert_eq!(rights.iter().collect::<Vec<_>>(), some);
        }
    }

    #[test]
    fn an_ssp_of_another_version_or_length_or_with_bits_unknown_gives_nothing() {
        for octets in [&[1, 0xff][..], &[2, 0xff, 0], &[1, 0xff, 0, 0], &[1, 0xff, 1], &[1, 0, 0x7f], &[]] {
            assert!(Rights::of_ssp(&ssp(octets)).is_err(), "{octets:?}");
        }
        assert!(Rights::of_ssp(&Ssp::opaque(&[1, 0xff, 0]).unwrap()).is_err());
    }

    #[test]
    fn every_right_has_a_name_and_a_bit_of_its_own() {
        for right in Right::ALL {
            assert_eq!(Right::named(right.name()), Some(right));
            assert_eq!(Rights::of(&[right]).iter().collect::<Vec<_>>(), [right]);
        }
        assert_eq!(Rights::of(&Right::ALL).to_ssp(), [1, 0xff, 0x80]);
        assert_eq!(Rights::of(&[Right::Mission, Right::Flight]).to_string(), "mission, flight");
        assert_eq!(Rights::NONE.to_string(), "none");
    }
}
