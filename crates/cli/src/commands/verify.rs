//! 本机号校验: is this the SIM's number?

use std::io::Write;

use clap::Args;

use crate::ask::{NumberArgs, ParamsArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::{self, ProviderArgs};
use crate::report::Show;

/// 本机号校验: tell whether a number is the SIM's
#[derive(Args)]
#[command(after_help = AFTER, after_long_help = options::help(AFTER))]
pub(crate) struct Verify {
    #[command(flatten)]
    provider: ProviderArgs,
    #[command(flatten)]
    params: ParamsArgs,
    #[command(flatten)]
    number: NumberArgs,
    #[command(flatten)]
    pub(crate) show: Show,
}

impl Verify {
    pub(crate) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let client = self.provider.client()?;
        let verification = client.verify_number(self.params.read()?, self.number.number.as_deref())?;
        Ok(self.show.verified(out, &verification)?)
    }
}

const AFTER: &str = "\
Ends with 0 for a match, 1 for a mismatch, 3 where the vendor cannot tell. \
The token is spent by the call, whatever comes back.";
