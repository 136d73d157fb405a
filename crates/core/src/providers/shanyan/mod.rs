//! 创蓝闪验 ShanYan: the protocols of its phone SDKs before 2.3.0 (V1) and from 2.3.0 on (V2).
//!
//! Distinguished by what the phone sent: V1's params have `accessToken` or `accessCode`, V2's a `token`. V1: a URL for each
//! carrier, the phone signs (HmacSHA1), the back end relays its fields unchanged; the number comes back under DES-CBC,
//! or RSA where the console holds a public key. V2: one URL, the back end signs (HmacSHA256); the number comes back
//! under AES-128-CBC, or RSA where `encryptType` asked for it. Source: PROTOCOL.md §1.1.

mod codes;
mod envelope;
mod inspect;
mod sign;
mod v2;
mod wire;

use std::borrow::Cow;
use std::sync::Arc;

use self::sign::CiphertextKind;
pub use self::sign::sign_v1;

use crate::crypto::rsa::PrivateKey;
use crate::encoding::form;
use crate::encoding::repair;
use crate::inspect::{Collector, Inspection};
use crate::model::{
    Charge, Error, FetchedNumber, Outcome, Params, PhoneNumber, Receipt, Risk, RiskLevel, Verdict, Verification,
};
use crate::provider::base_url::BaseUrl;
use crate::provider::codes as code;
use crate::provider::reply::{self, Fields};
use crate::provider::{
    AppMatch, Ask, Form, Moment, Operation, OptionSpec, Options, ProtocolState, Provider, ProviderInfo, RequestContext,
    Signature, UnsentRequest,
};
use crate::redact::Secret;

pub(crate) const INFO: ProviderInfo = ProviderInfo {
    id: "shanyan",
    zh: "创蓝闪验",
    en: "ShanYan (Chuanglan)",
    operations: &[Operation::FetchNumber, Operation::VerifyNumber],
    options: &[
        OptionSpec::new("app_id", Form::Id, "控制台中该 App 的 appId", "the app's appId from the console").required(),
        OptionSpec::new("app_key", Form::Secret, "控制台中该 App 的 appKey", "the app's appKey from the console")
            .required(),
        OptionSpec::new(
            "private_key",
            Form::Key,
            "RSA 私钥，仅当控制台填写了 RSA 公钥",
            "the RSA private key, where the console holds its public key",
        ),
        OptionSpec::new(
            "encrypt_type",
            Form::Choice(&["aes", "rsa"]),
            "V2 请求的号码加密方式；不填则不发送，网关用 AES",
            "the cipher that V2 asks for; left out, nothing is sent and the gateway uses AES",
        ),
        OptionSpec::new(
            "channel",
            Form::Choice(&["app", "web", "wxprog"]),
            "V2 token 的来源：原生 App、H5 网页、微信小程序",
            "where V2's token was made: native app, web page, WeChat mini-program",
        )
        .default("app"),
    ],
    tables: &[codes::FLASHSDK],
    build: |options| Ok(Arc::new(ShanYan::new(options)?)),
};

/// A configured app.
#[derive(Debug)]
struct ShanYan {
    /// Replaces the documented scheme and host, of which there are two.
    origin: Option<BaseUrl>,
    app_id: String,
    /// The key as text, which a gateway may quote; `keys` holds it ready for use.
    app_key: Secret,
    keys: sign::Keys,
    v2: v2::Setting,
}

impl ShanYan {
    fn new(options: &mut Options) -> Result<Self, Error> {
        let base_url = options.take("base_url");
        let app_key = options.required("app_key")?;
        let rsa = options.take("private_key").map(|text| PrivateKey::shared("private_key", &text)).transpose()?;
        Ok(Self {
            origin: base_url.map(|url| BaseUrl::parse("base_url", &url)).transpose()?,
            app_id: options.required("app_id")?.to_string(),
            keys: sign::Keys::new(&app_key, rsa)?,
            app_key: app_key.as_str().into(),
            v2: v2::Setting {
                channel: v2::Channel::parse(&options.required("channel")?),
                encrypt_type: options.take("encrypt_type").map(|word| if word.as_str() == "rsa" { "1" } else { "0" }),
            },
        })
    }

    fn at(&self, origin: &str, path: &str) -> String {
        self.origin.as_ref().map_or_else(|| [origin, path].concat(), |replaced| replaced.at(path))
    }

    fn prepare_v1(&self, operation: Operation, params: &Params, moment: &Moment) -> Result<UnsentRequest, Error> {
        let params = self.examine_v1(operation, params, moment).into_params()?;
        let path = params.field(wire::TELECOM).and_then(|telecom| endpoint(operation).path(telecom));
        let path = path.ok_or_else(|| Error::input("telecom: expected CMCC, CUCC or CTCC"))?;
        Ok(UnsentRequest {
            url: self.at(wire::ORIGIN, &path),
            content_type: form::URLENCODED,
            body: form::urlencoded(params.fields()),
            request_id: params.field(wire::RANDOMS).map(str::to_owned),
            memo: ProtocolState { variant: V1, ..ProtocolState::default() },
        })
    }

    fn prepare_v2(&self, operation: Operation, params: &Params, moment: &Moment) -> Result<UnsentRequest, Error> {
        let params = v2::examine(operation, params, &self.app_id).into_params()?;
        let (origin, path) = self.v2.channel.endpoint(operation)?;
        let fields = v2::Fields::new(operation, &params, self.v2, &self.app_id);
        let sign = self.keys.v2.value(fields.as_slice());
        let sent = Some((Params::clone(&params), moment.now_ms));
        Ok(UnsentRequest {
            url: self.at(origin, path),
            content_type: form::URLENCODED,
            request_id: fields.field(wire::v2::OUT_ID).map(str::to_owned),
            memo: ProtocolState { variant: fields.variant(), sent, ..ProtocolState::default() },
            body: fields.signed_with(&sign),
        })
    }

    fn examine_v1<'a>(&self, operation: Operation, params: &'a Params, moment: &Moment) -> Collector<'a> {
        inspect::examine(endpoint(operation), params, &self.app_id, &self.keys.v1, moment)
    }

    /// Reads the answer of a query: the number, under the cipher that the reply names (V1) or that was asked for (V2).
    ///
    /// Where V2's ciphertext is of another cipher than was asked for, it decides, and the second value names it.
    fn number(&self, data: &mut Fields, variant: &str) -> Result<(PhoneNumber, Option<String>), Error> {
        let mut named = |name: &str| data.text(name).filter(|text| !text.is_empty());
        let ciphertext = named(wire::reply::MOBILE_NAME).or_else(|| named(wire::reply::MOBILE));
        let ciphertext = ciphertext.ok_or_else(|| Error::protocol("the reply says success but holds no mobileName"))?;
        let asked = match variant {
            v2::AES => CiphertextKind::Aes,
            v2::RSA => CiphertextKind::Rsa,
            variant => {
                return match data.text(wire::reply::ENCRYPT_TYPE).as_deref() {
                    None | Some("") if variant == V1 => Ok((self.keys.decrypt_des(&ciphertext)?, None)),
                    None | Some("") => Ok((self.keys.decrypt(&ciphertext)?, None)),
                    Some(name) if name.eq_ignore_ascii_case("RSA") => Ok((self.keys.decrypt_rsa(&ciphertext)?, None)),
                    Some(_) => Err(Error::protocol("the reply names an encryptType that is neither empty nor RSA")),
                };
            }
        };
        let came = CiphertextKind::of(&repair::base64(&ciphertext).0);
        let told = (came != asked).then(|| format!("asked for {}, came as {}", asked.as_str(), came.as_str()));
        let number = self.keys.decrypt(&ciphertext).map_err(|error| match &told {
            Some(told) => {
                let hint = error.hint().clone();
                error.with_hint_text(format!("{}（{told}）", hint.zh), format!("{} ({told})", hint.en))
            }
            None => error,
        })?;
        Ok((number, told))
    }
}

impl Provider for ShanYan {
    fn info(&self) -> &'static ProviderInfo {
        &INFO
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }

    fn matches_app(&self, params: &Params) -> AppMatch {
        match params.field(wire::APP_ID) {
            Some(app_id) if app_id == self.app_id => AppMatch::Yes,
            Some(_) => AppMatch::No,
            None => v2::matches_app(params, &self.app_id),
        }
    }

    fn inspect(&self, operation: Operation, params: &Params, moment: &Moment) -> Inspection {
        if v2::is_v2(params) {
            return v2::inspect(operation, params, &self.app_id, moment);
        }
        self.examine_v1(operation, params, moment).into()
    }

    fn moment(&self) -> Result<Moment, Error> {
        Ok(Moment::without_nonce())
    }

    fn prepare(&self, ask: &Ask, moment: &Moment) -> Result<UnsentRequest, Error> {
        let params = self.params(ask)?;
        if v2::is_v2(&params) {
            self.prepare_v2(ask.operation(), &params, moment)
        } else {
            self.prepare_v1(ask.operation(), &params, moment)
        }
    }

    fn read(&self, request: &RequestContext, status: u16, body: &[u8]) -> Result<Outcome, Error> {
        let mut reply = reply::object(status, body)?;
        let code = reply.text(wire::reply::CODE).ok_or_else(|| Error::protocol("the reply holds no code"))?;
        let message = reply.text(wire::reply::MESSAGE).or_else(|| reply.text(wire::reply::RET_MSG)).unwrap_or_default();
        let charge = charge(reply.text(wire::reply::CHARGE_STATUS).as_deref());
        if code != wire::SUCCESS {
            let error = match code::find(codes::FLASHSDK, &code, &message) {
                Some(row) => row.to_error(&message),
                None => Error::undocumented(&code, &message),
            };
            return Err(error.with_charge(charge));
        }
        let answer = || -> Result<Outcome, Error> {
            let mut data = reply.object(wire::reply::DATA)?;
            let trade_no = data.text(wire::reply::TRADE_NO);
            let risk = risk(&mut data);
            let receipt = |rest: [Fields; 2]| Receipt {
                provider: INFO.id,
                code,
                message,
                charge,
                trade_no,
                request_id: request.request_id.clone(),
                risk,
                extra: reply::extra(rest),
            };
            Ok(match request.operation {
                Operation::VerifyNumber => {
                    let verdict = verdict(data.text(wire::reply::IS_VERIFY).as_deref())?;
                    Outcome::Verified(Verification { verdict, receipt: receipt([reply, data]) })
                }
                _ => {
                    let (number, told) = self.number(&mut data, request.memo.variant)?;
                    let mut receipt = receipt([reply, data]);
                    receipt.extra.extend(told.map(|told| (wire::v2::ENCRYPT_TYPE.to_owned(), told.into())));
                    Outcome::Fetched(FetchedNumber { number, receipt })
                }
            })
        };
        answer().map_err(|error| error.with_charge(charge))
    }

    fn secrets(&self) -> Vec<&str> {
        vec![self.app_key.expose()]
    }

    fn token_diagnosis(&self, memo: &ProtocolState) -> Option<(String, String)> {
        let (params, sent_ms) = memo.sent.as_ref()?;
        v2::token_diagnosis(params.field(wire::v2::TOKEN)?, &self.app_id, *sent_ms)
    }

    fn decrypt(&self, ciphertext: &str) -> Result<PhoneNumber, Error> {
        self.keys.decrypt(ciphertext)
    }

    fn sign(&self, ask: &Ask, moment: &Moment) -> Result<Signature, Error> {
        let (operation, params) = (ask.operation(), self.params(ask)?);
        if !v2::is_v2(&params) {
            // Repaired as it would be sent; whether it would be refused does not matter here.
            return Ok(self.keys.v1.sign(&self.examine_v1(operation, &params, moment).params));
        }
        let params = v2::examine(operation, &params, &self.app_id).into_params()?;
        self.v2.channel.endpoint(operation)?;
        Ok(self.keys.v2.sign(v2::Fields::new(operation, &params, self.v2, &self.app_id).as_slice()))
    }
}

impl ShanYan {
    /// The phone's params, with the number in its place where the caller gave it beside them.
    fn params<'a>(&self, ask: &'a Ask) -> Result<Cow<'a, Params>, Error> {
        let (params, number) = match ask {
            Ask::FetchNumber { params } | Ask::VerifyNumber { params, number: None } => {
                return Ok(Cow::Borrowed(params));
            }
            Ask::VerifyNumber { params, number: Some(number) } => (params, PhoneNumber::parse(number.expose())?),
            Ask::VerifyIdentity { .. } => return Err(self.unsupported(ask.operation().as_str())),
        };
        let mut params = Cow::Borrowed(params);
        match params.field(wire::MOBILE) {
            Some(mobile) if mobile.trim() != number.expose() => {
                return Err(Error::input("number: it differs from the mobile in the params").with_hint_text(
                    "号码与 SDK 返回的 mobile 不一致：请只传其一，或传同一号码",
                    "the number and the params' mobile differ: pass the same number, or the params alone",
                ));
            }
            Some(_) => {}
            None => params.to_mut().set(wire::MOBILE, number.expose()),
        }
        Ok(params)
    }
}

fn endpoint(operation: Operation) -> &'static wire::Endpoint {
    match operation {
        Operation::VerifyNumber => &wire::VALIDATE,
        _ => &wire::QUERY,
    }
}

/// `chargeStatus`: 1 billed, 0 not; a reply that refuses may leave it out.
fn charge(status: Option<&str>) -> Charge {
    match status {
        Some("1") => Charge::Yes,
        Some("0") => Charge::No,
        _ => Charge::Unknown,
    }
}

/// `isVerify`: 1 yes, 0 no; anything else is neither.
fn verdict(is_verify: Option<&str>) -> Result<Verdict, Error> {
    match is_verify {
        Some("1") => Ok(Verdict::Match),
        Some("0") => Ok(Verdict::Mismatch),
        Some(_) => Err(Error::protocol("expected isVerify 1 or 0, got something else")),
        None => Err(Error::protocol("the reply says success but holds no isVerify")),
    }
}

/// `fanqizha` and `tag`, where the console has the fraud service enabled.
fn risk(data: &mut Fields) -> Option<Risk> {
    let code = data.text(wire::reply::FANQIZHA).filter(|code| !code.is_empty())?;
    let tag = data.text(wire::reply::TAG).unwrap_or_default();
    let level = match code.as_str() {
        "1" => RiskLevel::Trusted,
        "2" => RiskLevel::Denied,
        "3" => RiskLevel::LowTrust,
        "4" => RiskLevel::NotFound,
        _ => RiskLevel::Undocumented,
    };
    let tags = tag
        .split(|c: char| c.is_whitespace() || ";；,，".contains(c))
        .filter(|tag| !tag.is_empty())
        .map(str::to_owned)
        .collect();
    Some(Risk { level, code, tags })
}

/// The variant of V1's requests.
const V1: &str = "v1";
