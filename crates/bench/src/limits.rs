//! How many descriptors this process may open.

/// Raises the limit of open descriptors as far as this user may; tells where it is then.
///
/// Ten thousand calls in flight are ten thousand sockets.
pub(crate) fn raise_descriptors() -> u64 {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        // Where it is refused, the old limit holds and is what is told.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
        getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
    }
    #[cfg(not(unix))]
    u64::MAX
}
