//! Primitive types of extension additions, of our own: `rasn` 0.30 drops the constraints of what stands behind an
//! extension marker, and then reads and writes a length where canonical OER has none.

use crate::cdd::macros::{bits, integer_codec};

/// Which function below the application a message is for: 1 is a TLS handshake, 2 and 3 are of ISO 21177.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PduFunctionalType(pub u8);

integer_codec!(PduFunctionalType, u8, rasn::value_constraint!(0, 255));

bits! {
    /// The `flags` of a certificate.
    CertificateFlags(u8) = 8 { USES_CUBK = 0 }
}
