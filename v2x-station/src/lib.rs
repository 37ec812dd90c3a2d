//! The ITS station core: message triggers, GeoNetworking and BTP, ticket pool, reception.
