//! `quhao-bench`: see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    quhao_bench::main()
}
