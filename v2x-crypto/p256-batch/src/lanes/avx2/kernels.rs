//! The programs of [`super::super::limbs29`] as functions.
//!
//! Each reads and writes memory only where its pointers point, and the constants; its assembly is a file that
//! `cargo xtask kernels` makes, and a test holds against the list that made it. They are functions without a prologue, so
//! that no compiler makes copies of them: a batch's hundred calls, inlined, would not fit into the instruction cache.

use super::super::limbs29::constants;
use super::{Packed, Wide};

/// Four lanes of each constant.
#[repr(C, align(32))]
#[cfg_attr(any(miri, without_assembly), expect(dead_code, reason = "assembly reads it"))]
struct Constants([[u64; 4]; constants::ALL.len()]);

#[cfg_attr(any(miri, without_assembly), expect(dead_code, reason = "assembly reads it"))]
static CONSTANTS: Constants = Constants({
    let mut lanes = [[0; 4]; constants::ALL.len()];
    let mut index = 0;
    while index < lanes.len() {
        lanes[index] = [constants::ALL[index]; 4];
        index += 1;
    }
    lanes
});

macro_rules! kernels {
    ($($(#[$doc:meta])* $name:ident($file:literal: $($pointer:ident: $type:ty),+);)+) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// The machine has AVX2. The pointers are good for reading and, where they are `*mut`, for writing.
        // The program reads and writes at its pointers, as many vectors as their types have, which are aligned as vectors, and
        // at the constants. It uses vector registers and rax, all of which the ABI lets it change, and no stack.
        #[cfg(not(any(miri, without_assembly)))]
        #[unsafe(naked)]
        pub(super) unsafe extern "sysv64" fn $name($($pointer: $type),+) {
            core::arch::naked_asm!(include_str!($file), constants = sym CONSTANTS)
        }

        $(#[$doc])*
        ///
        /// # Safety
        /// Nobody can call it: without assembly AVX2 is not detected.
        #[cfg(any(miri, without_assembly))]
        pub(super) unsafe extern "sysv64" fn $name($($pointer: $type),+) {
            unreachable!("without assembly: {:?}", ($($pointer,)+))
        }
    )+};
}

kernels! {
    /// `to` = `a`·`b`; `to` may be `a`.
    multiply("multiply.s": to: *mut Wide, a: *const Wide, b: *const Packed);
    /// `to` = `a`².
    square("square.s": to: *mut Wide, a: *const Wide);
    /// `product` = `after` = `product`·`d`.
    forward("forward.s": product: *mut Wide, after: *mut Packed, d: *const Packed);
    /// `d` = `x2` − `x1`; `product` = `after` = `product`·`d`.
    forward_difference("forward_difference.s":
        product: *mut Wide, after: *mut Packed, d: *mut Packed, x2: *const Packed, x1: *const Packed);
    /// `inverse` = `inverse`·(`y2` − `y1`).
    slope("slope.s": inverse: *mut Wide, numerator: *mut Packed, y2: *const Packed, y1: *const Packed);
    /// `x` = `slope`² − 2·`x` − `d`, and `across` = the old `x` less the new one.
    abscissa("abscissa.s": x: *mut Packed, across: *mut Packed, slope: *const Wide, d: *const Packed);
    /// `y` = `slope`·`across` − `y`.
    ordinate("ordinate.s": y: *mut Packed, slope: *const Wide, across: *const Packed);
}
