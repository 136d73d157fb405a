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

    /// Runs `with` on this process's value.
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

/// A value that only the process that built it uses and drops; a forked child leaks it.
#[derive(Debug)]
pub(crate) struct ForkGuard<T> {
    process: Process,
    value: Option<T>,
}

impl<T> ForkGuard<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { process: Process::current(), value: Some(value) }
    }

    /// The value; `None` in a forked child.
    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        self.value.as_mut().filter(|_| self.process.is_current())
    }
}

impl<T> Drop for ForkGuard<T> {
    fn drop(&mut self) {
        if !self.process.is_current() {
            mem::forget(self.value.take());
        }
    }
}

/// A process among its parents and children.
///
/// Process ids repeat: a child in a pid namespace of its own is often 1, as its parent is in another. So a fork handler
/// counts forks besides; the id tells children apart that were made without running it, by a bare `clone`.
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
