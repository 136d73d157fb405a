//! 本机号码校验 `tokenValidate`: is this the SIM's number? Source: PROTOCOL.md §4.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Answered, Cmcc, codes, sign, wire};
use crate::crypto::digest::HmacSha256;
use crate::crypto::rsa::{PrivateKey, PublicKey};
use crate::model::{Error, Outcome, Params, PhoneNumber, Verification};
use crate::provider::codes as code;
use crate::provider::reply::Fields;
use crate::provider::{Moment, Operation, Options, RequestContext, Signature, UnsentRequest};
use crate::redact::Secret;

/// Takes `key_type` and what belongs to it; nothing where no key is configured, since logins may be all that is asked.
///
/// # Errors
///
/// `config` for `key_type` 1 without one of its two keys, or with one that cannot be read.
pub(super) fn key(
    options: &mut Options,
    app_key: Option<Secret>,
    private_key: Option<&str>,
) -> Result<Option<sign::VerifyKey>, Error> {
    let platform_key = options.take("platform_key");
    let as_hex = options.required("rsa_encoding")?.as_str() == "hex";
    if options.required("key_type")?.as_str() == "0" {
        return Ok(app_key.map(|app_key| {
            let mac = HmacSha256::new(app_key.expose().as_bytes());
            sign::VerifyKey::Sha { app_key, mac }
        }));
    }
    let missing = |name: &str| Error::config(format!("option {name}: key_type 1 needs it"));
    Ok(Some(sign::VerifyKey::Rsa {
        app_key: app_key.ok_or_else(|| missing("app_key"))?,
        platform: PublicKey::parse("platform_key", &platform_key.ok_or_else(|| missing("platform_key"))?)?,
        signing: PrivateKey::shared("private_key", private_key.ok_or_else(|| missing("private_key"))?)?,
        as_hex,
    }))
}

/// The checked request, with the number encrypted.
struct Checked<'a> {
    key: &'a sign::VerifyKey,
    app_id: &'a str,
    params: Cow<'a, Params>,
    msg_id: String,
    time: String,
    phone_num: String,
}

impl Checked<'_> {
    fn token(&self) -> &str {
        self.params.field(wire::params::TOKEN).unwrap_or_default()
    }

    fn signed(&self) -> [&str; 6] {
        [self.app_id, &self.msg_id, &self.phone_num, &self.time, self.token(), wire::verify::VERSION]
    }
}

impl Cmcc {
    pub(super) fn prepare_verify(
        &self,
        params: &Params,
        number: Option<&Secret>,
        moment: &Moment,
    ) -> Result<UnsentRequest, Error> {
        let checked = self.checked(params, number, moment)?;
        let Checked { key, params, msg_id, time, phone_num, .. } = &checked;
        let encoded = |value: &str| utf8_percent_encode(value, RESERVED).to_string();
        let version = wire::verify::VERSION;
        let request = wire::verify::Request {
            header: wire::verify::Header { version, msg_id, timestamp: time, app_id: &self.app_id },
            body: wire::verify::Body {
                open_type: params.field(wire::params::OPEN_TYPE).unwrap_or(UNKNOWN_CARRIER),
                requester_type: params.field(wire::params::REQUESTER_TYPE).unwrap_or(FROM_AN_APP),
                message: params.field(wire::params::MESSAGE).map(encoded),
                expand_params: wire::params::EXPAND_PARAMS.iter().find_map(|name| params.field(name)).map(encoded),
                key_type: matches!(key, sign::VerifyKey::Rsa { .. }).then_some("1"),
                phone_num,
                token: checked.token(),
                sign: &key.value(checked.signed())?,
            },
        };
        self.draft(wire::verify::PATH, &request, msg_id)
    }

    pub(super) fn sign_verify(
        &self,
        params: &Params,
        number: Option<&Secret>,
        moment: &Moment,
    ) -> Result<Signature, Error> {
        let checked = self.checked(params, number, moment)?;
        checked.key.sign(checked.signed())
    }

    fn checked<'a>(
        &'a self,
        params: &'a Params,
        number: Option<&Secret>,
        moment: &Moment,
    ) -> Result<Checked<'a>, Error> {
        let key = self.verify_key.as_ref().ok_or_else(|| {
            Error::config("option app_key: verify_number needs it, and app_secret does not stand in for it")
        })?;
        let number =
            number.ok_or_else(|| Error::input("number: the phone's params do not carry it, so it is required"))?;
        let number = PhoneNumber::parse(number.expose())?;
        let params = self.examine(Operation::VerifyNumber, params).into_params()?;
        let time = moment.beijing();
        let phone_num = key.encrypt(&number, &time)?;
        Ok(Checked { key, app_id: &self.app_id, params, msg_id: moment.nonce_hex(), time, phone_num })
    }

    pub(super) fn read_verify(request: &RequestContext, mut reply: Fields) -> Result<Outcome, Error> {
        let mut header = reply.object(wire::reply::HEADER)?;
        let mut body = reply.object(wire::reply::BODY)?;
        let answered = Answered::read(&mut reply, &mut header, &mut body, request)?;
        let row = code::find(codes::TOKEN_VALIDATE, &answered.code, &answered.message)
            .ok_or_else(|| Error::undocumented(&answered.code, &answered.message))?;
        let code::Meaning::Verdict(verdict) = row.meaning else { return Err(row.to_error(&answered.message)) };
        let receipt = answered.receipt(row.charge, [reply, header, body]);
        Ok(Outcome::Verified(Verification { verdict, receipt }))
    }
}

/// Everything but RFC 3986's unreserved characters; both kinds of decoder read `%20` as a blank.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `openType`: 0 unknown, 1 China Mobile, 2 China Unicom, 3 China Telecom.
const UNKNOWN_CARRIER: &str = "0";

/// `requesterType`: 0 app, 1 WAP.
const FROM_AN_APP: &str = "0";
