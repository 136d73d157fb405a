//! Secrets are planted in every operation, every outcome is brought about, and all output is searched.
//!
//! Output is everything that can be printed without asking for a secret: answers, errors and their causes, events, clients, calls,
//! the sandbox's ledger, and every record of every crate at trace level, those of hyper and rustls included.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod echo;
mod recorder;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt::{Debug, Write as _};
use std::net::TcpListener;
use std::sync::{Mutex, PoisonError};

use quhao::blocking::Client;
use quhao::{Ask, Error, Meaning, Moment, Operation, Outcome, Params};
use quhao_sandbox::{App, Carrier, Failure, Fault, Sandbox};

use crate::recorder::{RECORDS, record_everything};

const NUMBER: &str = "13912345678";
const OTHER_NUMBER: &str = "13987654321";
const NAME: &str = "欧阳密密";
const ID_CARD: &str = "11010519491231002X";

/// Compiles only while none of these is `Serialize`: with it, both implementations fit, and which is meant is unclear.
const _: () = {
    trait Unserialisable<A> {
        fn holds() {}
    }
    struct Serialisable;
    impl<T: ?Sized> Unserialisable<()> for T {}
    impl<T: ?Sized + serde::Serialize> Unserialisable<Serialisable> for T {}
    let _ = <quhao::Client as Unserialisable<_>>::holds;
    let _ = <Client as Unserialisable<_>>::holds;
    let _ = <quhao::Secret as Unserialisable<_>>::holds;
    let _ = <quhao::PhoneNumber as Unserialisable<_>>::holds;
    let _ = <Params as Unserialisable<_>>::holds;
    let _ = <Ask as Unserialisable<_>>::holds;
    let _ = <Error as Unserialisable<_>>::holds;
    let _ = <Outcome as Unserialisable<_>>::holds;
    let _ = <quhao::Call<Outcome> as Unserialisable<_>>::holds;
    let _ = <quhao::Signature as Unserialisable<_>>::holds;
};

#[test]
fn a_success_tells_no_secret() {
    for_each_subject(|planted| {
        let answer = planted.call(&[]);
        assert!(answer.is_ok(), "{:?}: {answer:?}", planted.app);
        planted.tell_holders();
    });
}

#[test]
fn no_fault_tells_a_secret_of_shanyans() {
    every_fault("shanyan");
}

#[test]
fn no_fault_tells_a_secret_of_china_mobiles() {
    every_fault("cmcc");
}

#[test]
fn no_fault_tells_a_secret_of_yuxins() {
    every_fault("yuxin");
}

/// A test for each provider, since each fault that stalls takes its time.
fn every_fault(provider: &str) {
    for_each_subject(|planted| {
        for fault in Fault::ALL.iter().filter(|_| planted.app.provider == provider) {
            let fault = if let Fault::Restart(_) = fault { Fault::Restart(1) } else { *fault };
            planted.sandbox.fail_next(fault);
            drop(planted.call(&[("timeout_ms", "50")]));
        }
    });
}

#[test]
fn no_unreachable_gateway_or_proxy_tells_a_secret() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = format!("http://127.0.0.1:{port}");
    let proxy = format!("http://user:PLANTEDPASSWORD@127.0.0.1:{port}");
    for_each_subject(|planted| {
        planted.call(&[("base_url", &nobody)]).unwrap_err();
        planted.call(&[("base_url", "https://no-such-host.invalid"), ("timeout_ms", "1000")]).unwrap_err();
        planted.call(&[("base_url", &planted.sandbox.url().replace("http:", "https:"))]).unwrap_err();
        planted.call(&[("proxy", &proxy), ("base_url", "https://gateway.example")]).unwrap_err();
        assert!(!planted.told().contains("PLANTEDPASSWORD"), "the proxy's password is told");
    });
}

/// The gateway repeats in its words whatever it was sent.
#[test]
fn no_refusal_tells_a_secret() {
    for_each_subject(|planted| {
        let info = quhao::provider(planted.app.provider).unwrap();
        let said = format!("号码{NUMBER}，证件{ID_CARD}，token={}", planted.token());
        for row in info.codes().filter(|row| matches!(row.meaning, Meaning::Failure(_))) {
            planted.sandbox.fail_next(Failure::code(row.code).saying(said.clone()));
            drop(planted.call(&[]));
        }
        for undocumented in ["777777", NUMBER, ID_CARD] {
            planted.sandbox.fail_next(Failure::code(undocumented).saying(said.clone()));
            planted.call(&[]).unwrap_err();
        }
    });
}

#[test]
fn no_refusal_before_sending_tells_a_secret() {
    for_each_subject(|planted| {
        let Some(params) = planted.params() else {
            for (number, name, id_card) in [
                ("139123456789", NAME, ID_CARD),
                (NUMBER, "\u{7}欧阳密密", ID_CARD),
                (NUMBER, NAME, "110105194912310021"),
            ] {
                planted.ask(Ask::verify_identity(number, name, id_card), &[]).unwrap_err();
            }
            return;
        };
        let damages: [fn(&str) -> Option<String>; 6] = [
            |_| None,
            |value| Some(value[..value.len() / 2].to_owned()),
            |value| Some(format!("{value}\u{7}")),
            |value| Some(format!("{value}...")),
            |value| Some(value.replace(['+', 'a'], " ")),
            |_| Some(NUMBER.to_owned()),
        ];
        for name in params.keys() {
            for damage in damages {
                let mut damaged = params.clone();
                match damage(&params[name]) {
                    Some(value) => damaged.insert(name.clone(), value),
                    None => damaged.remove(name),
                };
                drop(planted.about(damaged.into()));
            }
        }
        // A back end that took the raw token for a form's body has it as a name without a value.
        drop(planted.about(Params::from([(planted.token(), String::new())])));
        let mut extra = params.clone();
        extra.insert(planted.token(), String::new());
        drop(planted.about(extra.into()));
        for wrong in [OTHER_NUMBER, "139123456789", "+8613912345678"] {
            drop(planted.ask(Ask::verify_number(params.clone(), Some(wrong)), &[]));
        }
    });
}

#[test]
fn no_refused_configuration_tells_a_secret() {
    for_each_subject(|planted| {
        let options = planted.options();
        for (name, value) in &options {
            for damaged in
                [format!("{value} x"), value[..value.len() / 2].to_owned(), format!("{value}\u{7}"), String::new()]
            {
                let mut given = options.clone();
                given.insert(name.clone(), damaged);
                planted.tell_of(&Client::new(planted.app.provider, given));
            }
            // The value where the name belongs: a typed name is shown, as long as it may be one.
            if value.len() <= 24 {
                continue;
            }
            let mut given = options.clone();
            given.insert(value.clone(), name.clone());
            planted.tell_of(&Client::new(planted.app.provider, given));
            planted.tell_of(&Client::new(value, options.clone()));
        }
    });
}

/// One app and operation, with secrets in every place that takes one.
struct Planted {
    sandbox: Sandbox,
    app: App,
    operation: Operation,
    told: Mutex<String>,
    tokens: Mutex<Vec<String>>,
}

/// Runs for every app and operation of the sandbox, and searches the output.
fn for_each_subject(bring_about: impl Fn(&Planted)) {
    record_everything();
    let mut subjects = 0;
    for app in Sandbox::start().unwrap().apps() {
        for operation in app.operations() {
            let sandbox = Sandbox::start().unwrap();
            sandbox.add_person(NUMBER, NAME, ID_CARD);
            let planted =
                Planted { sandbox, app: *app, operation: *operation, told: Mutex::default(), tokens: Mutex::default() };
            bring_about(&planted);
            planted.search();
            subjects += 1;
        }
    }
    assert!(subjects >= 20, "only {subjects} subjects");
}

impl Planted {
    fn options(&self) -> BTreeMap<String, String> {
        self.sandbox.options(self.app.name).unwrap()
    }

    fn client(&self, more: &[(&str, &str)]) -> Client {
        let mut options = self.options();
        options.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Client::new(self.app.provider, options).unwrap()
    }

    /// A phone's params, each time under a fresh token; nothing for `verify_identity`.
    fn params(&self) -> Option<BTreeMap<String, String>> {
        if self.operation == Operation::VerifyIdentity {
            return None;
        }
        let phone = self.sandbox.phone(NUMBER, Carrier::ChinaMobile).unwrap();
        let params = phone.params(self.app.name, self.operation).unwrap();
        let token = |name: &&str| params.get(*name).cloned();
        self.tokens.lock().unwrap().extend(["token", "accessToken", "accessCode"].iter().filter_map(token));
        Some(params)
    }

    fn token(&self) -> String {
        match self.params() {
            Some(_) => self.tokens.lock().unwrap().last().unwrap().clone(),
            None => self.options()["token"].clone(),
        }
    }

    fn call(&self, more: &[(&str, &str)]) -> Result<Outcome, Error> {
        match self.params() {
            Some(params) => self.ask(self.question(params.into()), more),
            None => self.ask(Ask::verify_identity(NUMBER, NAME, ID_CARD), more),
        }
    }

    fn about(&self, params: Params) -> Result<Outcome, Error> {
        let client = self.client(&[]);
        let inspection = client.inspect(self.operation, &params, &Moment::now().unwrap());
        self.tell(&inspection);
        inspection.findings.iter().for_each(|finding| self.print(&finding.to_string()));
        self.ask(self.question(params), &[])
    }

    fn question(&self, params: Params) -> Ask {
        match self.operation {
            Operation::VerifyNumber => Ask::verify_number(params, Some(NUMBER)),
            _ => Ask::fetch_number(params),
        }
    }

    /// Calls, and prints request, answer and event.
    fn ask(&self, ask: Ask, more: &[(&str, &str)]) -> Result<Outcome, Error> {
        let client = self.client(more);
        self.tell(&ask);
        self.tell(&client);
        let (answer, event) = client.call_with_event::<Outcome>(ask);
        self.tell(&event);
        self.tell_of(&answer);
        answer
    }

    /// The calls, signatures and clients that hold the secrets.
    fn tell_holders(&self) {
        let client = self.client(&[]);
        let ask =
            self.params().map_or(Ask::verify_identity(NUMBER, NAME, ID_CARD), |params| self.question(params.into()));
        let call = client.prepare::<Outcome>(&ask, &Moment::now().unwrap()).unwrap();
        assert!(call.body.len() > 20);
        self.tell(&call);
        self.tell_of(&client.signature(&ask, &Moment::now().unwrap()));
        self.tell_of(&call.read(200, format!(r#"{{"code":"{NUMBER}","{NUMBER}":"{ID_CARD}"}}"#).as_bytes()));
    }

    fn tell_of<T: Debug>(&self, answer: &Result<T, Error>) {
        self.tell(answer);
        let Err(error) = answer else { return };
        self.print(&format!("{error} {} {} {:?}", error.message(), error.hint(), error.vendor_code()));
        let mut source = error.source();
        while let Some(cause) = source {
            self.print(&format!("{cause} {cause:?} {cause:#?}"));
            source = cause.source();
        }
    }

    fn tell(&self, value: &impl Debug) {
        self.print(&format!("{value:?}\n{value:#?}"));
    }

    fn print(&self, text: &str) {
        writeln!(self.told.lock().unwrap(), "{text}").unwrap();
    }

    fn told(&self) -> String {
        let mut told = self.told.lock().unwrap().clone();
        for entry in self.sandbox.ledger() {
            write!(told, "{entry}\n{entry:?}\n{}\n", serde_json::to_string(&entry).unwrap()).unwrap();
        }
        told
    }

    fn search(&self) {
        let told = self.told();
        let logged = RECORDS.lock().unwrap_or_else(PoisonError::into_inner);
        for secret in self.secrets() {
            for form in forms(&secret) {
                for (where_from, text) in [("what is told", &told), ("the log", &*logged)] {
                    let at = text.find(&form);
                    assert!(
                        at.is_none(),
                        "{:?} {}: {form:?} is in {where_from}: {:?}",
                        self.app,
                        self.operation,
                        near(text, at)
                    );
                }
            }
        }
    }

    /// Everything that was planted, and of a key in PEM a line from its middle.
    fn secrets(&self) -> Vec<String> {
        let mut secrets = vec![NUMBER.to_owned(), OTHER_NUMBER.to_owned(), NAME.to_owned(), ID_CARD.to_owned()];
        secrets.extend(self.tokens.lock().unwrap().iter().cloned());
        for (name, value) in self.options() {
            if ["app_key", "app_secret", "key", "token"].contains(&name.as_str()) {
                secrets.push(value);
            } else if ["private_key", "decrypt_key"].contains(&name.as_str()) {
                let line = value.lines().map(str::trim).filter(|line| !line.starts_with("--")).nth(1);
                secrets.push(line.map_or_else(|| value.trim()[64..128].to_owned(), str::to_owned));
            }
        }
        secrets
    }
}

/// How a secret may look where bytes are printed, in a form, or escaped.
fn forms(secret: &str) -> Vec<String> {
    let bytes: Vec<String> = secret.bytes().map(|byte| byte.to_string()).collect();
    let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut forms = vec![secret.to_owned(), encoded, bytes.join(", "), hex.to_uppercase(), hex];
    forms.push(secret.escape_default().to_string());
    forms.push(secret.as_bytes().escape_ascii().to_string());
    forms
}

fn near(text: &str, at: Option<usize>) -> String {
    let at = at.unwrap_or_default();
    let begin = (at.saturating_sub(200)..=at).find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    text[begin..].chars().take(400).collect()
}

#[test]
fn the_log_is_heard_at_all() {
    for_each_subject(|planted| drop(planted.call(&[])));
    let records = RECORDS.lock().unwrap_or_else(PoisonError::into_inner);
    for target in ["quhao", "hyper_util"] {
        assert!(records.contains(target), "nothing of {target} is recorded: {}", near(&records, None));
    }
}
