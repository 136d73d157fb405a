//! `quhao sandbox` as a process: what it prints is enough to log in with, and it ends on request.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::support::{self, Run, run};

/// Long enough for a busy machine; nothing waits for it where all is well.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running sandbox. Ended by its pid, also where a check fails.
struct Serving {
    child: Child,
    lines: Receiver<String>,
    printed: String,
    url: String,
}

impl Serving {
    fn start(arguments: &[&str]) -> Self {
        let arguments = [&["sandbox"], arguments].concat();
        let mut command = support::command(&arguments, &BTreeMap::new());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut serving = Self { child, lines, printed: String::new(), url: String::new() };
        serving.read_until("Requests as they come:");
        let first = serving.printed.lines().next().unwrap();
        serving.url = first.split([' ', ',']).find(|word| word.starts_with("http")).unwrap().to_owned();
        serving
    }

    /// Reads lines up to the one that has `part`.
    fn read_until(&mut self, part: &str) {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.printed += &format!("{line}\n");
            if line.contains(part) {
                return;
            }
        }
        panic!("no {part} in {}", self.printed);
    }

    /// The variables that it prints for export.
    fn variables(&self) -> BTreeMap<String, String> {
        let exports = self.printed.lines().filter_map(|line| line.strip_prefix("export ")?.split_once('='));
        exports.map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned())).collect()
    }

    fn end(mut self) -> Run {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.printed += &format!("{line}\n");
        }
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let code = self.child.wait().unwrap().code();
        Run { code: code.expect("it ends by itself"), stdout: std::mem::take(&mut self.printed), stderr }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It has ended already unless a check failed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Asks over plain HTTP for what a phone's SDK would return.
fn params_from(url: &str, body: &str) -> String {
    let host = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(
        stream,
        "POST /phone HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{reply}");
    body.to_owned()
}

#[test]
fn what_it_prints_is_enough_to_log_in_with() {
    let mut serving = Serving::start(&[]);
    let variables = serving.variables();
    assert_eq!(variables["QUHAO_PROVIDER"], "shanyan");
    let ask = r#"{"app": "shanyan", "operation": "fetch_number", "number": "13800138000", "carrier": "cmcc"}"#;
    let params = params_from(&serving.url, ask);
    assert_eq!(run(&["fetch"], &variables, &params).code, 0);
    assert_eq!(run(&["fetch"], &variables, &params).code, 17);
    serving.read_until("403000 refused, token seen before: ");
    let printed = serving.end();
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
    let params: BTreeMap<String, String> = serde_json::from_str(&params).unwrap();
    printed.never_shows(["accessToken", "sign"].map(|name| params[name].as_str()));
}

#[test]
fn settings_are_printed_for_every_app_and_language() {
    for app in ["shanyan-rsa2048", "cmcc", "yuxin-sm4-cbc"] {
        let printed = Serving::start(&["--app", app]).end();
        for part in ["# Shell\n", "// Rust\n", "# Python\n", "// Node\n", "// PHP\n", &format!("* {app} ")] {
            assert!(printed.stdout.contains(part), "{part}: {}", printed.stdout);
        }
    }
}

#[test]
fn a_certificate_is_written_where_asked() {
    let path = std::env::temp_dir().join(format!("quhao-cli-{}.pem", std::process::id()));
    let serving = Serving::start(&["--tls", "--ca-file", path.to_str().unwrap()]);
    assert!(serving.url.starts_with("https://"), "{}", serving.url);
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
    assert_eq!(serving.end().code, 0);
    drop(std::fs::remove_file(&path));
}

#[test]
fn a_certificate_that_nobody_asked_for_goes_with_the_sandbox() {
    let serving = Serving::start(&["--tls", "--app", "cmcc"]);
    let path = std::path::PathBuf::from(&serving.variables()["QUHAO_CMCC_CA_CERTIFICATE"]);
    assert!(path.exists(), "{}", path.display());
    assert_eq!(serving.end().code, 0);
    assert!(!path.exists(), "{}", path.display());
}

#[test]
fn a_port_in_use_and_an_unknown_app_are_refused() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for arguments in [&["sandbox", "--port", &port][..], &["sandbox", "--app", "nobody"]] {
        let run = run(arguments, &BTreeMap::new(), "");
        assert_eq!(run.code, 10, "{}", run.stderr);
        assert!(run.stderr.starts_with("error: config: sandbox: "), "{}", run.stderr);
    }
}
