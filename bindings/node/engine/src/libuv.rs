//! libuv, as its manual describes it, of the program that runs.
#![expect(unsafe_code, reason = "libuv is C")]

use std::ffi::{CStr, c_int, c_void};
use std::mem::transmute_copy;
use std::sync::OnceLock;

/// `uv_loop_t` and `uv_handle_t`: only their addresses are known here.
pub(crate) type Loop = c_void;
pub(crate) type Handle = c_void;

pub(crate) type OnPoll = unsafe extern "C" fn(*mut Handle, c_int, c_int);
pub(crate) type OnHandle = unsafe extern "C" fn(*mut Handle);

/// `UV_POLL` and `UV_TIMER`, which are the same in every libuv 1.
pub(crate) const POLL: c_int = 8;
pub(crate) const TIMER: c_int = 13;

/// `UV_READABLE`.
pub(crate) const READABLE: c_int = 1;

macro_rules! functions {
    ($($name:ident = $symbol:literal: fn($($of:ty),*) $(-> $to:ty)?;)*) => {
        /// Its functions that are used.
        pub(crate) struct Libuv {
            $(pub(crate) $name: unsafe extern "C" fn($($of),*) $(-> $to)?,)*
        }

        impl Libuv {
            fn find() -> Option<Self> {
                Some(Self {
                    // SAFETY: what has the name of libuv's function has the type of libuv's function.
                    $($name: unsafe { transmute_copy(&symbol($symbol)?) },)*
                })
            }
        }
    };
}

functions! {
    handle_size = c"uv_handle_size": fn(c_int) -> usize;
    set_data = c"uv_handle_set_data": fn(*mut Handle, *mut c_void);
    data = c"uv_handle_get_data": fn(*const Handle) -> *mut c_void;
    close = c"uv_close": fn(*mut Handle, Option<OnHandle>);
    unref = c"uv_unref": fn(*mut Handle);
    poll_init = c"uv_poll_init": fn(*mut Loop, *mut Handle, c_int) -> c_int;
    poll_start = c"uv_poll_start": fn(*mut Handle, c_int, OnPoll) -> c_int;
    timer_init = c"uv_timer_init": fn(*mut Loop, *mut Handle) -> c_int;
    timer_start = c"uv_timer_start": fn(*mut Handle, OnHandle, u64, u64) -> c_int;
    timer_stop = c"uv_timer_stop": fn(*mut Handle) -> c_int;
}

impl Libuv {
    /// libuv, if the program has all that is used of it.
    pub(crate) fn of_this_program() -> Option<&'static Self> {
        static FOUND: OnceLock<Option<Libuv>> = OnceLock::new();
        FOUND.get_or_init(Self::find).as_ref()
    }

    /// Room for a handle.
    pub(crate) fn allocate(&self, kind: c_int) -> *mut Handle {
        Box::into_raw(vec![0_u64; self.words(kind)].into_boxed_slice()).cast()
    }

    /// Undoes [`allocate`](Self::allocate).
    ///
    /// # Safety
    ///
    /// The handle is one of that kind, and libuv is done with it.
    pub(crate) unsafe fn release(&self, handle: *mut Handle, kind: c_int) {
        let room = std::ptr::slice_from_raw_parts_mut(handle.cast::<u64>(), self.words(kind));
        // SAFETY: that is the slice that was allocated.
        drop(unsafe { Box::from_raw(room) });
    }

    fn words(&self, kind: c_int) -> usize {
        // SAFETY: it takes any number.
        unsafe { (self.handle_size)(kind) }.div_ceil(size_of::<u64>())
    }
}

fn symbol(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: the name ends with a nul.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!found.is_null()).then_some(found)
}
