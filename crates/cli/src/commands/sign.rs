//! The string that a request signs, for comparing with another implementation.

use std::io::Write;

use clap::Args;
use quhao::{Ask, Moment};
use serde_json::json;

use crate::ask::{self, Chosen, NumberArgs, ParamsArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::mask;
use crate::options::{self, ProviderArgs};
use crate::report::{self, Show};

/// Show the string signed and its signature, to compare with another implementation
#[derive(Args)]
#[command(after_help = AFTER, after_long_help = options::help(AFTER))]
pub(crate) struct Sign {
    #[command(flatten)]
    provider: ProviderArgs,
    /// What is asked; the provider's first operation if left out
    #[arg(long, value_name = "OPERATION")]
    operation: Option<Chosen>,
    #[command(flatten)]
    params: ParamsArgs,
    #[command(flatten)]
    number: NumberArgs,
    /// Time of the request, Unix milliseconds; now if left out
    #[arg(long, value_name = "MS")]
    at: Option<u64>,
    /// Random bytes of the request, 32 hex digits; fresh ones if left out
    #[arg(long, value_name = "HEX", value_parser = nonce)]
    nonce: Option<[u8; 16]>,
    #[command(flatten)]
    pub(crate) show: Show,
}

impl Sign {
    pub(crate) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        let operation = Chosen::or_first_of(self.operation, self.provider.info()?)?;
        let client = self.provider.client()?;
        let now = Moment::now()?;
        let moment = Moment::at(self.at.unwrap_or(now.now_ms), self.nonce.unwrap_or(now.nonce));
        let params = self.params.read()?;
        let ask = ask::about_params(operation, params.clone(), self.number.number.as_deref());
        let signature = client.signature(&ask, &moment)?;
        let base = if self.show.reveal {
            signature.base
        } else {
            // The params are signed as they came or as they were repaired.
            let repaired = client.inspect(operation, params.clone(), &moment).params;
            let number = match &ask {
                Ask::VerifyNumber { number: Some(number), .. } => Some(number.expose()),
                _ => None,
            };
            let values = params.fields().chain(repaired.fields()).map(|(_, value)| value);
            mask::values(&signature.base, values.chain(number))
        };
        if self.show.json {
            let value = json!({"algorithm": signature.algorithm, "base": base, "value": signature.value});
            report::write_json(out, &value)?;
        } else {
            writeln!(out, "algorithm  {}\nbase       {base}\nvalue      {}", signature.algorithm, signature.value)?;
        }
        Ok(Exit::OK)
    }
}

fn nonce(hex: &str) -> Result<[u8; 16], String> {
    let wrong = || format!("expected 32 hex digits, got {} characters", hex.chars().count());
    if hex.len() != 32 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    u128::from_str_radix(hex, 16).map(u128::to_be_bytes).map_err(|_| wrong())
}

const AFTER: &str = "\
Long values are shown by their ends (STsi…x9Qz) unless --reveal is given. Where the app's secret is part \
of the string, {app_key} or {app_secret} stands in its place. Nothing is sent.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_32_hex_digits() {
        assert_eq!(
            nonce("000102030405060708090a0B0c0d0e0f"),
            Ok([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
        );
        for bad in [
            "",
            "00",
            "+00102030405060708090a0b0c0d0e0f",
            "zz0102030405060708090a0b0c0d0e0f",
            "字字字字字字字字字字中文",
        ] {
            assert!(nonce(bad).is_err(), "{bad}");
        }
    }
}
