//! An allocator that searches each block for secrets before the block is freed.
//!
//! It covers the heap of Rust code: allocations of C libraries and the stack are out of its reach.

use std::alloc::{GlobalAlloc, Layout, System};
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

pub(crate) struct LeakCheckAllocator;

/// Searches every block that is freed from now on, by any thread, for `secret`.
///
/// # Panics
///
/// For a secret of fewer than 12 bytes, which chance might produce, or of more than 64; and for the 33rd secret.
pub(crate) fn search_for(name: &'static str, secret: &[u8]) -> Needle {
    assert!((12..=MAX_LEN).contains(&secret.len()), "expected 12 to {MAX_LEN} bytes, got {}", secret.len());
    let slot = USED.fetch_add(1, Ordering::SeqCst);
    assert!(slot < SLOTS, "expected at most {SLOTS} secrets");
    for (place, byte) in secret.iter().enumerate() {
        SECRETS[slot][place].store(byte ^ XOR_MASK, Ordering::SeqCst);
    }
    // Last, since a length activates the slot.
    LENGTHS[slot].store(secret.len(), Ordering::SeqCst);
    Needle { name, slot }
}

/// A secret that is searched for.
pub(crate) struct Needle {
    name: &'static str,
    slot: usize,
}

impl Needle {
    /// Ends the search and returns the call stacks that freed a block with the secret in it.
    pub(crate) fn hits(self) -> Vec<String> {
        LENGTHS[self.slot].store(0, Ordering::SeqCst);
        let hits = HITS.lock().unwrap_or_else(PoisonError::into_inner);
        hits.iter().filter(|(slot, _)| *slot == self.slot).map(|(_, stack)| format!("{}: {stack}", self.name)).collect()
    }
}

#[expect(unsafe_code, reason = "the interface of an allocator is unsafe")]
// SAFETY: memory comes from and goes to the system's allocator, layouts unchanged.
unsafe impl GlobalAlloc for LeakCheckAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeroed, so that every byte of a block may be read later, written or not.
        // SAFETY: the caller's promise about the layout is passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller passes a live block of this layout, and `alloc` has initialised all of it.
        search(unsafe { std::slice::from_raw_parts(block, layout.size()) });
        // SAFETY: the block came from the same allocator with the same layout.
        unsafe { System.dealloc(block, layout) }
    }
}

fn search(block: &[u8]) {
    for slot in 0..USED.load(Ordering::Relaxed).min(SLOTS) {
        let length = LENGTHS[slot].load(Ordering::Relaxed);
        let masked = |place: usize| SECRETS[slot][place].load(Ordering::Relaxed);
        let is_secret = |window: &[u8]| (0..length).all(|place| window[place] ^ XOR_MASK == masked(place));
        if length > 0 && block.len() >= length && block.windows(length).any(is_secret) {
            record(slot);
        }
    }
}

/// Keeps the call stack. What this itself allocates and frees is not searched.
fn record(slot: usize) {
    thread_local!(static RECORDING: Cell<bool> = const { Cell::new(false) });
    // A thread that ends has no thread-local values left; the blocks that it frees then are the standard library's.
    let Ok(false) = RECORDING.try_with(|recording| recording.replace(true)) else { return };
    let stack = Backtrace::force_capture().to_string();
    let relevant =
        stack.lines().filter(|line| line.contains("quhao::") || line.contains("rsa::") || line.contains("bigint"));
    let shown = relevant.take(8).map(str::trim).collect::<Vec<_>>().join(" < ");
    HITS.lock().unwrap_or_else(PoisonError::into_inner).push((slot, shown));
    RECORDING.with(|recording| recording.set(false));
}

const MAX_LEN: usize = 64;
const SLOTS: usize = 32;

/// The secrets are stored masked, or the search would find its own copy.
const XOR_MASK: u8 = 0xa5;

static SECRETS: [[AtomicU8; MAX_LEN]; SLOTS] = [const { [const { AtomicU8::new(0) }; MAX_LEN] }; SLOTS];
static LENGTHS: [AtomicUsize; SLOTS] = [const { AtomicUsize::new(0) }; SLOTS];
static USED: AtomicUsize = AtomicUsize::new(0);
static HITS: Mutex<Vec<(usize, String)>> = Mutex::new(Vec::new());
