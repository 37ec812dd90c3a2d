//! Memory in large pages, where the system has them for the asking.
//!
//! Entries of tables are read at random: with pages of 4 KiB most reads would first walk the page tables.

/// An empty vector with room for so many elements, in large pages if it is large and the system agrees.
pub(crate) fn with_capacity<T>(capacity: usize) -> Vec<T> {
    let vector = Vec::with_capacity(capacity);
    advise(vector.as_ptr(), capacity);
    vector
}

/// So many copies of a value, likewise.
pub(crate) fn filled<T: Copy>(value: T, count: usize) -> Vec<T> {
    let mut vector = with_capacity(count);
    vector.resize(count, value);
    vector
}

#[cfg(all(target_os = "linux", not(miri)))]
fn advise<T>(start: *const T, count: usize) {
    const LARGE: usize = 2 << 20;
    let end = start.wrapping_add(count).addr();
    let first = start.cast::<u8>().map_addr(|address| address.next_multiple_of(LARGE));
    let len = end.saturating_sub(first.addr()) / LARGE * LARGE;
    if len > 0 {
        // SAFETY: the range lies inside memory that was just allocated, and the advice changes nothing of what it holds. That it
        // may be declined does not matter.
        #[expect(unsafe_code, reason = "a system call")]
        unsafe {
            libc::madvise(first.cast_mut().cast(), len, libc::MADV_HUGEPAGE);
        }
    }
}

#[cfg(not(all(target_os = "linux", not(miri))))]
fn advise<T>(_: *const T, _: usize) {}

#[test]
fn a_large_vector_holds_what_it_is_filled_with() {
    let vector = filled(7u64, if cfg!(miri) { 10 } else { 1 << 20 });
    assert!(vector.iter().all(|word| *word == 7));
    assert!(filled(1u8, 0).is_empty());
}
