//! Parameters: a few that ground stations look at, with their values.

use mavlink::dialects::ardupilotmega::{MavMessage, MavParamType, PARAM_VALUE_DATA};
use mavlink::types::CharArray;

/// Name, type, value as the wire has it: an integer's bits are in the float (MAVLink, parameter protocol, byte-wise).
#[derive(Clone, Debug)]
pub(crate) struct Parameters(Vec<(&'static str, MavParamType, f32)>);

impl Default for Parameters {
    fn default() -> Self {
        let integer = |value: i32| f32::from_bits(value.cast_unsigned());
        Self(vec![
            ("MIS_TAKEOFF_ALT", MavParamType::MAV_PARAM_TYPE_REAL32, 10.0),
            ("MPC_XY_CRUISE", MavParamType::MAV_PARAM_TYPE_REAL32, 12.0),
            ("RTL_RETURN_ALT", MavParamType::MAV_PARAM_TYPE_REAL32, 30.0),
            ("SYS_AUTOSTART", MavParamType::MAV_PARAM_TYPE_INT32, integer(4001)),
        ])
    }
}

impl Parameters {
    /// The value of a float.
    pub(crate) fn real(&self, name: &str) -> f32 {
        self.0.iter().find(|(known, ..)| *known == name).map_or(0.0, |(_, _, value)| *value)
    }

    pub(crate) fn all(&self) -> Vec<MavMessage> {
        (0..self.0.len()).filter_map(|index| self.message(index)).collect()
    }

    /// By number, or by name where the number is −1.
    pub(crate) fn read(&self, index: i16, name: &str) -> Option<MavMessage> {
        let index = usize::try_from(index).ok().or_else(|| self.position(name))?;
        self.message(index)
    }

    pub(crate) fn set(&mut self, name: &str, value: f32) -> Option<MavMessage> {
        let index = self.position(name)?;
        let (_, kind, kept) = self.0.get_mut(index)?;
        // What is no number is kept out of floats; integers may have any bits.
        if *kind != MavParamType::MAV_PARAM_TYPE_REAL32 || value.is_finite() {
            *kept = value;
        }
        self.message(index)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|(known, ..)| *known == name)
    }

    fn message(&self, index: usize) -> Option<MavMessage> {
        let (name, kind, value) = self.0.get(index)?;
        Some(MavMessage::PARAM_VALUE(PARAM_VALUE_DATA {
            param_value: *value,
            param_count: u16::try_from(self.0.len()).unwrap_or(u16::MAX),
            param_index: u16::try_from(index).unwrap_or(u16::MAX),
            param_id: characters(name),
            param_type: *kind,
        }))
    }
}

fn characters<const N: usize>(text: &str) -> CharArray<N> {
    let mut octets = [0; N];
    octets.iter_mut().zip(text.bytes()).for_each(|(place, octet)| *place = octet);
    CharArray::new(octets)
}
