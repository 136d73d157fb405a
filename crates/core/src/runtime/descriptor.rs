//! The descriptor by which an event loop can look out for another.

use std::io;

use tokio::runtime::Runtime;

/// Can be read when the runtime's sockets, or whoever wakes it, have something to tell.
///
/// Tokio does not show it, but Linux does: of an epoll descriptor, `/proc` tells what it watches.
///
/// # Errors
///
/// [`io::ErrorKind::Unsupported`] where it is not found.
#[cfg(target_os = "linux")]
pub(super) fn of(runtime: &Runtime) -> io::Result<i32> {
    use std::fs;
    use std::os::fd::AsRawFd as _;
    use std::os::unix::fs::MetadataExt as _;
    use std::os::unix::net::UnixStream;

    let (probe, _other_end) = UnixStream::pair()?;
    probe.set_nonblocking(true)?;
    let (number, inode) = (probe.as_raw_fd(), fs::metadata(format!("/proc/self/fd/{}", probe.as_raw_fd()))?.ino());
    let _inside = runtime.enter();
    let _watched = tokio::net::UnixStream::from_std(probe)?;
    let (number, inode) = (format!("tfd: {number:8} "), format!(" ino:{inode:x} "));
    for entry in fs::read_dir("/proc/self/fd")? {
        let entry = entry?;
        let name = entry.file_name();
        let is_epoll = fs::read_link(entry.path()).is_ok_and(|to| to.as_os_str() == "anon_inode:[eventpoll]");
        let (true, Some(name)) = (is_epoll, name.to_str()) else { continue };
        let told = fs::read_to_string(format!("/proc/self/fdinfo/{name}")).unwrap_or_default();
        if told.lines().any(|line| line.starts_with(&number) && line.contains(&inode))
            && let Ok(found) = name.parse()
        {
            return Ok(found);
        }
    }
    Err(io::ErrorKind::Unsupported.into())
}

/// As on Linux, which alone has it.
#[cfg(not(target_os = "linux"))]
pub(super) fn of(_: &Runtime) -> io::Result<i32> {
    Err(io::ErrorKind::Unsupported.into())
}
