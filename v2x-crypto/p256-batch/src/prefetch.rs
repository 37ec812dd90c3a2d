//! Asking for memory before it is needed.

/// Asks for the line of memory at an address to be brought into the nearest cache. A hint: no address is wrong, and where the
/// machine knows no such thing, nothing happens.
#[inline(always)]
pub fn prefetch(address: usize) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: SSE is part of x86-64, and a prefetch does not fault, whatever the address.
    #[expect(unsafe_code, reason = "an intrinsic")]
    unsafe {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(core::ptr::without_provenance(address));
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = address;
}
