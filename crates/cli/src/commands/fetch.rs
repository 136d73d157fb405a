//! 取号 / 一键登录: what the phone's SDK returned → number.

use std::io::Write;

use clap::Args;

use crate::ask::ParamsArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::{self, ProviderArgs};
use crate::report::Show;

/// 取号: turn what the phone's SDK returned into the number
#[derive(Args)]
#[command(after_help = AFTER, after_long_help = options::help(AFTER))]
pub(crate) struct Fetch {
    #[command(flatten)]
    provider: ProviderArgs,
    #[command(flatten)]
    params: ParamsArgs,
    #[command(flatten)]
    pub(crate) show: Show,
}

impl Fetch {
    pub(crate) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let client = self.provider.client()?;
        let fetched = client.fetch_number(self.params.read()?)?;
        Ok(self.show.fetched(out, &fetched)?)
    }
}

const AFTER: &str = "The token is spent by the call, whatever comes back.";
