//! Keys at work: RSA beside OpenSSL's, and what a login signs and opens.

use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use quhao::{Ask, Client, Moment};
use serde_json::json;

use super::{Bench, micros_each, row};
use crate::Failure;
use crate::fixtures::Fixture;

pub(super) fn measure(bench: &Bench, mut openssl: OpenSsl) -> Result<(), Failure> {
    for (name, fixture, count) in [
        ("RSA-2048 decrypt", "shanyan-v1-rsa2048", bench.scale(200, 4)),
        ("RSA-1024 decrypt", "shanyan-v2-rsa1024", bench.scale(400, 8)),
    ] {
        let fixture = bench.fixture(fixture)?;
        let client = fixture.client(&bench.at, false)?;
        let ciphertext = fixture.ciphertext.clone().ok_or("the fixture has no ciphertext")?;
        let job = json!({
            "operation": "decrypt",
            "key": fixture.options.get("private_key"),
            "input": ciphertext,
            "expected": hex(fixture.expected.as_bytes()),
            "count": count,
        });
        let (ours, other) =
            bench.rounds_of(|| opened(&client, &fixture, &ciphertext, count), || openssl.timed(&job))?;
        row(name, Some("OpenSSL"), "us per call", &ours, Some(&other))?;
    }
    sign_rsa(bench, &mut openssl)?;
    alone(bench)
}

/// `SHA256withRSA(appid ‖ token)`, as China Mobile's login asks for it.
fn sign_rsa(bench: &Bench, openssl: &mut OpenSsl) -> Result<(), Failure> {
    let fixture = bench.fixture("cmcc-login-rsa2048")?;
    let client = fixture.client(&bench.at, false)?;
    let ask = Ask::fetch_number(fixture.params.clone());
    let signature = client.signature(&ask, &Moment::now()?)?;
    let count = bench.scale(200, 4);
    let job = json!({
        "operation": "sign",
        "key": fixture.options.get("private_key"),
        "input": hex(signature.base.as_bytes()),
        "expected": signature.value.to_lowercase(),
        "count": count,
    });
    let (ours, other) = bench.rounds_of(|| signed(&client, &ask, count), || openssl.timed(&job))?;
    row("RSA-2048 sign", Some("OpenSSL"), "us per call", &ours, Some(&other))
}

/// What costs a microsecond or less.
fn alone(bench: &Bench) -> Result<(), Failure> {
    let count = bench.scale(20_000, 200);
    let fixture = bench.fixture("shanyan-v1")?;
    let client = fixture.client(&bench.at, false)?;
    let ciphertext = fixture.ciphertext.clone().ok_or("the fixture has no ciphertext")?;
    let opened: Result<Vec<f64>, _> =
        (0..bench.rounds()).map(|_| opened(&client, &fixture, &ciphertext, count)).collect();
    row("rust open, ShanYan V1", None, "us per call", &opened?, None)?;
    for (name, fixture) in [("rust sign, ShanYan V2", "shanyan-v2"), ("rust sign, China Mobile", "cmcc-login")] {
        let fixture = bench.fixture(fixture)?;
        let client = fixture.client(&bench.at, false)?;
        let ask = Ask::fetch_number(fixture.params.clone());
        let took: Result<Vec<f64>, _> = (0..bench.rounds()).map(|_| signed(&client, &ask, count)).collect();
        row(name, None, "us per call", &took?, None)?;
    }
    Ok(())
}

fn opened(client: &Client, fixture: &Fixture, ciphertext: &str, count: usize) -> Result<f64, Failure> {
    fixture.expect(client.decrypt_number(ciphertext)?.expose())?;
    let begun = Instant::now();
    for _ in 0..count {
        black_box(client.decrypt_number(black_box(ciphertext))?);
    }
    Ok(micros_each(begun, count))
}

fn signed(client: &Client, ask: &Ask, count: usize) -> Result<f64, Failure> {
    let moment = Moment::now()?;
    let begun = Instant::now();
    for _ in 0..count {
        black_box(client.signature(black_box(ask), &moment)?);
    }
    Ok(micros_each(begun, count))
}

/// OpenSSL behind Python's `cryptography`, in a process that stays.
pub(super) struct OpenSsl {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    version: String,
}

impl OpenSsl {
    /// Starts it with the Python that `QUHAO_BENCH_OPENSSL` names.
    pub(super) fn start() -> Result<Self, Failure> {
        let python = std::env::var_os("QUHAO_BENCH_OPENSSL").ok_or("QUHAO_BENCH_OPENSSL is not set")?;
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("hosts/openssl/bench.py");
        let mut child = Command::new(python).arg(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().ok_or("no stdout")?);
        let mut openssl = Self { child, stdin, stdout, version: String::new() };
        openssl.version = serde_json::from_str(&openssl.line()?)?;
        Ok(openssl)
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }

    fn timed(&mut self, job: &serde_json::Value) -> Result<f64, Failure> {
        writeln!(self.stdin.as_mut().ok_or("no stdin")?, "{job}")?;
        Ok(serde_json::from_str(&self.line()?)?)
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        match self.stdout.read_line(&mut line)? {
            0 => Err("OpenSSL's process ended: is Python's package cryptography there?".into()),
            _ => Ok(line),
        }
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        // It ends when its stdin does.
        drop(self.stdin.take());
        drop(self.child.wait());
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
