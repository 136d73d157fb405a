//! A request to a provider, as arguments: operation, params, number.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use quhao::ProviderInfo;
use quhao::{Ask, Operation, Params, Secret};

use crate::failure::Failure;
use crate::input;

/// Where the phone's params are.
#[derive(Args, Debug)]
pub(crate) struct ParamsArgs {
    /// File with what the phone's SDK returned, a JSON object or the bare token; - is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    params: PathBuf,
}

impl ParamsArgs {
    pub(crate) fn read(&self) -> Result<Params, Failure> {
        input::params(&self.params)
    }
}

/// The number to check; may be left out where the params carry it.
#[derive(Args)]
pub(crate) struct NumberArgs {
    /// The number to check; left out where the params carry it
    #[arg(long, value_name = "NUMBER", env = "QUHAO_NUMBER", hide_env_values = true)]
    pub(crate) number: Option<String>,
}

/// An operation on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Chosen {
    #[value(alias = "fetch")]
    FetchNumber,
    #[value(alias = "verify")]
    VerifyNumber,
    #[value(alias = "identity")]
    VerifyIdentity,
}

impl Chosen {
    /// The chosen operation, or else the first that the provider has.
    ///
    /// # Errors
    ///
    /// `config` for an operation that the provider does not have.
    pub(crate) fn or_first_of(chosen: Option<Self>, info: &ProviderInfo) -> Result<Operation, Failure> {
        let operation = match chosen {
            Some(Self::FetchNumber) => Operation::FetchNumber,
            Some(Self::VerifyNumber) => Operation::VerifyNumber,
            Some(Self::VerifyIdentity) => Operation::VerifyIdentity,
            None => info.operations.first().copied().unwrap_or(Operation::FetchNumber),
        };
        if info.operations.contains(&operation) {
            return Ok(operation);
        }
        let offered: Vec<_> = info.operations.iter().map(|operation| operation.as_str()).collect();
        Err(Failure::config(
            format!("{} has no {operation}; it has {}", info.id, offered.join(", ")),
            "请换用该厂商提供的操作",
            "ask another operation, or another provider",
        ))
    }
}

/// The question to a provider, in the core's own form.
pub(crate) fn about_params(operation: Operation, params: Params, number: Option<&str>) -> Ask {
    match operation {
        Operation::VerifyNumber => Ask::VerifyNumber { params, number: number.map(Secret::from) },
        _ => Ask::FetchNumber { params },
    }
}
