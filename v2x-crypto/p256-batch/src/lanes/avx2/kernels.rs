//! The programs of [`super::super::limbs29`] as functions.
//!
//! Each reads and writes memory only where its pointers point, and the constants; its assembly is a file that
//! `cargo xtask kernels` makes, and a test holds against the list that made it. They are functions of their own and not
//! inlined: copies would not fit into the instruction cache, and their operands come from memory in any case.

#[cfg(not(any(miri, without_assembly)))]
use core::arch::asm;

use super::super::limbs29::constants;
use super::{Packed, Wide};

/// Four lanes of each constant.
#[repr(align(32))]
struct Constants([[u64; 4]; constants::ALL.len()]);

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
        /// The pointers are good for reading and, where they are `*mut`, for writing.
        #[target_feature(enable = "avx2")]
        #[inline(never)]
        #[expect(unsafe_code, reason = "assembly")]
        pub(super) unsafe fn $name($($pointer: $type),+) {
            // SAFETY: the program reads and writes at its pointers, as many vectors as their types have, which are aligned as
            // vectors, and at the constants; it leaves the stack and the flags alone and names every register that it uses. The
            // machine has AVX2, as who calls this function must know.
            #[cfg(not(any(miri, without_assembly)))]
            unsafe {
                asm!(
                    include_str!($file),
                    $($pointer = in(reg) $pointer,)+
                    constants = in(reg) CONSTANTS.0.as_ptr(),
                    out("ymm0") _, out("ymm1") _, out("ymm2") _, out("ymm3") _,
                    out("ymm4") _, out("ymm5") _, out("ymm6") _, out("ymm7") _,
                    out("ymm8") _, out("ymm9") _, out("ymm10") _, out("ymm11") _,
                    out("ymm12") _, out("ymm13") _, out("ymm14") _, out("ymm15") _,
                    options(nostack, preserves_flags)
                );
            }
            #[cfg(any(miri, without_assembly))]
            unreachable!("without assembly this kernel is not detected, {:?}", ($($pointer,)+));
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
