//! V2, the protocol of phone SDKs from 2.3.0 on: the phone returns a token, the back end signs.
//!
//! One URL a function for all carriers. Native apps, web pages and WeChat mini-programs have endpoints of their own.
//! Source: PROTOCOL.md §5.

use std::net::IpAddr;

use super::envelope::{Envelope, EnvelopeError};
use super::wire::v2 as wire;
use crate::encoding::form;
use crate::inspect::{Action, Cause, Collector, Inspection};
use crate::model::{Error, Params};
use crate::provider::{AppMatch, Moment, Operation};

/// The generation of the phone's SDK that made the params: V2's have a `token`, and neither of V1's two.
pub(super) fn is_v2(params: &Params) -> bool {
    let has = |name: &str| params.field(name).is_some();
    has(wire::TOKEN) && !has(super::wire::QUERY.token) && !has(super::wire::VALIDATE.token)
}

/// Whether a token was made for an app, by its envelope.
pub(super) fn matches_app(params: &Params, app_id: &str) -> AppMatch {
    match params.field(wire::TOKEN).map(|token| Envelope::open(token, app_id)) {
        Some(Ok(_)) => AppMatch::Yes,
        Some(Err(EnvelopeError::WrongApp)) => AppMatch::No,
        _ => AppMatch::Unknown,
    }
}

/// The parts of a request besides the params.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub(super) channel: Channel,
    /// `encryptType` as it is sent; left out means AES.
    pub(super) encrypt_type: Option<&'static str>,
}

/// Where the token was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Channel {
    App,
    Web,
    WxProg,
}

impl Channel {
    pub(super) fn parse(name: &str) -> Self {
        match name {
            "web" => Self::Web,
            "wxprog" => Self::WxProg,
            _ => Self::App,
        }
    }

    /// Scheme and host, and path.
    ///
    /// # Errors
    ///
    /// `config` for a check in a mini-program, for which no endpoint is documented.
    pub(super) fn endpoint(self, operation: Operation) -> Result<(&'static str, &'static str), Error> {
        Ok(match (self, operation) {
            (Self::App, Operation::VerifyNumber) => (wire::ORIGIN, "/open/flashsdk/mobile-validate"),
            (Self::App, _) => (wire::ORIGIN, "/open/flashsdk/mobile-query"),
            (Self::Web, Operation::VerifyNumber) => (super::wire::ORIGIN, "/open/flashsdk/web-mobile-validate"),
            (Self::Web, _) => (super::wire::ORIGIN, "/open/web/mobile-query"),
            (Self::WxProg, Operation::VerifyNumber) => {
                return Err(Error::config("channel wxprog has no verify_number; no endpoint is documented for it"));
            }
            (Self::WxProg, _) => (wire::ORIGIN, "/open/web/wxprog-mobile-query"),
        })
    }
}

/// Checks the params, and notes what the token's envelope shows: its form is not documented for every SDK.
pub(super) fn inspect(operation: Operation, params: &Params, app_id: &str, moment: &Moment) -> Inspection {
    let mut found = examine(operation, params, app_id);
    if let Some(token) = found.params.field(wire::TOKEN).filter(|token| !token.trim().is_empty() && is_legible(token)) {
        let opened = Envelope::open(token, app_id);
        note_envelope(&mut found, &opened, moment);
    }
    found.into()
}

/// Checks the params for all that a request is refused for.
pub(super) fn examine<'a>(operation: Operation, params: &'a Params, app_id: &str) -> Collector<'a> {
    let mut found = Collector::clean(params);
    found.repair_token(wire::TOKEN);
    let needed: &[&str] = match operation {
        Operation::VerifyNumber => &[wire::TOKEN, wire::MOBILE],
        _ => &[wire::TOKEN],
    };
    found.require(needed);
    super::inspect::check_app(&mut found, app_id);
    super::inspect::check_mobile(&mut found);
    check_client_ip(&mut found);
    if found.params.field(wire::ENCRYPT_TYPE).is_some_and(|given| !matches!(given, "" | "0" | "1")) {
        found.refuse(wire::ENCRYPT_TYPE, Cause::UnknownValue, "expected 0 (AES) or 1 (RSA)");
    }
    if found.params.field(wire::TOKEN).is_some_and(|token| !token.trim().is_empty() && !is_legible(token)) {
        found.refuse(wire::TOKEN, Cause::Garbled, "expected printable ASCII without blanks");
    }
    found
}

fn is_legible(token: &str) -> bool {
    token.bytes().fold(true, |all, byte| all & byte.is_ascii_graphic())
}

/// The token's envelope, or why it cannot be read.
type Opened = Result<Envelope, EnvelopeError>;

/// The fields that are sent besides `sign`, all of them signed, in byte order of their names.
pub(super) struct Fields<'a>(Vec<(&'static str, &'a str)>);

impl<'a> Fields<'a> {
    pub(super) fn new(operation: Operation, params: &'a Params, setting: Setting, app_id: &'a str) -> Self {
        let relayed: &[&'static str] = match operation {
            Operation::VerifyNumber => &[wire::TOKEN, wire::MOBILE, wire::OUT_ID],
            _ => &[wire::TOKEN, wire::CLIENT_IP, wire::OUT_ID, wire::ENCRYPT_TYPE, super::wire::TIMESTAMP],
        };
        // An empty option would have to be signed as well; left out on both sides it cannot be got wrong.
        let relayed = relayed.iter().filter_map(|name| Some((*name, params.field(name)?)));
        let mut fields = Self(Vec::with_capacity(MOST_FIELDS));
        fields.0.push((super::wire::APP_ID, app_id));
        fields.0.extend(relayed.filter(|(_, value)| !value.is_empty()));
        if operation != Operation::VerifyNumber && fields.field(wire::ENCRYPT_TYPE).is_none() {
            fields.0.extend(setting.encrypt_type.map(|encrypt_type| (wire::ENCRYPT_TYPE, encrypt_type)));
        }
        fields.0.sort_unstable();
        fields
    }

    pub(super) fn as_slice(&self) -> &[(&'static str, &'a str)] {
        &self.0
    }

    pub(super) fn field(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(of, _)| *of == name).map(|(_, value)| *value)
    }

    /// The cipher that these fields ask for.
    pub(super) fn variant(&self) -> &'static str {
        if self.field(wire::ENCRYPT_TYPE) == Some("1") { RSA } else { AES }
    }

    /// The form's body.
    pub(super) fn signed_with(mut self, sign: &'a str) -> String {
        self.0.push((super::wire::SIGN, sign));
        self.0.sort_unstable();
        form::urlencoded(self.0)
    }
}

fn check_client_ip(found: &mut Collector<'_>) {
    let Some(text) = found.params.field(wire::CLIENT_IP).filter(|text| !text.is_empty()) else { return };
    match text.parse::<IpAddr>() {
        Err(_) => found.refuse(wire::CLIENT_IP, Cause::Garbled, "expected the user's public IP address"),
        // A dual-stack socket writes the user's 203.0.113.9 as ::ffff:203.0.113.9.
        Ok(ip) if !is_public(ip.to_canonical()) => {
            let message = "expected the user's public address, got one of a private network";
            found.found(wire::CLIENT_IP, Cause::UnknownValue, Action::Noted, message);
        }
        Ok(_) => {}
    }
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified()),
        IpAddr::V6(ip) => {
            !(ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local())
        }
    }
}

/// Notes what the envelope shows, and refuses nothing for it.
fn note_envelope(found: &mut Collector<'_>, opened: &Opened, moment: &Moment) {
    match opened {
        Ok(envelope) => {
            found.carrier = Some(envelope.carrier.as_str());
            if let Some(age) = envelope.age_if_expired(moment.now_ms) {
                let limit = envelope.carrier.minutes();
                let message =
                    format!("{} seconds old, {} tokens live {limit} minutes", age / 1000, envelope.carrier.as_str());
                found.found(wire::TOKEN, Cause::Stale, Action::Noted, message);
            }
        }
        Err(EnvelopeError::UnknownFormat) => {}
        Err(EnvelopeError::Truncated) => {
            found.found(wire::TOKEN, Cause::Truncated, Action::Noted, "its envelope is no whole number of blocks");
        }
        Err(EnvelopeError::WrongApp) => {
            let message = "its envelope does not open under this app's id: another app's, or damaged";
            found.found(wire::TOKEN, Cause::OtherApp, Action::Noted, message);
        }
    }
}

/// The addition to the hint when the gateway has refused a token that was sent at `sent_ms`.
pub(super) fn token_diagnosis(token: &str, app_id: &str, sent_ms: u64) -> Option<(String, String)> {
    match Envelope::open(token, app_id) {
        Ok(envelope) => {
            let age = envelope.age_if_expired(sent_ms)? / 1000;
            let (carrier, minutes) = (envelope.carrier, envelope.carrier.minutes());
            Some((
                format!("该 token 由{}签发，有效期 {minutes} 分钟，签发于 {age} 秒前", carrier.zh()),
                format!("the token is of {}, lives {minutes} minutes and was made {age} seconds ago", carrier.as_str()),
            ))
        }
        Err(EnvelopeError::UnknownFormat) => None,
        Err(EnvelopeError::Truncated) => {
            Some(("该 token 看来被截断".to_owned(), "the token seems to be cut short on its way".to_owned()))
        }
        Err(EnvelopeError::WrongApp) => Some((
            format!("该 token 不像是为 appId {app_id} 签发的（常见：iOS 的 token 配 Android 的 appId），或已损坏"),
            format!(
                "the token does not seem to be made for app id {app_id} (often: an iOS token, the Android app id), or is damaged"
            ),
        )),
    }
}

/// `encryptType` 0 or absent.
pub(super) const AES: &str = "v2 aes";

/// `encryptType` 1.
pub(super) const RSA: &str = "v2 rsa";

/// A fetch with every option, and `sign`.
const MOST_FIELDS: usize = 7;
