//! The token of the phone's V2 SDK: a transparent envelope.

use serde_json::json;

use crate::app::App;
use crate::crypto::{self, Cipher};
use crate::sim::Carrier;
use quhao::Operation;

/// Makes a token: `A<n>-base64url(AES-128-CBC-Encrypt[k, iv](JSON))`, k ‖ iv = hex(MD5(app_id)), unpadded.
///
/// `ap`, `tk`, `au`, `vs` and `ud` are as they are known; what `dd`, `fp`, `tp` and `nlt` hold is made up. A web page's
/// and a mini-program's token has no `ud`, `tp` and `nlt`. Source: shanyan/PROTOCOL.md §7.1.
pub(super) fn token(app: &App, carrier: Carrier, operation: Operation, now_ms: u64) -> String {
    let app_id = app.option("app_id").unwrap_or_default();
    let mut content = json!({
        "ap": app_id,
        "tk": crypto::random_text(32),
        "vs": "2.3.7.5",
        "dd": crypto::random_id(),
        "fp": crypto::random_id(),
    });
    if carrier == Carrier::ChinaTelecom {
        content["au"] = json!(crypto::random_text(16));
    }
    if app.option("channel") == Some("app") {
        content["ud"] = json!(now_ms.to_string());
        content["tp"] = json!(if operation == Operation::VerifyNumber { "2" } else { "1" });
        content["nlt"] = json!("1");
    }
    let sealed = Cipher::seal_under_md5(app_id, content.to_string().as_bytes());
    let prefix = match carrier {
        Carrier::ChinaMobile => "A1",
        Carrier::ChinaUnicom => "A2",
        Carrier::ChinaTelecom => "A3",
    };
    format!("{prefix}-{}", crypto::base64url(sealed))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::gateways;

    fn opened(app: &App, token: &str) -> Option<Value> {
        let halves = crypto::md5(app.option("app_id").unwrap()).to_lowercase();
        let (key, iv) = halves.as_bytes().split_at(16);
        let sealed = crypto::unbase64url(token.split_once('-')?.1)?;
        let opened = Cipher::named("aes-128-cbc").unwrap().open(key, iv, &sealed)?;
        serde_json::from_slice(&opened).ok()
    }

    #[test]
    fn a_token_opens_under_its_apps_id_and_no_other() {
        let (android, ios) = (gateways::app("shanyan-v2").unwrap(), gateways::app("shanyan-v2-ios").unwrap());
        let token = token(android, Carrier::ChinaTelecom, Operation::FetchNumber, 1_795_322_080_000);
        assert!(token.starts_with("A3-") && !token.contains(['+', '/', '=']), "{token}");
        let content = opened(android, &token).unwrap();
        assert_eq!((&content["ap"], &content["ud"]), (&json!("t3VqBz8N"), &json!("1795322080000")));
        assert_eq!(content["au"].as_str().unwrap().len(), 16);
        assert_eq!(opened(ios, &token), None);
    }

    #[test]
    fn a_web_pages_token_tells_no_time() {
        let web = gateways::app("shanyan-web").unwrap();
        let token = token(web, Carrier::ChinaUnicom, Operation::VerifyNumber, 1_795_322_080_000);
        let content = opened(web, &token).unwrap();
        let names: Vec<_> = content.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!((&token[..3], names), ("A2-", vec!["ap", "dd", "fp", "tk", "vs"]));
    }
}
