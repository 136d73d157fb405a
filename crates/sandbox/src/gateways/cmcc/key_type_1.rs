//! `tokenValidate` under `keyType` 1: the number sealed with the platform's key, the request signed with the app's.
//!
//! The official text names the algorithms and no encoding, so Base64 and hex are both read.
//! Source: cmcc/PROTOCOL.md §4.4.

use super::diagnose::{Given, HMAC_ORDER};
use super::fields::Strings;
use crate::app::App;
use crate::crypto::{self, PlatformKey};
use crate::explain::Explanation;
use crate::sim::is_number;

/// `encode(RSASSA-PKCS1-v1_5[private_key, MD5](appId ‖ msgId ‖ phoneNum ‖ timestamp ‖ token ‖ version))`.
pub(super) fn check_sign(header: &Strings<'_>, body: &Strings<'_>, app: &App) -> Result<(), Explanation> {
    if app.option("private_key").is_none() {
        return Err(Explanation::words("keyType is 1, but the portal has no public key of this app"));
    }
    let given = Given::of_verify(header, body, app);
    let sign = body.field("sign").unwrap_or_default();
    given.rsa_md5("").or_else_one_of(|| {
        let sha256 = |bytes: Option<Vec<u8>>| {
            let name = "sign is SHA256withRSA; this interface takes MD5withRSA";
            given.rsa(name, HMAC_ORDER, "private_key", bytes.as_deref())
        };
        vec![
            given.hmac("sign is HmacSHA256, but keyType is 1", HMAC_ORDER, "app_key"),
            sha256(crypto::unbase64(sign)),
            sha256(crypto::unhex(sign)),
        ]
    })
}

/// Whether `phoneNum` holds the SIM's number: `encode(RSAES-PKCS1-v1_5-Encrypt[平台公钥](number ‖ appKey ‖ timestamp))`.
///
/// # Errors
///
/// The flaw of `phoneNum`.
pub(super) fn check_phone_num(
    header: &Strings<'_>,
    body: &Strings<'_>,
    app: &App,
    number: &str,
) -> Result<bool, String> {
    let phone_num = body.field("phoneNum").unwrap_or_default();
    let platform = PlatformKey::read(include_str!("../../../keys/cmcc-platform.pem"));
    let sealed = [crypto::unbase64(phone_num), crypto::unhex(phone_num)].into_iter().flatten();
    let opened = platform.and_then(|platform| sealed.filter_map(|bytes| platform.open(&bytes)).next());
    let opened = opened.ok_or("phoneNum does not open: encrypt it with the platform_key of this app's options")?;
    let (key, time) = (app.option("app_key").unwrap_or_default(), header.field("timestamp").unwrap_or_default());
    match opened.strip_suffix(time).and_then(|rest| rest.strip_suffix(key)) {
        Some(sent) if is_number(sent) => Ok(sent == number),
        Some(_) => Err("phoneNum opens, but does not begin with 1 and ten more digits".to_owned()),
        None if !opened.contains(key) => Err("phoneNum opens, but app_key is not in it".to_owned()),
        None => Err("phoneNum opens, but does not end in app_key and the header's timestamp".to_owned()),
    }
}
