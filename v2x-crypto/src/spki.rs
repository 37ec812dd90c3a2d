//! Public keys as SubjectPublicKeyInfo, for X.509 tools and OpenSSL.

use crate::{
    CryptoError, Curve, PublicKey,
    arithmetic::{Ec, on_curve},
    key_file::EC_PUBLIC_KEY,
};
use alloc::vec::Vec;
use pkcs8::{
    AlgorithmIdentifierRef, ObjectIdentifier, SubjectPublicKeyInfoRef,
    der::{Decode as _, Encode as _, asn1::BitStringRef},
};

const MALFORMED: CryptoError = CryptoError::KeyInfo("the octets are not a SubjectPublicKeyInfo");

impl PublicKey {
    /// SubjectPublicKeyInfo in DER, with the named curve and the point uncompressed (RFC 5480).
    ///
    /// # Errors
    /// [`CryptoError::KeyInfo`] never occurs for a key of this type.
    pub fn to_spki_der(&self) -> Result<Vec<u8>, CryptoError> {
        let oid = on_curve!(self.curve(), oid());
        let algorithm = AlgorithmIdentifierRef { oid: EC_PUBLIC_KEY, parameters: Some((&oid).into()) };
        BitStringRef::from_bytes(self.as_sec1())
            .and_then(|subject_public_key| SubjectPublicKeyInfoRef { algorithm, subject_public_key }.to_der())
            .map_err(|_| CryptoError::KeyInfo("the key cannot be encoded"))
    }

    /// Reads SubjectPublicKeyInfo in strict DER with one of the four curves by name.
    ///
    /// # Errors
    /// [`CryptoError::KeyInfo`] for anything else, explicit curve parameters included; the errors of
    /// [`PublicKey::from_sec1`] for the point.
    pub fn from_spki_der(octets: &[u8]) -> Result<Self, CryptoError> {
        let info = SubjectPublicKeyInfoRef::from_der(octets).map_err(|_| MALFORMED)?;
        let curve = named_curve(&info.algorithm).map_err(CryptoError::KeyInfo)?;
        Self::from_sec1(curve, info.subject_public_key.as_bytes().ok_or(MALFORMED)?)
    }
}

/// The curve of an elliptic curve key, or what is wrong with its algorithm.
pub(crate) fn named_curve(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<Curve, &'static str> {
    if algorithm.oid != EC_PUBLIC_KEY {
        return Err("it is not an elliptic curve key");
    }
    let named = algorithm.parameters_oid().map_err(|_| "its curve is not given by name")?;
    let curve = Curve::ALL.into_iter().find(|curve| on_curve!(*curve, oid()) == named);
    curve.ok_or("its curve is none of the four")
}

fn oid<C: Ec>() -> ObjectIdentifier {
    C::OID
}
