//! What stands behind an extension marker, of our own: `rasn` 0.30 has two faults there.
//!
//! It drops the constraints of an extension addition, and then reads and writes a length where canonical OER has none:
//! the primitive types here bring their own. And it lets an addition share its buffers with the value around it, which
//! garbles an addition that has additions itself: [`Addition`] keeps them apart.

use rasn::types::constraints::{Constraint, Constraints, Extensible, Size};
use rasn::types::{Identifier, Tag};
use rasn::{AsnType, Codec, Decode, Decoder, Encode, Encoder};

use crate::cdd::macros::{bits, integer_codec};

/// Which function below the application a message is for: 1 is a TLS handshake, 2 and 3 are of ISO 21177.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PduFunctionalType(pub u8);

integer_codec!(PduFunctionalType, u8, rasn::value_constraint!(0, 255));

bits! {
    /// The `flags` of a certificate.
    CertificateFlags(u8) = 8 { USES_CUBK = 0 }
}

/// An extension addition whose type has an extension marker of its own. It encodes by itself, and its octets go into
/// the open type as they are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Addition<T>(pub T);

impl<T: AsnType> AsnType for Addition<T> {
    const TAG: Tag = T::TAG;
}

impl<T: Decode> Decode for Addition<T> {
    fn decode_with_tag_and_constraints<D: Decoder>(
        decoder: &mut D,
        tag: Tag,
        constraints: &Constraints,
    ) -> Result<Self, D::Error> {
        T::decode_with_tag_and_constraints(decoder, tag, constraints).map(Self)
    }
}

impl<T: Encode> Encode for Addition<T> {
    fn encode_with_tag_and_constraints<'b, E: Encoder<'b>>(
        &self,
        encoder: &mut E,
        tag: Tag,
        constraints: &Constraints,
        identifier: Identifier,
    ) -> Result<(), E::Error> {
        if encoder.codec() != Codec::Coer {
            return self.0.encode_with_tag_and_constraints(encoder, tag, constraints, identifier);
        }
        let octets =
            rasn::coer::encode(&self.0).map_err(|error| rasn::enc::Error::custom(error, Codec::Coer))?;
        encoder.encode_octet_string(tag, &exactly(octets.len()), &octets, identifier).map(drop)
    }
}

/// The constraint of octets that stand without their length.
const fn exactly(octets: usize) -> Constraints {
    Constraints::new(&[Constraint::Size(Extensible::new(Size::fixed(octets)))])
}
