//! Bytes to types and back for IEEE 1609.2, TS 103 097, TS 102 941, GeoNetworking, BTP, CAM, DENM and VAM.
