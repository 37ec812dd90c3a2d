//! Secret types can neither be printed nor cloned: this module does not compile if one can.

use crate::{AesKey, HedgedSigner, PrivateKey, SharedSecret, ecqv};

/// Fails to compile if the type implements one of the traits, because the path below is then ambiguous.
macro_rules! implements_none_of {
    ($secret:ty: $($forbidden:path),*) => {$(
        const _: fn() = || {
            struct Forbidden;
            trait AmbiguousIf<A> {
                fn check() {}
            }
            impl<T: ?Sized> AmbiguousIf<()> for T {}
            impl<T: ?Sized + $forbidden> AmbiguousIf<Forbidden> for T {}
            let _ = <$secret as AmbiguousIf<_>>::check;
        };
    )*};
}

macro_rules! secret {
    ($($secret:ty),*) => {$(
        implements_none_of!(
            $secret: core::fmt::Debug, core::fmt::Display, core::fmt::LowerHex, Clone, core::hash::Hash
        );
    )*};
}

secret!(PrivateKey, AesKey, SharedSecret, HedgedSigner, ecqv::Contribution, ecqv::Issuance);
