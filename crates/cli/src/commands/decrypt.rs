//! Decryption alone, for those who post the form themselves.

use std::io::Write;
use std::path::Path;

use clap::Args;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::input;
use crate::options::{self, ProviderArgs};
use crate::report::Show;

/// Open a number that the gateway encrypted
#[derive(Args)]
#[command(after_help = AFTER, after_long_help = options::help(AFTER))]
pub(crate) struct Decrypt {
    #[command(flatten)]
    provider: ProviderArgs,
    /// The ciphertext as the reply holds it; - is standard input
    #[arg(value_name = "CIPHERTEXT", allow_hyphen_values = true)]
    ciphertext: String,
    #[command(flatten)]
    pub(crate) show: Show,
}

impl Decrypt {
    pub(crate) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let client = self.provider.client()?;
        let number = match self.ciphertext.as_str() {
            "-" => client.decrypt_number(input::data(Path::new("-"))?.trim_end_matches(['\r', '\n'])),
            ciphertext => client.decrypt_number(ciphertext),
        };
        Ok(self.show.opened(out, &number?)?)
    }
}

const AFTER: &str = "Nothing is sent. A wrong key and a corrupt ciphertext give the same error.";
