//! The curves: y² = x³ + a·x + b modulo p, of prime order n, with a generator.

use std::sync::OnceLock;

use crate::comb::Comb;
use crate::inverse::Inverter;
use crate::limbs::{Limbs, from_hex};
use crate::residue::{Modulus, Reduction, Residue};
use crate::table::{KeyTable, Kind, Table, TableSize};

/// A curve whose coordinates have `N` limbs of 64 bits, as many as its scalars. On each, p is above n.
pub(crate) trait Parameters<const N: usize>:
    Copy + core::fmt::Debug + PartialEq + Send + Sync + 'static
{
    /// Modulo p.
    type Field: Modulus<N>;
    /// Modulo n.
    type Order: Modulus<N>;

    /// Its name.
    #[cfg(test)]
    const CURVE: v2x_crypto::Curve;
    /// a.
    const A: Residue<Self::Field, N>;
    /// b.
    const B: Residue<Self::Field, N>;
    /// x and y of the generator.
    const GENERATOR: [Residue<Self::Field, N>; 2];
    /// The combs of keys, by [`TableSize`].
    const COMBS: [Comb; TableSize::ALL.len()];
    /// The comb of the generator. Its table has only to be made once, but a larger one than of some megabytes falls out of all
    /// caches and gains nothing.
    const GENERATOR_COMB: Comb;

    /// Where the generator's table is kept for the process.
    fn generator_table() -> &'static OnceLock<Table<Self, N>>;

    /// The table of a key of this curve; `None` for a key of another.
    fn table_of(key: &KeyTable) -> Option<&Table<Self, N>>;
}

/// Elements of a curve's field.
pub(crate) type Element<C, const N: usize> = Residue<<C as Parameters<N>>::Field, N>;

/// Integers modulo a curve's order.
pub(crate) type Scalar<C, const N: usize> = Residue<<C as Parameters<N>>::Order, N>;

/// A residue in Montgomery form, of hexadecimal digits.
const fn element<M: Modulus<N>, const N: usize>(text: &str) -> Residue<M, N> {
    Residue::montgomery(&from_hex(text))
}

/// A curve and the types of its two moduli.
macro_rules! curve {
    (
        $(#[$doc:meta])*
        $name:ident, $field:ident, $order:ident, limbs: $limbs:literal, signed limbs: $signed:literal,
        p: $p:literal, $reduction:expr,
        n: $n:literal,
        a: $a:literal,
        b: $b:literal,
        x: $x:literal,
        y: $y:literal,
        combs: $combs:expr,
        generator: $generator:expr,
    ) => {
        modulus!($field, $limbs, $signed, $p, $reduction);
        modulus!($order, $limbs, $signed, $n, Reduction::General);

        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub(crate) struct $name;

        impl Parameters<$limbs> for $name {
            type Field = $field;
            type Order = $order;
            #[cfg(test)]
            const CURVE: v2x_crypto::Curve = v2x_crypto::Curve::$name;
            const A: Residue<$field, $limbs> = element($a);
            const B: Residue<$field, $limbs> = element($b);
            const GENERATOR: [Residue<$field, $limbs>; 2] = [element($x), element($y)];
            const COMBS: [Comb; TableSize::ALL.len()] = $combs;
            const GENERATOR_COMB: Comb = $generator;

            fn generator_table() -> &'static OnceLock<Table<Self, $limbs>> {
                static TABLE: OnceLock<Table<$name, $limbs>> = OnceLock::new();
                &TABLE
            }

            fn table_of(key: &KeyTable) -> Option<&Table<Self, $limbs>> {
                if let Kind::$name(table) = key.kind() { Some(table) } else { None }
            }
        }
    };
}

macro_rules! modulus {
    ($name:ident, $limbs:literal, $signed:literal, $value:literal, $reduction:expr) => {
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub(crate) struct $name;

        impl Modulus<$limbs> for $name {
            const VALUE: Limbs<$limbs> = from_hex($value);
            const REDUCTION: Reduction = $reduction;

            fn invert(x: &Limbs<$limbs>) -> Limbs<$limbs> {
                const INVERTER: Inverter<$signed> = Inverter::new(&$name::VALUE);
                INVERTER.invert(x)
            }
        }
    };
}

/// A comb for 256 bits.
const fn comb256(teeth: usize, tables: usize, columns: usize) -> Comb {
    Comb::new(256, teeth, tables, columns)
}

/// A comb for 384 bits.
const fn comb384(teeth: usize, tables: usize, columns: usize) -> Comb {
    Comb::new(384, teeth, tables, columns)
}

/// The teeth say how many points a signature takes, the columns how little memory: with more of them a table is smaller by
/// as much, for two more additions in levels of their own.
const COMBS_256: [Comb; 4] = [comb256(5, 13, 4), comb256(6, 11, 4), comb256(8, 8, 4), comb256(10, 13, 2)];
const COMBS_384: [Comb; 4] = [comb384(5, 13, 6), comb384(6, 11, 6), comb384(8, 8, 6), comb384(10, 13, 3)];

curve! {
    /// P-384 (NIST SP 800-186, clause 3.2.1.4).
    NistP384, P384Field, P384Order, limbs: 6, signed limbs: 7,
    p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff", Reduction::P384,
    n: "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    a: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc",
    b: "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
    x: "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
    y: "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
    combs: COMBS_384,
    generator: comb384(14, 7, 4),
}

curve! {
    /// brainpoolP256r1 (RFC 5639, clause 3.4).
    BrainpoolP256r1, BrainpoolP256Field, BrainpoolP256Order, limbs: 4, signed limbs: 5,
    p: "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377", Reduction::General,
    n: "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
    a: "7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9",
    b: "26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6",
    x: "8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
    y: "547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
    combs: COMBS_256,
    generator: comb256(16, 4, 4),
}

curve! {
    /// brainpoolP384r1 (RFC 5639, clause 3.6).
    BrainpoolP384r1, BrainpoolP384Field, BrainpoolP384Order, limbs: 6, signed limbs: 7,
    p: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53", Reduction::General,
    n: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
    a: "7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826",
    b: "04a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11",
    x: "1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e",
    y: "8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315",
    combs: COMBS_384,
    generator: comb384(14, 7, 4),
}

/// Calls a function that is generic over [`Parameters`] for each curve.
#[cfg(test)]
macro_rules! on_each_curve {
    ($function:ident($($argument:expr),*)) => {{
        $function::<$crate::curves::NistP384, 6>($($argument),*);
        $function::<$crate::curves::BrainpoolP256r1, 4>($($argument),*);
        $function::<$crate::curves::BrainpoolP384r1, 6>($($argument),*);
    }};
}
#[cfg(test)]
pub(crate) use on_each_curve;
