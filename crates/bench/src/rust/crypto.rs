//! Keys at work: RSA beside OpenSSL's, and what a login signs and decrypts.

use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use quhao::{Ask, Moment};
use serde_json::json;

use super::tell;
use crate::Failure;
use crate::login::{Login, Setup};

pub(super) fn measure(setup: &Setup, mut openssl: OpenSsl) -> Result<(), Failure> {
    let count = setup.scale(200, 4);
    decrypt(setup, "2048 bits, decrypt", &setup.rsa2048, "decrypt_key", count, &mut openssl)?;
    sign(setup, count, &mut openssl)?;
    decrypt(setup, "1024 bits, decrypt", &setup.rsa1024, "private_key", 2 * count, &mut openssl)?;
    let login = &setup.login;
    let client = login.client(&setup.origins.http, &setup.ca)?;
    let count = setup.scale(20_000, 100);
    let (ours, _) = setup.rounds(
        || {
            mean(count, || {
                black_box(client.prepare_fetch_number(black_box(login.params.clone()))?);
                login.expect(client.decrypt_number(black_box(&login.ciphertext))?.expose())
            })
        },
        || Ok(0.0),
    )?;
    tell("sign a login and open its number, no I/O", "Rust", "", &ours, &[])
}

fn decrypt(
    setup: &Setup,
    part: &str,
    login: &Login,
    key: &str,
    count: usize,
    openssl: &mut OpenSsl,
) -> Result<(), Failure> {
    let client = login.client(&setup.origins.http, &setup.ca)?;
    let job = json!({
        "operation": "decrypt",
        "key": login.options.get(key),
        "input": login.ciphertext,
        "expected": hex(login.expected.as_bytes()),
        "count": count,
    });
    let ours = || mean(count, || login.expect(client.decrypt_number(black_box(&login.ciphertext))?.expose()));
    let (ours, theirs) = setup.rounds(ours, || openssl.timed(&job))?;
    tell("RSA", part, "OpenSSL", &ours, &theirs)
}

/// `SHA256withRSA(appid ‖ token)`, as China Mobile's login demands.
fn sign(setup: &Setup, count: usize, openssl: &mut OpenSsl) -> Result<(), Failure> {
    let login = &setup.rsa2048;
    let client = login.client(&setup.origins.http, &setup.ca)?;
    let (ask, moment) = (Ask::fetch_number(login.params.clone()), Moment::now()?);
    let signature = client.signature(&ask, &moment)?;
    let job = json!({
        "operation": "sign",
        "key": login.options.get("private_key"),
        "input": hex(signature.base.as_bytes()),
        "expected": signature.value.to_lowercase(),
        "count": count,
    });
    let ours = || {
        mean(count, || {
            black_box(client.signature(black_box(&ask), &moment)?);
            Ok(())
        })
    };
    let (ours, theirs) = setup.rounds(ours, || openssl.timed(&job))?;
    tell("RSA", "2048 bits, sign", "OpenSSL", &ours, &theirs)
}

/// Mean microseconds of an operation.
fn mean(count: usize, operation: impl Fn() -> Result<(), Failure>) -> Result<f64, Failure> {
    let begun = Instant::now();
    (0..count).try_for_each(|_| operation())?;
    Ok(begun.elapsed().as_secs_f64() * 1e6 / count as f64)
}

/// OpenSSL behind Python's `cryptography`, in a process that stays.
pub(super) struct OpenSsl {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    version: String,
}

impl OpenSsl {
    /// Starts it with the Python that `QUHAO_BENCH_PYTHON` names.
    pub(super) fn start() -> Result<Self, Failure> {
        let python = std::env::var_os("QUHAO_BENCH_PYTHON").ok_or("QUHAO_BENCH_PYTHON is not set")?;
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("hosts/python/openssl.py");
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

    /// Mean microseconds of a job.
    fn timed(&mut self, job: &serde_json::Value) -> Result<f64, Failure> {
        writeln!(self.stdin.as_mut().ok_or("no stdin")?, "{job}")?;
        Ok(serde_json::from_str(&self.line()?)?)
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        match self.stdout.read_line(&mut line)? {
            0 => Err("OpenSSL's process ended: is Python's package cryptography installed?".into()),
            _ => Ok(line),
        }
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        // It ends when its stdin closes.
        drop(self.stdin.take());
        drop(self.child.wait());
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
