//! The kernels, and what their field elements look like in memory.

use crate::field::Fp;

/// An implementation of the field in which batches are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kernel {
    /// One signature at a time on 64-bit words. On every machine.
    Portable,
    /// Four signatures in a vector, by the 32-bit multiplications of AVX2.
    Avx2,
    /// Eight signatures in a vector, by the 52-bit multiplications of AVX-512 IFMA.
    Avx512Ifma,
}

impl Kernel {
    pub(crate) const COUNT: usize = 3;

    /// All kernels, slowest first, whether this machine has them or not.
    pub const ALL: [Self; Self::COUNT] = [Self::Portable, Self::Avx2, Self::Avx512Ifma];

    /// The fastest kernel that this machine has.
    #[must_use]
    pub fn detect() -> Self {
        Self::ALL.into_iter().rev().find(|kernel| kernel.is_available()).unwrap_or(Self::Portable)
    }

    /// Whether this machine has it.
    #[must_use]
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => crate::lanes::avx2::Avx2::detect().is_some(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Ifma => crate::lanes::ifma::Ifma::detect().is_some(),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 | Self::Avx512Ifma => false,
        }
    }

    /// The power of two in its Montgomery form.
    const fn radix_bits(self) -> usize {
        match self {
            Self::Portable => 256,
            Self::Avx2 => 261,
            Self::Avx512Ifma => 260,
        }
    }

    pub(crate) fn domain(self) -> &'static Domain {
        static DOMAINS: [Domain; Kernel::COUNT] = [
            Domain::new(Kernel::Portable.radix_bits()),
            Domain::new(Kernel::Avx2.radix_bits()),
            Domain::new(Kernel::Avx512Ifma.radix_bits()),
        ];
        &DOMAINS[self as usize]
    }
}

/// A kernel keeps a as a·2^bits mod p, the portable field as a·2^256 mod p: factors from one to the other.
#[derive(Debug)]
pub(crate) struct Domain {
    bits: usize,
    /// Makes the kernel's form out of the portable one.
    pub(crate) from_portable: Fp,
    /// Makes the portable form out of the kernel's.
    pub(crate) to_portable: Fp,
    /// What the kernel's product makes the kernel's form of an integer with.
    pub(crate) from_integer: Fp,
    /// Makes the kernel's form of 1/a out of the portable inverse of a kernel's form: its square.
    pub(crate) after_inversion: Fp,
}

impl Domain {
    const fn new(bits: usize) -> Self {
        Self {
            bits,
            from_portable: Fp::power_of_two(bits - 256),
            to_portable: Fp::inverse_power_of_two(bits - 256),
            from_integer: Fp::power_of_two(2 * bits - 256),
            after_inversion: Fp::power_of_two(2 * (bits - 256)),
        }
    }

    pub(crate) const fn is_portable(&self) -> bool {
        self.bits == 256
    }
}
