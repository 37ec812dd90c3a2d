//! The station's side of TS 102 941: enrolment and authorization as a core without I/O.
