//! The gateways on this machine, for code in any language.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use quhao_sandbox::{Entry, Sandbox};

use crate::exit::Exit;
use crate::failure::Failure;

mod signals;
mod snippets;

/// Run the gateways on this machine, and print settings to paste into your code
#[derive(Args)]
#[command(after_help = AFTER)]
pub(crate) struct Serve {
    /// Port to listen on; a free one if left out
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// Serve HTTPS under a certificate authority of the sandbox's own
    #[arg(long)]
    tls: bool,
    /// Where to write that authority's certificate, PEM
    #[arg(long, value_name = "PATH", requires = "tls")]
    ca_file: Option<PathBuf>,
    /// Whose settings to print
    #[arg(long, value_name = "NAME", default_value = "shanyan")]
    app: String,
}

impl Serve {
    /// Serves until Ctrl-C or a request to terminate.
    ///
    /// # Errors
    ///
    /// `config` for a port in use, an unknown app, or a certificate that cannot be written.
    pub(crate) fn run(&self, out: &mut dyn Write) -> Result<Exit, Failure> {
        // Caught from here on: a signal that came before the settings were printed would leave files behind.
        let end = signals::Signals::caught()?;
        let mut builder = Sandbox::builder().port(self.port).tls(self.tls).log(tell);
        if let Some(path) = &self.ca_file {
            builder = builder.ca_file(path);
        }
        let sandbox = builder.start().map_err(|error| refused(&error))?;
        let settings = snippets::Settings {
            url: sandbox.url(),
            apps: sandbox.apps(),
            app: &self.app,
            options: &sandbox.options(&self.app).map_err(|error| refused(&error))?,
        };
        out.write_all(settings.to_string().as_bytes())?;
        out.flush()?;
        end.wait();
        Ok(Exit::OK)
    }
}

/// Writes one line for a request as it arrives, and below it the strings of a signature that did not verify.
fn tell(entry: &Entry) {
    let mut lines = format!("{entry}\n");
    // The first line of the explanation ends the entry's own.
    for line in entry.explanation.iter().flat_map(|explanation| explanation.lines().skip(1)) {
        lines.push_str(&format!("    {line}\n"));
    }
    // A reader who closed the pipe has seen enough; the gateways go on.
    drop(io::stdout().write_all(lines.as_bytes()).and_then(|()| io::stdout().flush()));
}

fn refused(error: &quhao_sandbox::Error) -> Failure {
    Failure::config(
        format!("sandbox: {error}"),
        "请换用其他端口、应用名或证书路径",
        "choose another port, app or certificate path",
    )
}

const AFTER: &str = "\
Listens on loopback only, until Ctrl-C. The credentials it prints are made up: they open nothing but this sandbox.";
