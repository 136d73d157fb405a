//! The most memory that a cell had resident, by the kernel's own count.

use std::fs;

/// Measures from here on.
pub(crate) struct Watch {
    before_kib: u64,
}

impl Watch {
    /// Resets the kernel's peak to what is resident now.
    ///
    /// # Errors
    ///
    /// If the kernel does not tell.
    pub(crate) fn begin() -> Result<Self, String> {
        if !cfg!(target_os = "linux") {
            return Ok(Self { before_kib: 0 });
        }
        fs::write("/proc/self/clear_refs", "5").map_err(|error| format!("clear_refs: {error}"))?;
        Ok(Self { before_kib: kib("VmRSS:")? })
    }

    /// Compares the peak since then with the allowance.
    ///
    /// # Errors
    ///
    /// If more was resident.
    pub(crate) fn end(self) -> Result<(), String> {
        if !cfg!(target_os = "linux") {
            return Ok(());
        }
        let grown = kib("VmHWM:")?.saturating_sub(self.before_kib);
        if grown <= ALLOWED_KIB {
            return Ok(());
        }
        Err(format!("memory: expected {ALLOWED_KIB} KiB more at most, got {grown}"))
    }
}

fn kib(field: &str) -> Result<u64, String> {
    let status = fs::read_to_string("/proc/self/status").map_err(|error| error.to_string())?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap_or_default();
    line.trim_end_matches("kB").trim().parse().map_err(|_| format!("{field} is not in /proc/self/status"))
}

/// Half of the largest reply and a thirtieth of what the bomb inflates to, yet room for replies at their limit of
/// 1 MiB in every copy that is made of them, four at a time, and for what the allocator keeps.
const ALLOWED_KIB: u64 = 32 << 10;
