//! The few shapes that almost every data element has, so that a definition reads like its ASN.1.
//!
//! The types check their own range: a value out of range cannot be built, so encoding cannot fail on one.
//!
//! Each uses its own constraints and not those that `rasn` hands over: for an extension addition, `rasn` 0.30 hands
//! over none.

/// `INTEGER (min..max)`, as a newtype with its named values.
macro_rules! integer {
    ($(#[$doc:meta])* $name:ident($repr:ty) = $min:literal..=$max:literal { $($const:ident = $value:literal),* $(,)? }) => {
        $(#[$doc])*
        #[doc = concat!("\n\nRange ", stringify!($min), " to ", stringify!($max), ".")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($repr);

        #[allow(dead_code, reason = "not every element's whole interface is used here")]
        impl $name {
            /// The smallest value.
            pub const MIN: Self = Self($min);
            /// The largest value, which often means `unavailable`.
            pub const MAX: Self = Self($max);
            $(
                #[doc = concat!("The named value ", stringify!($value), ".")]
                pub const $const: Self = Self($value);
            )*

            /// The element with this value, or nothing when it is out of range.
            #[must_use]
            pub const fn new(value: $repr) -> Option<Self> {
                let wide = value as i64;
                if wide >= $min && wide <= $max { Some(Self(value)) } else { None }
            }

            /// The value, in the unit of the element.
            #[must_use]
            pub const fn value(self) -> $repr {
                self.0
            }

            /// The value nearest to `value` between `low` and `high`.
            pub(crate) fn nearest(value: i64, low: Self, high: Self) -> Self {
                let bounded = value.max(low.0 as i64).min(high.0 as i64);
                <$repr>::try_from(bounded).map_or(high, Self)
            }

            /// Reads the element from a UPER encoding.
            #[inline]
            pub(crate) fn read(
                reader: &mut $crate::uper::BitReader<'_>,
                field: &'static str,
            ) -> Result<Self, $crate::CodecError> {
                const SPAN: u64 = ($max as i64).abs_diff($min as i64);
                let offset = reader.up_to(SPAN, field)?;
                Ok(Self((offset as i64 + $min) as $repr))
            }
        }

        $crate::cdd::macros::integer_codec!($name, $repr, rasn::value_constraint!($min, $max));
    };
}

/// `INTEGER (min..max, ...)`: any value that fits 64 bits, the root ones in fewer bits.
macro_rules! extensible_integer {
    ($(#[$doc:meta])* $name:ident = $min:literal..=$max:literal) => {
        $(#[$doc])*
        #[doc = concat!("\n\nRoot range ", stringify!($min), " to ", stringify!($max), ", extensible.")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        #[allow(dead_code, reason = "only the elements of a CAM are read by hand")]
        impl $name {
            /// Steps over the element in a UPER encoding.
            #[inline]
            pub(crate) fn skip(
                reader: &mut $crate::uper::BitReader<'_>,
                field: &'static str,
            ) -> Result<(), $crate::CodecError> {
                if reader.bit(field)? {
                    reader.skip_integer(field)
                } else {
                    reader.up_to(($max as i64).abs_diff($min as i64), field).map(drop)
                }
            }
        }

        $crate::cdd::macros::integer_codec!($name, i64, rasn::value_constraint!($min, $max, extensible));
    };
}

/// The `rasn` traits of an integer newtype.
macro_rules! integer_codec {
    ($name:ident, $repr:ty, $constraint:expr) => {
        impl rasn::AsnType for $name {
            const TAG: rasn::types::Tag = rasn::types::Tag::INTEGER;
            const CONSTRAINTS: rasn::types::Constraints = rasn::types::Constraints::new(&[$constraint]);
        }

        impl rasn::Decode for $name {
            fn decode_with_tag_and_constraints<D: rasn::Decoder>(
                decoder: &mut D,
                tag: rasn::types::Tag,
                _: &rasn::types::Constraints,
            ) -> Result<Self, D::Error> {
                decoder.decode_integer::<$repr>(tag, &<Self as rasn::AsnType>::CONSTRAINTS).map(Self)
            }
        }

        impl rasn::Encode for $name {
            fn encode_with_tag_and_constraints<'b, E: rasn::Encoder<'b>>(
                &self,
                encoder: &mut E,
                tag: rasn::types::Tag,
                _: &rasn::types::Constraints,
                identifier: rasn::types::Identifier,
            ) -> Result<(), E::Error> {
                encoder
                    .encode_integer(tag, &<Self as rasn::AsnType>::CONSTRAINTS, &self.0, identifier)
                    .map(drop)
            }
        }
    };
}

/// `BIT STRING (SIZE(n))`, with n up to 32, as a set of named bits.
macro_rules! bits {
    ($(#[$doc:meta])* $name:ident($repr:ty) = $size:literal { $($const:ident = $bit:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name($repr);

        impl $name {
            /// How many bits there are.
            pub const SIZE: u32 = $size;
            $(
                #[doc = concat!("Bit ", stringify!($bit), ", counted from the left.")]
                pub const $const: Self = Self(1 << ($size - 1 - $bit));
            )*

            /// The set whose bits, read from the left, are the lowest [`SIZE`](Self::SIZE) bits of `bits`;
            /// nothing when higher ones are set.
            #[must_use]
            pub const fn new(bits: $repr) -> Option<Self> {
                if (bits as u64) >> $size == 0 { Some(Self(bits)) } else { None }
            }

            /// The bits as a number, bit 0 of the ASN.1 being the highest.
            #[must_use]
            pub const fn bits(self) -> $repr {
                self.0
            }

            /// Whether all bits of `other` are set.
            #[must_use]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// Reads the set from a UPER encoding.
            #[allow(dead_code, reason = "only the elements of a CAM are read by hand")]
            #[inline]
            pub(crate) fn read(
                reader: &mut $crate::uper::BitReader<'_>,
                field: &'static str,
            ) -> Result<Self, $crate::CodecError> {
                Ok(Self(reader.bits(Self::SIZE, field)? as $repr))
            }

            /// Both sets together.
            #[must_use]
            pub const fn with(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }

        impl rasn::AsnType for $name {
            const TAG: rasn::types::Tag = rasn::types::Tag::BIT_STRING;
            const CONSTRAINTS: rasn::types::Constraints =
                rasn::types::Constraints::new(&[rasn::size_constraint!($size)]);
        }

        impl rasn::Decode for $name {
            fn decode_with_tag_and_constraints<D: rasn::Decoder>(
                decoder: &mut D,
                tag: rasn::types::Tag,
                _: &rasn::types::Constraints,
            ) -> Result<Self, D::Error> {
                let bits = decoder.decode_bit_string(tag, &<Self as rasn::AsnType>::CONSTRAINTS)?;
                Ok(Self(bits.iter().by_vals().fold(0, |bits, bit| (bits << 1) | <$repr>::from(bit))))
            }
        }

        impl rasn::Encode for $name {
            fn encode_with_tag_and_constraints<'b, E: rasn::Encoder<'b>>(
                &self,
                encoder: &mut E,
                tag: rasn::types::Tag,
                _: &rasn::types::Constraints,
                identifier: rasn::types::Identifier,
            ) -> Result<(), E::Error> {
                let bits: rasn::types::BitString =
                    (0..Self::SIZE).rev().map(|shift| (self.0 >> shift) & 1 == 1).collect();
                encoder.encode_bit_string(tag, &<Self as rasn::AsnType>::CONSTRAINTS, &bits, identifier).map(drop)
            }
        }
    };
}

/// `ENUMERATED`, its values in order and by their ASN.1 names; `extensible` ones list what an extension added.
macro_rules! enumerated {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $identifier:tt),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(rasn::AsnType, rasn::Decode, rasn::Encode, Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[rasn(enumerated)]
        pub enum $name {
            $(
                #[doc = concat!("`", $identifier, "`")]
                #[rasn(identifier = $identifier)]
                $variant,
            )+
        }

        #[allow(dead_code, reason = "only the elements of a CAM are read by hand")]
        impl $name {
            /// Reads the element from a UPER encoding.
            #[inline]
            pub(crate) fn read(
                reader: &mut $crate::uper::BitReader<'_>,
                field: &'static str,
            ) -> Result<Self, $crate::CodecError> {
                reader.pick(&[$(Self::$variant),+], field)
            }
        }
    };
    ($(#[$doc:meta])* extensible $name:ident {
        $($variant:ident = $identifier:tt),+ $(,)?
    } additions { $($added:ident = $added_identifier:tt),* $(,)? }) => {
        $(#[$doc])*
        #[derive(rasn::AsnType, rasn::Decode, rasn::Encode, Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[rasn(enumerated)]
        #[non_exhaustive]
        pub enum $name {
            $(
                #[doc = concat!("`", $identifier, "`")]
                #[rasn(identifier = $identifier)]
                $variant,
            )+
            $(
                #[doc = concat!("`", $added_identifier, "`, an extension addition.")]
                #[rasn(identifier = $added_identifier, extension_addition)]
                $added,
            )*
        }

        #[allow(dead_code, reason = "only the elements of a CAM are read by hand")]
        impl $name {
            /// Reads the element from a UPER encoding; an addition that this edition does not know is refused.
            #[inline]
            pub(crate) fn read(
                reader: &mut $crate::uper::BitReader<'_>,
                field: &'static str,
            ) -> Result<Self, $crate::CodecError> {
                if reader.bit(field)? {
                    reader.pick_addition(&[$(Self::$added),*], field)
                } else {
                    reader.pick(&[$(Self::$variant),+], field)
                }
            }
        }
    };
}

/// `SEQUENCE (SIZE(min..max)) OF`. An extensible one is decoded through boxes, so that a forged quantity reserves
/// a pointer an entry and not the entry.
macro_rules! list {
    ($(#[$doc:meta])* $name:ident($item:ty) = $min:literal..=$max:literal) => {
        $(#[$doc])*
        #[doc = concat!("\n\n", stringify!($min), " to ", stringify!($max), " entries.")]
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub Vec<$item>);

        $crate::cdd::macros::list_codec!($name, rasn::size_constraint!($min, $max));

        impl rasn::Decode for $name {
            fn decode_with_tag_and_constraints<D: rasn::Decoder>(
                decoder: &mut D,
                tag: rasn::types::Tag,
                _: &rasn::types::Constraints,
            ) -> Result<Self, D::Error> {
                decoder.decode_sequence_of::<$item>(tag, &<Self as rasn::AsnType>::CONSTRAINTS).map(Self)
            }
        }
    };
    ($(#[$doc:meta])* extensible $name:ident($item:ty) = $min:literal..=$max:literal) => {
        $(#[$doc])*
        #[doc = concat!("\n\n", stringify!($min), " to ", stringify!($max), " entries, extensible.")]
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub Vec<$item>);

        $crate::cdd::macros::list_codec!($name, rasn::size_constraint!($min, $max, extensible));

        impl rasn::Decode for $name {
            fn decode_with_tag_and_constraints<D: rasn::Decoder>(
                decoder: &mut D,
                tag: rasn::types::Tag,
                _: &rasn::types::Constraints,
            ) -> Result<Self, D::Error> {
                let boxed = decoder.decode_sequence_of::<Box<$item>>(tag, &<Self as rasn::AsnType>::CONSTRAINTS)?;
                Ok(Self(boxed.into_iter().map(|item| *item).collect()))
            }
        }
    };
}

/// What both kinds of list share.
macro_rules! list_codec {
    ($name:ident, $constraint:expr) => {
        impl rasn::AsnType for $name {
            const TAG: rasn::types::Tag = rasn::types::Tag::SEQUENCE;
            const CONSTRAINTS: rasn::types::Constraints = rasn::types::Constraints::new(&[$constraint]);
        }

        impl rasn::Encode for $name {
            fn encode_with_tag_and_constraints<'b, E: rasn::Encoder<'b>>(
                &self,
                encoder: &mut E,
                tag: rasn::types::Tag,
                _: &rasn::types::Constraints,
                identifier: rasn::types::Identifier,
            ) -> Result<(), E::Error> {
                encoder
                    .encode_sequence_of(tag, &self.0, &<Self as rasn::AsnType>::CONSTRAINTS, identifier)
                    .map(drop)
            }
        }
    };
}

pub(crate) use {bits, enumerated, extensible_integer, integer, integer_codec, list, list_codec};
