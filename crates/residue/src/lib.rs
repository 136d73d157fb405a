//! An allocator that looks at each block before it is freed, for what should have been wiped from it.
//!
//! It sees the heap of Rust code alone: what C libraries allocate and what lies on the stack are beyond it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::backtrace::Backtrace;
use std::cell::Cell;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// The allocator: `#[global_allocator] static WATCHED: Watched = Watched;`
#[derive(Debug)]
pub struct Watched;

/// Looks for `secret` in every block that is freed from now on, on any thread.
///
/// # Panics
///
/// For a secret of fewer than 12 bytes, which chance might produce, or of more than 64; and for the 33rd secret.
pub fn look_for(name: &'static str, secret: &[u8]) -> Sought {
    assert!((12..=LONGEST).contains(&secret.len()), "expected 12 to {LONGEST} bytes, got {}", secret.len());
    let slot = USED.fetch_add(1, Ordering::SeqCst);
    assert!(slot < SLOTS, "no room for another secret");
    for (place, byte) in secret.iter().enumerate() {
        SECRETS[slot][place].store(byte ^ COVER, Ordering::SeqCst);
    }
    // Last, since a length is what makes the slot count.
    LENGTHS[slot].store(secret.len(), Ordering::SeqCst);
    Sought { name, slot }
}

/// A secret that is looked for.
#[derive(Debug)]
pub struct Sought {
    name: &'static str,
    slot: usize,
}

impl Sought {
    /// The call stacks that freed a block with the secret in it, and ends the search.
    pub fn found(self) -> Vec<String> {
        LENGTHS[self.slot].store(0, Ordering::SeqCst);
        let found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
        found
            .iter()
            .filter(|(slot, _)| *slot == self.slot)
            .map(|(_, stack)| format!("{}: {stack}", self.name))
            .collect()
    }
}

#[expect(unsafe_code, reason = "an allocator's interface is unsafe; see each function")]
// SAFETY: memory comes from and goes to the system's allocator, layouts unchanged.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // Zeroed, so that every byte of a block may be read later, written or not.
        // SAFETY: the caller's promise about the layout is passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller hands over a live block of this layout, and `alloc` has initialised all of it.
        inspect(unsafe { std::slice::from_raw_parts(block, layout.size()) });
        // SAFETY: the block came from the same allocator with the same layout.
        unsafe { System.dealloc(block, layout) }
    }
}

fn inspect(block: &[u8]) {
    for slot in 0..USED.load(Ordering::Relaxed).min(SLOTS) {
        let length = LENGTHS[slot].load(Ordering::Relaxed);
        let covered = |place: usize| SECRETS[slot][place].load(Ordering::Relaxed);
        let is_secret = |window: &[u8]| (0..length).all(|place| window[place] ^ COVER == covered(place));
        if length > 0 && block.len() >= length && block.windows(length).any(is_secret) {
            remember(slot);
        }
    }
}

/// Keeps the call stack; what that itself allocates and frees is not looked at.
fn remember(slot: usize) {
    thread_local!(static INSIDE: Cell<bool> = const { Cell::new(false) });
    // A thread that is ending has none any more; what it frees then is not ours.
    let Ok(false) = INSIDE.try_with(|inside| inside.replace(true)) else { return };
    let stack = Backtrace::force_capture().to_string();
    let ours =
        stack.lines().filter(|line| line.contains("quhao::") || line.contains("rsa::") || line.contains("bigint"));
    let shown = ours.take(8).map(str::trim).collect::<Vec<_>>().join(" < ");
    FOUND.lock().unwrap_or_else(PoisonError::into_inner).push((slot, shown));
    INSIDE.with(|inside| inside.set(false));
}

const LONGEST: usize = 64;
const SLOTS: usize = 32;

/// The secrets are kept covered, or the search would find itself.
const COVER: u8 = 0xa5;

static SECRETS: [[AtomicU8; LONGEST]; SLOTS] = [const { [const { AtomicU8::new(0) }; LONGEST] }; SLOTS];
static LENGTHS: [AtomicUsize; SLOTS] = [const { AtomicUsize::new(0) }; SLOTS];
static USED: AtomicUsize = AtomicUsize::new(0);
static FOUND: Mutex<Vec<(usize, String)>> = Mutex::new(Vec::new());
