//! What other threads wake an event loop by.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use napi::Status;
use napi::bindgen_prelude::{Env, Function, Result};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};

/// Rings from any thread; what comes of it is told to a listener on the loop's own.
#[derive(Clone, Default)]
pub struct Bell(Arc<Mutex<Option<Ringer>>>);

type Ringer = ThreadsafeFunction<(), (), String, Status, false, true>;

impl Bell {
    /// Hangs it up: without a listener it is silent.
    ///
    /// # Errors
    ///
    /// Node-API's.
    pub fn hang(
        &self,
        listener: &Function<String, ()>,
        on_ring: impl Fn(&Env) -> Result<String> + 'static,
    ) -> Result<()> {
        let builder = listener.build_threadsafe_function::<()>().callee_handled::<false>().weak::<true>();
        *self.lock() = Some(builder.build_callback(move |context| on_ring(&context.env))?);
        Ok(())
    }

    /// Has the listener told. Several rings may be one.
    pub fn ring(&self) {
        if let Some(ringer) = &*self.lock() {
            ringer.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }

    /// Whether the loop goes on because of it.
    ///
    /// # Errors
    ///
    /// Node-API's.
    #[expect(deprecated, reason = "the alternative would be a bell for each call")]
    pub fn keep_alive(&self, env: &Env, is_kept: bool) -> Result<()> {
        match &mut *self.lock() {
            Some(ringer) if is_kept => ringer.refer(env),
            Some(ringer) => ringer.unref(env),
            None => Ok(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Ringer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
