//! The containers of a CPM, which its ASN.1 leaves open.

use c_its_parser::de::decode_from_uper;
use c_its_parser::en::encode_to_jer_str;
use c_its_parser::standards::cpm_2_1_1::cpm_originating_station_containers::{
    OriginatingRsuContainer, OriginatingVehicleContainer,
};
use c_its_parser::standards::cpm_2_1_1::cpm_perceived_object_container::PerceivedObjectContainer;
use c_its_parser::standards::cpm_2_1_1::cpm_perception_region_container::PerceptionRegionContainer;
use c_its_parser::standards::cpm_2_1_1::cpm_sensor_information_container::SensorInformationContainer;
use serde_json::{Value, json};

use super::{CollectivePerceptionMessage, Service, guarded};
use crate::error::ErrorKind;

/// Puts the fields of each container that is known in the place of its octets.
pub(super) fn open(message: &CollectivePerceptionMessage, fields: &mut Value) {
    let shown = fields.pointer_mut("/payload/cpmContainers").and_then(Value::as_array_mut);
    let containers = &message.payload.cpm_containers.0.0;
    for (shown, container) in shown.into_iter().flatten().zip(containers) {
        let octets = container.container_data.as_bytes();
        if let (Some(data), Some(fields)) =
            (shown.get_mut("containerData"), container_fields(container.container_id.0, octets))
        {
            *data = fields;
        }
    }
}

/// A container as an object with its type as name; none for an id or octets that are not understood.
fn container_fields(id: u8, octets: &[u8]) -> Option<Value> {
    macro_rules! shown {
        ($container:ident) => {{
            let run = || encode_to_jer_str(&decode_from_uper::<$container>(octets)?);
            (stringify!($container), guarded(Service::Cpm, ErrorKind::Unsupported, run))
        }};
    }
    let (name, text) = match id {
        1 => shown!(OriginatingVehicleContainer),
        2 => shown!(OriginatingRsuContainer),
        3 => shown!(SensorInformationContainer),
        4 => shown!(PerceptionRegionContainer),
        5 => shown!(PerceivedObjectContainer),
        _ => return None,
    };
    let fields: Value = serde_json::from_str(&text.ok()?).ok()?;
    Some(json!({ name: fields }))
}
