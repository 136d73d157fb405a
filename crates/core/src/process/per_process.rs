//! Values that belong to the process that built them.

use std::mem;
use std::sync::Arc;

use arc_swap::ArcSwapOption;

/// A value of which each process builds its own, at its first use. No lock: a fork may happen at any moment.
pub(crate) struct PerProcess<T>(ArcSwapOption<(Process, T)>);

impl<T: Default> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self(ArcSwapOption::const_empty())
    }

    /// Runs `with` on this process's value. What a parent built is leaked: its locks may have been held at the fork.
    pub(crate) fn with<R>(&self, with: impl FnOnce(&T) -> R) -> R {
        loop {
            let found = self.0.load_full();
            if let Some(entry) = found.as_ref().filter(|entry| entry.0.is_current()) {
                return with(&entry.1);
            }
            mem::forget(found.clone());
            self.0.compare_and_swap(&found, Some(Arc::new((Process::current(), T::default()))));
        }
    }
}

/// A process among its parents and children.
///
/// Process ids repeat: a child in a pid namespace of its own is often 1, as its parent is in another. So a fork handler
/// counts forks; the id recognises children that were made without it, by a bare `clone`.
#[derive(Clone, Debug)]
pub(crate) struct Process {
    id: u32,
    forks: forkguard::Guard,
}

impl Process {
    pub(crate) fn current() -> Self {
        Self { id: std::process::id(), forks: forkguard::new() }
    }

    pub(crate) fn is_current(&self) -> bool {
        self.id == std::process::id() && !self.forks.clone().detected_fork()
    }
}
