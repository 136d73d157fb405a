//! The steps: which app, which operation, whose phone, and what must come of it.

use quhao::{Operation, Verdict};
use quhao_sandbox::Carrier;

use super::step::{Expected, Person, Sim, Step, Subject};

/// Everything that the documents offer, with every key and cipher.
pub(super) fn answers() -> Vec<Step> {
    let mut steps = Vec::new();
    for (app, cipher) in SHANYAN_LOGINS {
        steps.extend(CARRIERS.map(|sim| fetch(app, cipher, sim)));
    }
    for (app, cipher) in SHANYAN_OTHER_CHANNELS {
        steps.push(fetch(app, cipher, CARRIERS[0]));
    }
    for (app, cipher) in SHANYAN_CHECKS {
        steps.extend(CARRIERS.into_iter().flat_map(|sim| verify(app, cipher, sim)));
    }
    for (app, cipher) in CMCC_LOGINS {
        steps.push(fetch(app, cipher, CARRIERS[0]));
    }
    for (app, cipher) in CMCC_CHECKS {
        steps.extend(verify(app, cipher, CARRIERS[0]));
    }
    for (app, cipher) in YUXIN_CIPHERS {
        for (person, verdict) in [(PERSON, Verdict::Match), (NAMESAKE, Verdict::Mismatch), (STRANGER, Verdict::Unknown)]
        {
            steps.push(Step {
                app,
                operation: Operation::VerifyIdentity,
                cipher,
                subject: Subject::Person(person),
                expected: Expected::Verdict(verdict),
            });
        }
    }
    steps
}

/// One step for each operation of each gateway.
pub(super) fn over_tls() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for step in answers() {
        if !steps.iter().any(|known| known.provider() == step.provider() && known.operation == step.operation) {
            steps.push(step);
        }
    }
    steps
}

fn fetch(app: &'static str, cipher: &'static str, sim: Sim) -> Step {
    Step {
        app,
        operation: Operation::FetchNumber,
        cipher,
        subject: Subject::Phone { sim, asked: sim.number },
        expected: Expected::Number(sim.number),
    }
}

/// The SIM's number, and another.
fn verify(app: &'static str, cipher: &'static str, sim: Sim) -> [Step; 2] {
    [(sim.number, Verdict::Match), (OTHER_NUMBER, Verdict::Mismatch)].map(|(asked, verdict)| Step {
        app,
        operation: Operation::VerifyNumber,
        cipher,
        subject: Subject::Phone { sim, asked },
        expected: Expected::Verdict(verdict),
    })
}

pub(super) const CARRIERS: [Sim; 3] = [
    Sim { number: "13800138000", carrier: Carrier::ChinaMobile },
    Sim { number: "18900189000", carrier: Carrier::ChinaTelecom },
    Sim { number: "13000130000", carrier: Carrier::ChinaUnicom },
];

/// A number without a phone here.
const OTHER_NUMBER: &str = "13900139000";

/// The person that the sandbox knows. The id card is an example of GB 11643-1999.
pub(super) const PERSON: Person = Person { number: "13800138000", name: "张三", id_card: "11010519491231002X" };

/// Another name on the same number and id card.
const NAMESAKE: Person = Person { name: "李四", ..PERSON };

/// Of whom the sandbox knows nothing.
const STRANGER: Person = Person { number: "13900139000", name: "王五", id_card: "440524188001010014" };

/// How ShanYan sends the number. Source: shanyan/PROTOCOL.md §4, §6.
const SHANYAN_LOGINS: [(&str, &str); 5] = [
    ("shanyan", "DES"),
    ("shanyan-rsa1024", "RSA-1024"),
    ("shanyan-rsa2048", "RSA-2048"),
    ("shanyan-v2", "V2 AES-128"),
    ("shanyan-v2-rsa", "V2 RSA-1024"),
];

/// Where else V2's tokens are made. Source: shanyan/PROTOCOL.md §5.1.
const SHANYAN_OTHER_CHANNELS: [(&str, &str); 3] = [
    ("shanyan-v2-ios", "V2 AES-128 (iOS)"),
    ("shanyan-web", "V2 AES-128 (web)"),
    ("shanyan-wxprog", "V2 AES-128 (wxprog)"),
];

/// Apps that ask whether a number is the SIM's. Source: shanyan/PROTOCOL.md §2.2, §5.2.
const SHANYAN_CHECKS: [(&str, &str); 3] =
    [("shanyan", "clear"), ("shanyan-v2", "V2 clear"), ("shanyan-web", "V2 clear (web)")];

/// How China Mobile's logins are signed and answered. Source: cmcc/PROTOCOL.md §3.3 to §3.6.
const CMCC_LOGINS: [(&str, &str); 4] = [
    ("cmcc", "clear (MD5, app_secret)"),
    ("cmcc-legacy", "clear (MD5, app_key)"),
    ("cmcc-rsa", "RSA-1024"),
    ("cmcc-rsa2048", "RSA-2048"),
];

/// How China Mobile's checks carry the number. Source: cmcc/PROTOCOL.md §4.3, §4.4.
const CMCC_CHECKS: [(&str, &str); 3] = [
    ("cmcc", "SHA-256"),
    ("cmcc-key-type-1", "RSA (keyType 1, Base64)"),
    ("cmcc-key-type-1-hex", "RSA (keyType 1, hex)"),
];

/// The ciphers of `logon`; the document leaves the choice to the platform.
const YUXIN_CIPHERS: [(&str, &str); 6] = [
    ("yuxin", "AES-128-CBC"),
    ("yuxin-aes-192-cbc", "AES-192-CBC"),
    ("yuxin-aes-256-cbc", "AES-256-CBC"),
    ("yuxin-des-cbc", "DES-CBC"),
    ("yuxin-des-ede3-cbc", "3DES-CBC"),
    ("yuxin-sm4-cbc", "SM4-CBC"),
];

#[cfg(test)]
mod tests {
    use quhao_sandbox::Sandbox;

    use super::*;

    #[test]
    fn every_app_of_the_sandbox_has_a_step() {
        let steps = answers();
        for app in Sandbox::start().unwrap().apps() {
            assert!(steps.iter().any(|step| step.app == app.name), "{}", app.name);
        }
    }

    #[test]
    fn every_operation_of_every_provider_is_done_over_http_and_tls() {
        for steps in [answers(), over_tls()] {
            for info in quhao::providers() {
                for operation in info.operations {
                    let is_done = |step: &Step| step.provider() == info.id && step.operation == *operation;
                    assert!(steps.iter().any(is_done), "{} {operation}", info.id);
                }
            }
        }
    }

    #[test]
    fn every_verdict_of_every_verification_is_met() {
        let steps = answers();
        for (provider, verdicts) in [
            ("shanyan", &[Verdict::Match, Verdict::Mismatch][..]),
            ("cmcc", &[Verdict::Match, Verdict::Mismatch]),
            ("yuxin", &[Verdict::Match, Verdict::Mismatch, Verdict::Unknown]),
        ] {
            for verdict in verdicts {
                let met = |step: &Step| step.provider() == provider && step.expected == Expected::Verdict(*verdict);
                assert!(steps.iter().any(met), "{provider} {}", verdict.as_str());
            }
        }
    }
}
