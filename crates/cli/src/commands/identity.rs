//! 手机实名认证: do number, name and id card belong together?

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::options::{self, ProviderArgs};
use crate::report::Show;

/// 手机实名认证: tell whether number, name and id card belong together
#[derive(Args)]
#[command(after_help = AFTER, after_long_help = options::help(AFTER))]
pub(crate) struct Identity {
    #[command(flatten)]
    provider: ProviderArgs,
    /// File with {"number": …, "name": …, "id_card": …}; - is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    person: PathBuf,
    #[command(flatten)]
    pub(crate) show: Show,
}

impl Identity {
    pub(crate) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let client = self.provider.client()?;
        let person = input::person(&self.person)?;
        let verification = client.verify_identity(&person.number, &person.name, &person.id_card)?;
        Ok(self.show.verified(out, &verification)?)
    }
}

const AFTER: &str = "Ends with 0 for a match, 1 for a mismatch, 3 where the vendor cannot tell.";
