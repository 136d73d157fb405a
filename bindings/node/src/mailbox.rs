//! The calls of one JavaScript thread, and how it hears that they go on.
//!
//! Waking it costs as much as a call's own work: only the first of several wake-ups rings, and all that is done by then is
//! one text. Preparing and reading take microseconds, and are done on the thread that asked: the I/O thread serves everybody.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use napi::bindgen_prelude::{Function, Result};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::{Env, Status};
use napi_derive::napi;

/// A thread's mailbox. While a call is under way, it keeps the thread's event loop alive.
#[napi]
#[derive(Clone)]
pub struct Mailbox {
    calls: Rc<RefCell<HashMap<u32, Call>>>,
    is_attended: Rc<Cell<bool>>,
    inbox: Arc<Mutex<Inbox>>,
}

type Call = Pin<Box<dyn Future<Output = String>>>;

#[napi]
impl Mailbox {
    /// `on_mail` is called with a JSON list of `[ticket, …what the call ended in]`.
    #[napi(constructor, catch_unwind)]
    pub fn new(on_mail: Function<String, ()>) -> Result<Self> {
        let mailbox = Self { calls: Rc::default(), is_attended: Rc::default(), inbox: Arc::default() };
        let opened = mailbox.clone();
        let builder = on_mail.build_threadsafe_function::<()>().callee_handled::<false>().weak::<true>();
        open(&mailbox.inbox).bell = Some(builder.build_callback(move |context| opened.empty(&context.env))?);
        Ok(mailbox)
    }

    /// Drops a call and its request: nothing more is sent.
    #[napi(catch_unwind)]
    pub fn cancel(&self, env: &Env, ticket: u32) -> Result<()> {
        drop(self.calls.borrow_mut().remove(&ticket));
        self.attend(env)
    }
}

impl Mailbox {
    /// Begins a call, which may end at once.
    pub(crate) fn begin(&self, env: &Env, ticket: u32, call: Call) -> Result<Option<String>> {
        let ended = self.poll(ticket, call);
        self.attend(env)?;
        Ok(ended)
    }

    fn empty(&self, env: &Env) -> Result<String> {
        let woken = std::mem::take(&mut open(&self.inbox).woken);
        let mut letters = String::new();
        for ticket in woken {
            let call = self.calls.borrow_mut().remove(&ticket);
            if let Some(ended) = call.and_then(|call| self.poll(ticket, call)) {
                let comma = if letters.is_empty() { "" } else { "," };
                letters.extend([comma, "[", &ticket.to_string(), ",", &ended, "]"]);
            }
        }
        self.attend(env)?;
        Ok(format!("[{letters}]"))
    }

    fn poll(&self, ticket: u32, mut call: Call) -> Option<String> {
        let waker = Waker::from(Arc::new(Ring { inbox: Arc::clone(&self.inbox), ticket }));
        match catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(&mut Context::from_waker(&waker)))) {
            Ok(Poll::Ready(ended)) => Some(ended),
            Ok(Poll::Pending) => {
                self.calls.borrow_mut().insert(ticket, call);
                None
            }
            Err(_) => Some("null".to_owned()),
        }
    }

    /// Keeps the event loop alive as long as something is under way.
    #[expect(deprecated, reason = "the alternative would be a bell for each call")]
    fn attend(&self, env: &Env) -> Result<()> {
        let is_busy = !self.calls.borrow().is_empty();
        if self.is_attended.replace(is_busy) == is_busy {
            return Ok(());
        }
        match &mut open(&self.inbox).bell {
            Some(bell) if is_busy => bell.refer(env),
            Some(bell) => bell.unref(env),
            None => Ok(()),
        }
    }
}

/// Rings for a call that can go on.
struct Ring {
    inbox: Arc<Mutex<Inbox>>,
    ticket: u32,
}

impl Wake for Ring {
    fn wake(self: Arc<Self>) {
        let mut inbox = open(&self.inbox);
        inbox.woken.push(self.ticket);
        if let (1, Some(bell)) = (inbox.woken.len(), &inbox.bell) {
            bell.call((), ThreadsafeFunctionCallMode::NonBlocking);
        }
    }
}

/// The calls that can go on, and what tells the thread so.
#[derive(Default)]
struct Inbox {
    woken: Vec<u32>,
    bell: Option<ThreadsafeFunction<(), (), String, Status, false, true>>,
}

fn open(inbox: &Mutex<Inbox>) -> MutexGuard<'_, Inbox> {
    inbox.lock().unwrap_or_else(PoisonError::into_inner)
}
