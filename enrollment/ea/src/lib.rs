//! The enrolment authority of TS 102 941 as a core without I/O.
