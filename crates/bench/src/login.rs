//! The logins that are measured, and the file from which the hosts of all languages read them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use quhao::{Client, Operation};
use quhao_sandbox::{Carrier, Sandbox};
use serde::{Deserialize, Serialize};

use crate::Failure;
use crate::gateway::Origins;

/// The file that `QUHAO_BENCH` names.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Setup {
    /// Whether only to prove that every measure runs.
    pub(crate) check: bool,
    pub(crate) origins: Origins,
    /// The file with the certificate that the gateway's TLS has.
    pub(crate) ca: PathBuf,
    /// ShanYan V2: HMAC-SHA256, and the number under AES-128-CBC.
    pub(crate) login: Login,
    /// The params of 100 phones: quhao lets calls with the same token share one request.
    pub(crate) lanes: Vec<Params>,
    /// A file with the params of as many phones as calls are held at the same time.
    pub(crate) held: PathBuf,
    pub(crate) rsa1024: Login,
    pub(crate) rsa2048: Login,
}

/// An app, the params of one phone, and one exchange with its gateway.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Login {
    pub(crate) provider: String,
    /// The client's options without `base_url`.
    pub(crate) options: BTreeMap<String, String>,
    pub(crate) params: Params,
    pub(crate) expected: String,
    pub(crate) path: String,
    pub(crate) content_type: String,
    pub(crate) body: String,
    pub(crate) reply: String,
    /// The encrypted number in the reply.
    pub(crate) ciphertext: String,
}

pub(crate) type Params = BTreeMap<String, String>;

impl Setup {
    /// The setup of the running benchmark.
    pub(crate) fn load() -> Result<Self, Failure> {
        let path = std::env::var_os("QUHAO_BENCH").ok_or("QUHAO_BENCH is not set: see cargo xtask bench")?;
        Ok(serde_json::from_slice(&fs::read(path)?)?)
    }

    /// Writes the file to a folder, with the logins of a sandbox, and starts the gateway.
    pub(crate) fn write(folder: &Path, check: bool) -> Result<(Self, PathBuf), Failure> {
        let sandbox = Sandbox::start()?;
        let login = Login::at(&sandbox, "shanyan-v2", "/data/mobileName")?;
        let calls = if check { 100 } else { 10_000 };
        let phones: Result<Vec<Params>, Failure> = (0..calls)
            .map(|at| params(&sandbox, "shanyan-v2", Carrier::ChinaTelecom, &format!("139{at:08}")))
            .collect();
        let phones = phones?;
        let (origins, certificate) = crate::gateway::start(&login.path, &login.reply, calls)?;
        let setup = Self {
            check,
            origins,
            ca: folder.join("ca.pem"),
            login,
            lanes: phones.iter().take(100).cloned().collect(),
            held: folder.join("held.json"),
            rsa1024: Login::at(&sandbox, "shanyan-v2-rsa", "/data/mobileName")?,
            rsa2048: Login::at(&sandbox, "cmcc-rsa2048", "/msisdn")?,
        };
        fs::create_dir_all(folder)?;
        fs::write(&setup.ca, certificate)?;
        fs::write(&setup.held, serde_json::to_vec(&phones)?)?;
        let path = folder.join("setup.json");
        fs::write(&path, serde_json::to_vec_pretty(&setup)?)?;
        Ok((setup, path))
    }
}

impl Login {
    /// Logs in at the sandbox once; `ciphertext` is the JSON pointer to the number in the reply.
    fn at(sandbox: &Sandbox, app: &str, ciphertext: &str) -> Result<Self, Failure> {
        let known = sandbox.apps().iter().find(|known| known.name == app).ok_or("no such app")?;
        let mut options = sandbox.options(app)?;
        let client = Client::new(known.provider, options.clone())?;
        options.remove("base_url");
        let carrier = if known.provider == "cmcc" { Carrier::ChinaMobile } else { Carrier::ChinaTelecom };
        let params = params(sandbox, app, carrier, NUMBER)?;
        let prepared = client.prepare_fetch_number(params.clone())?;
        let http = reqwest::blocking::Client::builder().no_proxy().build()?;
        let mut request = http.post(&prepared.url).body(prepared.body.clone());
        for (name, value) in &prepared.headers {
            request = request.header(*name, value);
        }
        let response = request.send()?;
        let path = response.url().path().to_owned();
        let reply = response.text()?;
        let ciphertext = serde_json::from_str::<serde_json::Value>(&reply)?
            .pointer(ciphertext)
            .and_then(|number| number.as_str())
            .ok_or_else(|| format!("{app}: expected a number at {ciphertext} of the reply"))?
            .to_owned();
        let login = Self {
            provider: known.provider.to_owned(),
            options,
            params,
            expected: NUMBER.to_owned(),
            path,
            content_type: prepared.headers.get("content-type").cloned().unwrap_or_default(),
            body: prepared.body,
            reply,
            ciphertext,
        };
        login.expect(client.decrypt_number(&login.ciphertext)?.expose())?;
        Ok(login)
    }

    /// A client of the gateway at `origin`.
    pub(crate) fn client(&self, origin: &str, ca: &Path) -> Result<Client, Failure> {
        let mut options = self.options.clone();
        options.insert("base_url".to_owned(), origin.to_owned());
        if origin.starts_with("https:") {
            options.insert("ca_certificate".to_owned(), ca.display().to_string());
        }
        for name in ["timeout_ms", "connect_timeout_ms"] {
            options.insert(name.to_owned(), "60000".to_owned());
        }
        Ok(Client::new(&self.provider, options)?)
    }

    /// A failure unless this is the number: a fast wrong answer must not count.
    pub(crate) fn expect(&self, number: &str) -> Result<(), Failure> {
        if number == self.expected { Ok(()) } else { Err(format!("expected {}, got {number}", self.expected).into()) }
    }
}

fn params(sandbox: &Sandbox, app: &str, carrier: Carrier, number: &str) -> Result<Params, Failure> {
    Ok(sandbox.phone(number, carrier)?.params(app, Operation::FetchNumber)?)
}

const NUMBER: &str = "13800138000";
