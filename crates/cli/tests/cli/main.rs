//! The command as its users meet it: arguments, environment, files; output, exit code.

#![expect(clippy::panic, clippy::unwrap_used, reason = "in a test, either is how a check fails")]

mod calls;
mod demo;
mod output;
mod planted;
mod sandbox;
mod support;
mod transcripts;
