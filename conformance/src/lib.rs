//! Vectors, ETSI test purposes by their ids, and interoperability tests.
