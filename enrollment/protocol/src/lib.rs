//! What stations, EAs and AAs share of TS 102 941: envelopes, request hashes, response codes.
