//! What the programs ask for: an app, what its phone returned, and what must come of it.

use std::collections::BTreeMap;

use quhao::{Client, FetchedNumber, Operation, Verification};
use quhao_sandbox::{Carrier, Sandbox};
use serde::{Deserialize, Serialize};

use crate::Failure;

/// One operation of one app, as the programs of all languages read it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Fixture {
    /// Its name: `shanyan-v2`.
    pub(crate) name: String,
    pub(crate) provider: String,
    /// `fetch_number`, `verify_number` or `verify_identity`.
    pub(crate) operation: String,
    /// The app's options without `base_url`; what a client written by hand needs is among them.
    pub(crate) options: BTreeMap<String, String>,
    /// What the phone's SDK returned; empty for `verify_identity`.
    pub(crate) params: BTreeMap<String, String>,
    /// As many phones' as are asked about at the same time: calls with the same token would share one request.
    pub(crate) more_params: Vec<BTreeMap<String, String>>,
    /// The number to verify; for a fetch nothing.
    pub(crate) number: Option<String>,
    pub(crate) name_of_person: Option<String>,
    pub(crate) id_card: Option<String>,
    /// The number fetched, or the verdict: `match`.
    pub(crate) expected: String,
    pub(crate) path: String,
    pub(crate) content_type: String,
    /// A request as quhao makes it, for those who measure the posting of the same bytes.
    pub(crate) body: String,
    /// The gateway's reply to that request.
    pub(crate) reply: String,
    /// The encrypted number in the reply, where there is one.
    pub(crate) ciphertext: Option<String>,
}

impl Fixture {
    pub(crate) fn operation(&self) -> Result<Operation, Failure> {
        Ok(self.operation.parse()?)
    }
}

/// One of them before the sandbox was asked.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    app: &'static str,
    operation: Operation,
    carrier: Carrier,
}

impl Subject {
    /// Mints the phone's params, asks the sandbox and keeps its reply, which the client must read as it should.
    ///
    /// # Errors
    ///
    /// If the sandbox refuses, or its reply does not say what is expected.
    pub(crate) async fn fixture(&self, sandbox: &Sandbox) -> Result<(Fixture, Option<String>), Failure> {
        let provider = sandbox.apps().iter().find(|app| app.name == self.app).ok_or("no such app")?.provider;
        let mut options = sandbox.options(self.app)?;
        let client = Client::new(provider, options.clone())?;
        options.remove("base_url");
        let is_of_person = self.operation == Operation::VerifyIdentity;
        if is_of_person {
            sandbox.add_person(NUMBER, PERSON, ID_CARD);
        }
        let params = if is_of_person { BTreeMap::new() } else { self.params(NUMBER, sandbox)? };
        let number = (self.operation != Operation::FetchNumber).then(|| NUMBER.to_owned());
        let ask = match self.operation {
            Operation::FetchNumber => quhao::Ask::fetch_number(params.clone()),
            Operation::VerifyNumber => quhao::Ask::verify_number(params.clone(), number.as_deref()),
            _ => quhao::Ask::verify_identity(NUMBER, PERSON, ID_CARD),
        };
        let moment = quhao::Moment::now()?;
        let (sent, read) = match self.operation {
            Operation::FetchNumber => {
                let call = client.prepare::<FetchedNumber>(&ask, &moment)?;
                let sent = Sent::post(&call).await?;
                let read = call.read(sent.status, sent.reply.as_bytes())?.number.expose().to_owned();
                (sent, read)
            }
            _ => {
                let call = client.prepare::<Verification>(&ask, &moment)?;
                let sent = Sent::post(&call).await?;
                let read = call.read(sent.status, sent.reply.as_bytes())?.verdict.as_str().to_owned();
                (sent, read)
            }
        };
        let expected = if self.operation == Operation::FetchNumber { NUMBER } else { "match" };
        if read != expected {
            return Err(format!("{}: expected {expected}, got {read}", self.name).into());
        }
        let fixture = Fixture {
            name: self.name.to_owned(),
            provider: provider.to_owned(),
            operation: self.operation.to_string(),
            options,
            more_params: if is_of_person { Vec::new() } else { self.more_params(sandbox)? },
            params,
            number,
            name_of_person: is_of_person.then(|| PERSON.to_owned()),
            id_card: is_of_person.then(|| ID_CARD.to_owned()),
            expected: expected.to_owned(),
            ciphertext: ciphertext(&sent.reply),
            path: sent.path,
            content_type: sent.content_type,
            body: sent.body,
            reply: sent.reply,
        };
        Ok((fixture, sent.request_id))
    }

    /// Gives the params of a fixture a new signature and time, where they have a time that is checked before sending.
    pub(crate) fn renew(&self, fixture: &mut Fixture, sandbox: &Sandbox) -> Result<(), Failure> {
        if fixture.params.contains_key("timestamp") {
            fixture.params = self.params(NUMBER, sandbox)?;
            fixture.more_params = self.more_params(sandbox)?;
        }
        Ok(())
    }

    /// Each of another number: China Mobile gives a number 30 unused tokens in ten minutes.
    fn more_params(&self, sandbox: &Sandbox) -> Result<Vec<BTreeMap<String, String>>, Failure> {
        (0..MORE).map(|at| self.params(&format!("139{at:08}"), sandbox)).collect()
    }

    fn params(&self, number: &str, sandbox: &Sandbox) -> Result<BTreeMap<String, String>, Failure> {
        Ok(sandbox.phone(number, self.carrier)?.params(self.app, self.operation)?)
    }

    pub(crate) const ALL: &[Self] = &[
        Self::new("shanyan-v1", "shanyan", Operation::FetchNumber, Carrier::ChinaTelecom),
        Self::new("shanyan-v1-rsa1024", "shanyan-rsa1024", Operation::FetchNumber, Carrier::ChinaTelecom),
        Self::new("shanyan-v1-rsa2048", "shanyan-rsa2048", Operation::FetchNumber, Carrier::ChinaTelecom),
        Self::new("shanyan-v2", "shanyan-v2", Operation::FetchNumber, Carrier::ChinaTelecom),
        Self::new("shanyan-v2-rsa1024", "shanyan-v2-rsa", Operation::FetchNumber, Carrier::ChinaTelecom),
        Self::new("shanyan-v2-verify", "shanyan-v2", Operation::VerifyNumber, Carrier::ChinaTelecom),
        Self::new("cmcc-login", "cmcc", Operation::FetchNumber, Carrier::ChinaMobile),
        Self::new("cmcc-login-rsa1024", "cmcc-rsa", Operation::FetchNumber, Carrier::ChinaMobile),
        Self::new("cmcc-login-rsa2048", "cmcc-rsa2048", Operation::FetchNumber, Carrier::ChinaMobile),
        Self::new("cmcc-verify", "cmcc", Operation::VerifyNumber, Carrier::ChinaMobile),
        Self::new("yuxin", "yuxin", Operation::VerifyIdentity, Carrier::ChinaMobile),
    ];

    const fn new(name: &'static str, app: &'static str, operation: Operation, carrier: Carrier) -> Self {
        Self { name, app, operation, carrier }
    }
}

/// A request that went to the sandbox, and what came back.
struct Sent {
    path: String,
    content_type: String,
    body: String,
    status: u16,
    reply: String,
    request_id: Option<String>,
}

impl Sent {
    async fn post<T>(call: &quhao::Call<T>) -> Result<Self, Failure> {
        let mut request = reqwest::Client::builder().no_proxy().build()?.post(&call.url).body(call.body.clone());
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let reply = request.send().await?;
        Ok(Self {
            path: reply.url().path().to_owned(),
            content_type: call.headers.get("content-type").cloned().unwrap_or_default(),
            body: call.body.clone(),
            status: reply.status().as_u16(),
            reply: String::from_utf8(reply.bytes().await?.to_vec())?,
            request_id: call.request_id().map(str::to_owned),
        })
    }
}

/// The number in a reply, where it is not in clear.
fn ciphertext(reply: &str) -> Option<String> {
    let reply: serde_json::Value = serde_json::from_str(reply).ok()?;
    let found = reply.pointer("/data/mobileName").or(reply.pointer("/data/mobile")).or(reply.pointer("/msisdn"))?;
    found.as_str().filter(|text| *text != NUMBER).map(str::to_owned)
}

const MORE: usize = 128;
const NUMBER: &str = "13800138000";
const PERSON: &str = "张三";
/// An example of GB 11643-1999.
const ID_CARD: &str = "11010519491231002X";
