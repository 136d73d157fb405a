//! What a Node add-on needs and napi has not: a descriptor and a time that the event loop looks out for, a bell,
//! and texts that are read at once.
//!
//! Node's event loop is libuv's, on Linux an epoll. libuv is looked up in the running program, because other hosts of
//! Node-API have none.

mod bell;
#[cfg(target_os = "linux")]
mod libuv;
mod text;
#[cfg_attr(not(target_os = "linux"), path = "without.rs")]
mod watch;

pub use bell::Bell;
pub use text::Text;
pub use watch::Watch;
