//! A descriptor and a time that the event loop looks out for.
#![expect(unsafe_code, reason = "libuv and Node-API are C")]

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;
use std::rc::Rc;
use std::time::{Duration, Instant};

use napi::bindgen_prelude::{Env, Function, JsValue, Result, ToNapiValue};
use napi::{check_status, sys};

use crate::libuv::{Handle, Libuv, Loop, POLL, READABLE, TIMER};

/// Calls back on the event loop's thread when a descriptor can be read, or a time has come. Neither keeps the loop alive.
///
/// It ends with the environment, or when it is dropped.
pub struct Watch(Rc<Watched>);

struct Watched {
    libuv: &'static Libuv,
    poll: *mut Handle,
    timer: *mut Handle,
    /// What the timer is set to.
    due: Cell<Option<Instant>>,
    on_event: Box<dyn Fn() -> Option<String>>,
    on_end: Box<dyn Fn()>,
    listener: Listener,
    /// By which Node waits for the handles to be closed.
    hook: Cell<sys::napi_async_cleanup_hook_handle>,
    is_open: Cell<bool>,
    handles: Cell<u8>,
}

impl Watch {
    /// Watches a descriptor that stays open until `on_end` is called.
    ///
    /// What `on_event` returns is told to the listener. `None` where there is no libuv, or it cannot watch this.
    ///
    /// # Errors
    ///
    /// Node-API's.
    pub fn new(
        env: &Env,
        descriptor: c_int,
        listener: &Function<String, ()>,
        on_event: impl Fn() -> Option<String> + 'static,
        on_end: impl Fn() + 'static,
    ) -> Result<Option<Self>> {
        let Some(libuv) = Libuv::of_this_program() else { return Ok(None) };
        let event_loop = loop_of(env)?;
        let poll = libuv.allocate(POLL);
        // SAFETY: there is room for it, and the loop is that of this thread.
        if unsafe { (libuv.poll_init)(event_loop, poll, descriptor) } != 0 {
            // SAFETY: libuv has refused it.
            unsafe { libuv.release(poll, POLL) };
            return Ok(None);
        }
        let timer = libuv.allocate(TIMER);
        // SAFETY: as above; it never fails.
        unsafe { (libuv.timer_init)(event_loop, timer) };
        let watched = Rc::new(Watched {
            libuv,
            poll,
            timer,
            due: Cell::default(),
            on_event: Box::new(on_event),
            on_end: Box::new(on_end),
            listener: Listener::default(),
            hook: Cell::new(null_mut()),
            is_open: Cell::new(true),
            handles: Cell::new(2),
        });
        for handle in [poll, timer] {
            let data = Rc::into_raw(Rc::clone(&watched));
            // SAFETY: the handle is open; `on_closed` takes the data back.
            unsafe {
                (libuv.set_data)(handle, data.cast_mut().cast());
                (libuv.unref)(handle);
            }
        }
        // From here on, whatever fails, dropping it closes the handles.
        let watch = Self(watched);
        watch.0.listener.open(env, listener)?;
        let (mut hook, data) = (null_mut(), Rc::as_ptr(&watch.0).cast_mut().cast());
        // SAFETY: the data lives until the handles are closed, which takes the hook away.
        check_status!(unsafe { sys::napi_add_async_cleanup_hook(env.raw(), Some(on_cleanup), data, &raw mut hook) })?;
        watch.0.hook.set(hook);
        // SAFETY: the handle is open.
        let started = unsafe { (libuv.poll_start)(poll, READABLE, on_poll) };
        Ok((started == 0).then_some(watch))
    }

    /// Sets the time.
    pub fn wake_at(&self, due: Option<Instant>) {
        let Watched { libuv, timer, is_open, due: set, .. } = &*self.0;
        if set.replace(due) == due || !is_open.get() {
            return;
        }
        match due {
            Some(due) => {
                let left = due.saturating_duration_since(Instant::now()) + Duration::from_micros(999);
                let left_ms = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
                // SAFETY: the handle is open.
                unsafe { (libuv.timer_start)(*timer, on_time, left_ms, 0) };
            }
            // SAFETY: as above.
            None => drop(unsafe { (libuv.timer_stop)(*timer) }),
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Watched {
    fn event(&self) {
        if !self.is_open.get() {
            return;
        }
        // A panic must not go on into C.
        if let Ok(Some(told)) = catch_unwind(AssertUnwindSafe(|| (self.on_event)())) {
            self.listener.tell(&told);
        }
    }

    fn close(&self) {
        if !self.is_open.replace(false) {
            return;
        }
        for handle in [self.poll, self.timer] {
            // SAFETY: the handle is open, and this is its loop's thread.
            unsafe { (self.libuv.close)(handle, Some(on_closed)) };
        }
        self.listener.close();
        (self.on_end)();
    }

    /// Both handles have to be closed before Node goes on to end the environment.
    fn closed_one(&self) {
        self.handles.update(|handles| handles - 1);
        if self.handles.get() == 0 && !self.hook.get().is_null() {
            // SAFETY: the hook was added, and not taken away.
            unsafe { sys::napi_remove_async_cleanup_hook(self.hook.get()) };
        }
    }
}

/// A JavaScript function that is called from the event loop, as Node calls its own.
struct Listener {
    env: Cell<sys::napi_env>,
    function: Cell<sys::napi_ref>,
    context: Cell<sys::napi_async_context>,
}

impl Default for Listener {
    fn default() -> Self {
        Self { env: Cell::new(null_mut()), function: Cell::new(null_mut()), context: Cell::new(null_mut()) }
    }
}

impl Listener {
    fn open(&self, env: &Env, function: &Function<String, ()>) -> Result<()> {
        let (raw, mut reference, mut context) = (env.raw(), null_mut(), null_mut());
        // SAFETY: the environment is this thread's, and the function one of its values.
        check_status!(unsafe { sys::napi_create_reference(raw, function.raw(), 1, &raw mut reference) })?;
        self.env.set(raw);
        self.function.set(reference);
        // SAFETY: as above.
        let name = unsafe { ToNapiValue::to_napi_value(raw, "quhao")? };
        // SAFETY: as above.
        check_status!(unsafe { sys::napi_async_init(raw, null_mut(), name, &raw mut context) })?;
        self.context.set(context);
        Ok(())
    }

    /// Calls it, and then whatever became due by it. What it throws is uncaught.
    fn tell(&self, text: &str) {
        let env = self.env.get();
        let mut scope = null_mut();
        // SAFETY: the environment has not ended, because the handles have not been closed.
        unsafe {
            if sys::napi_open_handle_scope(env, &raw mut scope) != sys::Status::napi_ok {
                return;
            }
            let (mut function, mut global, mut returned) = (null_mut(), null_mut(), null_mut());
            sys::napi_get_reference_value(env, self.function.get(), &raw mut function);
            sys::napi_get_global(env, &raw mut global);
            if let Ok(text) = ToNapiValue::to_napi_value(env, text) {
                let context = self.context.get();
                let status =
                    sys::napi_make_callback(env, context, global, function, 1, &raw const text, &raw mut returned);
                if status == sys::Status::napi_pending_exception {
                    let mut thrown = null_mut();
                    sys::napi_get_and_clear_last_exception(env, &raw mut thrown);
                    sys::napi_fatal_exception(env, thrown);
                }
            }
            sys::napi_close_handle_scope(env, scope);
        }
    }

    fn close(&self) {
        let (env, function, context) = (self.env.get(), self.function.get(), self.context.get());
        // SAFETY: the environment has not ended; each was made in it, and is given up once.
        unsafe {
            if !function.is_null() {
                sys::napi_delete_reference(env, function);
            }
            if !context.is_null() {
                sys::napi_async_destroy(env, context);
            }
        }
    }
}

fn loop_of(env: &Env) -> Result<*mut Loop> {
    let mut event_loop = null_mut();
    // SAFETY: the environment is this thread's.
    check_status!(unsafe { sys::napi_get_uv_event_loop(env.raw(), &raw mut event_loop) })?;
    Ok(event_loop.cast())
}

unsafe extern "C" fn on_poll(handle: *mut Handle, _status: c_int, _events: c_int) {
    // SAFETY: libuv calls back with a handle of ours that is open.
    unsafe { watched(handle) }.event();
}

unsafe extern "C" fn on_time(handle: *mut Handle) {
    // SAFETY: as above.
    let watched = unsafe { watched(handle) };
    watched.due.set(None);
    watched.event();
}

unsafe extern "C" fn on_cleanup(_: sys::napi_async_cleanup_hook_handle, data: *mut c_void) {
    // SAFETY: the hook is taken away before the data goes.
    let watched = unsafe { &*data.cast_const().cast::<Watched>() };
    watched.close();
}

unsafe extern "C" fn on_closed(handle: *mut Handle) {
    // SAFETY: its data is taken back here, and nowhere else.
    let watched = unsafe { watched(handle) };
    // SAFETY: as above.
    unsafe { Rc::decrement_strong_count(Rc::as_ptr(&watched)) };
    let kind = if std::ptr::eq(handle, watched.timer) { TIMER } else { POLL };
    // SAFETY: libuv is done with it.
    unsafe { watched.libuv.release(handle, kind) };
    watched.closed_one();
}

/// Of a handle.
///
/// # Safety
///
/// The handle is ours, and has not been released.
unsafe fn watched(handle: *mut Handle) -> Rc<Watched> {
    let Some(libuv) = Libuv::of_this_program() else { unreachable!("the handle is libuv's") };
    // SAFETY: its data is one that `Rc::into_raw` gave, and has been counted for this handle.
    unsafe {
        let data = (libuv.data)(handle).cast_const().cast::<Watched>();
        Rc::increment_strong_count(data);
        Rc::from_raw(data)
    }
}
