//! stub while the sandbox is being written
use crate::exit::Exit;
use crate::failure::Failure;
use clap::Args;
use std::io::Write;
/// Run every documented operation against the built-in sandbox
#[derive(Args)]
pub(crate) struct Demo {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
impl Demo {
    pub(crate) fn run(&self, _out: &mut dyn Write) -> Result<Exit, Failure> {
        Ok(Exit::OTHER)
    }
}
