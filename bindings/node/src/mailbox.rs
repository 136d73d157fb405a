//! The calls of one JavaScript thread, and how it hears that they go on.
//!
//! Where Node's event loop looks out for them, a call that is alone is carried on the thread itself: to wake another
//! thread, and be woken by it, costs as much as a call's own work. All that is done by then is one text.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::rc::Rc;

use futures_util::future::FutureExt as _;
use napi::bindgen_prelude::{Env, Function, Result};
use napi_derive::napi;
use quhao::{Errand, Guest};
use quhao_node_engine::{Bell, Watch};

/// A thread's mailbox. While a call is under way, it keeps the thread's event loop alive.
#[napi]
pub struct Mailbox(Rc<Desk>);

#[derive(Default)]
struct Desk {
    calls: RefCell<HashMap<u32, Errand>>,
    letters: RefCell<String>,
    /// Until the environment ends.
    guest: RefCell<Option<Guest>>,
    watch: OnceCell<Watch>,
    bell: Bell,
    is_attended: Cell<bool>,
}

type Call = Pin<Box<dyn Future<Output = String>>>;

#[napi]
impl Mailbox {
    /// `on_mail` is called with a JSON list of `[ticket, …what the call ended in]`.
    #[napi(constructor, catch_unwind)]
    pub fn new(env: &Env, on_mail: Function<String, ()>, is_node: bool) -> Result<Self> {
        let desk = Rc::new(Desk::default());
        let (rung, woken, ended) = (Rc::downgrade(&desk), Rc::downgrade(&desk), Rc::downgrade(&desk));
        desk.bell.hang(&on_mail, move |env| {
            let letters = rung.upgrade().map(|desk| desk.turn(env, Guest::turn)).transpose()?;
            Ok(letters.flatten().unwrap_or_else(|| "[]".to_owned()))
        })?;
        let bell = desk.bell.clone();
        if let (true, Ok((guest, descriptor))) = (is_node, Guest::with_connections(move || bell.ring())) {
            *desk.guest.borrow_mut() = Some(guest);
            let env_of_thread = *env;
            let on_event = move || woken.upgrade()?.turn(&env_of_thread, Guest::look).ok().flatten();
            let on_end = move || drop(ended.upgrade().map(|desk| desk.guest.take()));
            if let Some(watch) = Watch::new(env, descriptor, &on_mail, on_event, on_end)? {
                drop(desk.watch.set(watch));
            }
        }
        if desk.watch.get().is_none() {
            let bell = desk.bell.clone();
            *desk.guest.borrow_mut() = Some(Guest::new(move || bell.ring()));
        }
        Ok(Self(desk))
    }

    /// Drops a call and its request: nothing more is sent. Returns what has come in by then.
    #[napi(catch_unwind)]
    pub fn cancel(&self, env: &Env, ticket: u32) -> Result<Option<String>> {
        drop(self.0.calls.borrow_mut().remove(&ticket));
        self.0.turn(env, Guest::turn)
    }
}

impl Mailbox {
    /// Begins a call, which may end at once. Returns what has come in by then.
    pub(crate) fn begin(&self, env: &Env, ticket: u32, call: Call) -> Result<Option<String>> {
        let desk = Rc::downgrade(&self.0);
        let errand = self.0.guest.borrow().as_ref().map(|guest| {
            guest.add(async move {
                let ended = AssertUnwindSafe(call).catch_unwind().await;
                if let Some(desk) = desk.upgrade() {
                    desk.post(ticket, ended.as_deref().unwrap_or("null"));
                }
            })
        });
        self.0.calls.borrow_mut().extend(errand.map(|errand| (ticket, errand)));
        self.0.turn(env, Guest::turn)
    }
}

impl Desk {
    fn turn(&self, env: &Env, turn: fn(&Guest)) -> Result<Option<String>> {
        if let Some(guest) = &*self.guest.borrow() {
            turn(guest);
            self.watch.get().inspect(|watch| watch.wake_at(guest.due()));
        }
        self.attend(env)?;
        let letters = self.letters.take();
        Ok((!letters.is_empty()).then(|| format!("[{letters}]")))
    }

    fn post(&self, ticket: u32, ended: &str) {
        drop(self.calls.borrow_mut().remove(&ticket));
        let mut letters = self.letters.borrow_mut();
        let comma = if letters.is_empty() { "" } else { "," };
        letters.extend([comma, "[", &ticket.to_string(), ",", ended, "]"]);
    }

    /// Keeps the event loop alive as long as something is under way.
    fn attend(&self, env: &Env) -> Result<()> {
        let is_busy = !self.calls.borrow().is_empty();
        if self.is_attended.replace(is_busy) == is_busy { Ok(()) } else { self.bell.keep_alive(env, is_busy) }
    }
}
