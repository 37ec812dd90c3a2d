//! Memory in large pages, where the system has them for the asking.
//!
//! Entries of tables are read at random: with pages of 4 KiB most reads would first walk the page tables. A table of one key
//! is smaller than a large page, so tables of one size share large pages, as [`Block`]s.

use std::alloc::{Layout, alloc, handle_alloc_error};
use std::collections::BTreeMap;
use std::ptr::NonNull;
use std::sync::{Mutex, PoisonError};

/// A large page.
const LARGE: usize = 2 << 20;

/// Values that never change, in large pages which other blocks of the same length share.
///
/// What a dropped block leaves is kept for the next of its length and does not return to the system: a process holds as much
/// as its tables of each size ever took together, rounded up to large pages.
#[derive(Debug)]
pub(crate) struct Block<T: Copy> {
    start: NonNull<T>,
    len: usize,
}

// SAFETY: a block owns its values, and gives them out by shared reference only, as a boxed slice does.
#[expect(unsafe_code, reason = "raw pointers are neither, so that somebody says what the line above says")]
unsafe impl<T: Copy + Send> Send for Block<T> {}
// SAFETY: as above.
#[expect(unsafe_code, reason = "as above")]
unsafe impl<T: Copy + Sync> Sync for Block<T> {}

/// The addresses of memory that no block uses, by the layout of the block.
static FREE: Mutex<BTreeMap<(usize, usize), Vec<Free>>> = Mutex::new(BTreeMap::new());

/// Memory for one block.
struct Free(NonNull<u8>);

// SAFETY: nobody else has the address.
#[expect(unsafe_code, reason = "as for blocks")]
unsafe impl Send for Free {}

impl<T: Copy> Block<T> {
    /// The values of an iterator that gives exactly as many as it says, at least one.
    pub(crate) fn new(values: impl ExactSizeIterator<Item = T>) -> Self {
        let len = values.len();
        let layout = Layout::array::<T>(len).unwrap_or_else(|_| unreachable!("{len} values fit into memory"));
        let start = take(layout).cast::<T>();
        let mut written = 0;
        for value in values.take(len) {
            // SAFETY: the memory has room for `len` values, of which fewer have been written.
            #[expect(unsafe_code, reason = "memory is filled")]
            unsafe {
                start.add(written).write(value);
            }
            written += 1;
        }
        assert_eq!(written, len, "an iterator of exact size");
        Self { start, len }
    }
}

impl<T: Copy> core::ops::Deref for Block<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        // SAFETY: `new` has written so many values, which nobody changes while the block lives.
        #[expect(unsafe_code, reason = "memory that the block owns")]
        unsafe {
            core::slice::from_raw_parts(self.start.as_ptr(), self.len)
        }
    }
}

impl<T: Copy> Drop for Block<T> {
    fn drop(&mut self) {
        let layout = Layout::for_value::<[T]>(self);
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        free.entry((layout.size(), layout.align())).or_default().push(Free(self.start.cast()));
    }
}

/// Memory for a block.
fn take(layout: Layout) -> NonNull<u8> {
    let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    let free = free.entry((layout.size(), layout.align())).or_default();
    if free.is_empty() {
        free.extend(allocate(layout));
    }
    let Some(Free(start)) = free.pop() else { unreachable!("at least one block was allocated") };
    start
}

/// Large pages, cut into blocks: as many pages as leave less than a sixteenth over.
fn allocate(block: Layout) -> impl Iterator<Item = Free> {
    let size = block.size().next_multiple_of(block.align());
    assert!(size > 0, "blocks have values");
    let fits = |pages: &usize| pages * LARGE >= size && pages * LARGE % size <= pages * LARGE / 16;
    let pages = (1..).find(fits).unwrap_or_else(|| unreachable!("some number of pages is a multiple"));
    let all = Layout::from_size_align(pages * LARGE, LARGE)
        .unwrap_or_else(|_| unreachable!("{pages} pages fit into memory"));
    // SAFETY: its size is not zero.
    #[expect(unsafe_code, reason = "memory aligned to large pages")]
    let start = NonNull::new(unsafe { alloc(all) }).unwrap_or_else(|| handle_alloc_error(all));
    advise(start.as_ptr(), all.size());
    (0..all.size() / size).rev().map(move |index| {
        // SAFETY: so many blocks lie inside the memory.
        #[expect(unsafe_code, reason = "memory is cut")]
        Free(unsafe { start.add(index * size) })
    })
}

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

#[test]
fn blocks_hold_their_values_and_leave_their_memory_to_the_next() {
    let block = |value: u32| Block::new((0..1000).map(|index| index * value));
    let (one, two) = (block(1), block(2));
    assert!((0..1000).all(|index| one[index] as usize == index && two[index] as usize == 2 * index));
    let address = one.as_ptr();
    drop(one);
    let three = block(3);
    assert_eq!((three.as_ptr(), three[9], two[9]), (address, 27, 18));
}
