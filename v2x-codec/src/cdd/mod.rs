//! The common data dictionary, TS 102 894-2: the elements and frames that messages are made of.
//!
//! Names are the dictionary's own, without hyphens. Where release 1 and release 2 have the same element, on the
//! wire and by name, there is one type, found in both [`r1`] and [`r2`]. ASN.1 aliases (`EventZone`,
//! `ItsPduHeaderVam`) are the type that they stand for, and the sub causes of release 2 are plain
//! [`SubCauseCodeType`](r2::SubCauseCodeType)s.

mod common;
pub(crate) mod macros;
pub mod r1;
pub mod r2;
