//! stub while the sandbox is being written
use crate::exit::Exit;
use crate::failure::Failure;
use clap::Args;
use std::io::Write;
/// Run the gateways on this machine
#[derive(Args)]
pub(crate) struct Serve {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}
impl Serve {
    pub(crate) fn run(&self, _out: &mut dyn Write) -> Result<Exit, Failure> {
        Ok(Exit::OTHER)
    }
}
