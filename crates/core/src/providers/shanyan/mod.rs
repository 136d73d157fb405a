//! 创蓝闪验 ShanYan, the protocol of phone SDKs before 2.3.0 (V1).
//!
//! Endpoints: `/open/flashsdk/mobile-{query,validate}-{m,t,u}`, a URL for each carrier. The phone's SDK signs
//! (HmacSHA1), the back end relays its fields unchanged as a form. The number comes back as DES-CBC in Base64, or as
//! RSA in hex where the console holds a public key. Source: seeds/shanyan-v1-server-api.txt.

mod codes;
mod inspect;
mod sign;
mod wire;

use std::sync::Arc;

pub use sign::sign_v1;

use crate::call::ReturnAddress;
use crate::clock::Moment;
use crate::codes as code;
use crate::crypto::rsa::PrivateKey;
use crate::error::Error;
use crate::form;
use crate::inspect::Inspection;
use crate::options::{Form, OptionSpec, Options};
use crate::origin::Origin;
use crate::outcome::{Charge, FetchedNumber, Outcome, Receipt, Risk, RiskLevel, Verdict, Verification};
use crate::params::Params;
use crate::provider::{Ask, Draft, Operation, Provider, ProviderInfo, Signature};
use crate::reply::{self, Fields};
use crate::secret::{PhoneNumber, Secret};

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
    ],
    tables: &[codes::FLASHSDK],
    build: |options| Ok(Arc::new(ShanYan::new(options)?)),
};

/// A configured app.
#[derive(Debug)]
struct ShanYan {
    origin: Origin,
    app_id: String,
    app_key: Secret,
    keys: sign::Keys,
}

impl ShanYan {
    fn new(options: &mut Options) -> Result<Self, Error> {
        let base_url = options.take("base_url");
        let app_key = options.required("app_key")?;
        let rsa = options.take("private_key").map(|text| PrivateKey::parse("private_key", &text)).transpose()?;
        Ok(Self {
            origin: Origin::parse("base_url", base_url.as_ref().map_or(wire::ORIGIN, |url| url.as_str()))?,
            app_id: options.required("app_id")?.to_string(),
            keys: sign::Keys::new(&app_key, rsa)?,
            app_key: app_key.as_str().into(),
        })
    }

    /// Reads the answer of a query: the number under DES or RSA, as the reply says.
    fn number(&self, data: &mut Fields) -> Result<PhoneNumber, Error> {
        let ciphertext = data.text(wire::reply::MOBILE_NAME).filter(|text| !text.is_empty());
        let ciphertext = ciphertext.ok_or_else(|| Error::protocol("the reply says success but holds no mobileName"))?;
        match data.text(wire::reply::ENCRYPT_TYPE).as_deref() {
            None | Some("") => self.keys.open_des(&ciphertext),
            Some(name) if name.eq_ignore_ascii_case("RSA") => self.keys.open_rsa(&ciphertext),
            Some(_) => Err(Error::protocol("the reply names an encryptType that is neither empty nor RSA")),
        }
    }
}

impl Provider for ShanYan {
    fn id(&self) -> &'static str {
        INFO.id
    }

    fn inspect(&self, operation: Operation, params: &Params, moment: &Moment) -> Inspection {
        inspect::inspect(endpoint(operation), params, &self.app_id, self.app_key.expose(), moment)
    }

    fn prepare(&self, ask: &Ask, moment: &Moment) -> Result<Draft, Error> {
        let params = self.inspect(ask.operation(), &self.params(ask)?, moment).into_params()?;
        let path = params.field(wire::TELECOM).and_then(|telecom| endpoint(ask.operation()).path(telecom));
        let path = path.ok_or_else(|| Error::input("telecom: expected CMCC, CUCC or CTCC"))?;
        Ok(Draft {
            url: self.origin.at(&path),
            content_type: form::URLENCODED,
            body: form::urlencoded(params.fields()),
            request_id: params.field(wire::RANDOMS).map(str::to_owned),
        })
    }

    fn read(&self, request: &ReturnAddress, status: u16, body: &[u8]) -> Result<Outcome, Error> {
        let mut reply = reply::object(status, body)?;
        let code = reply.text(wire::reply::CODE).ok_or_else(|| Error::protocol("the reply holds no code"))?;
        let message = reply.text(wire::reply::MESSAGE).or_else(|| reply.text(wire::reply::RET_MSG)).unwrap_or_default();
        let charge = charge(reply.text(wire::reply::CHARGE_STATUS).as_deref());
        if code != wire::SUCCESS {
            let error = match code::find(codes::FLASHSDK, &code, &message) {
                Some(row) => row.to_error(&message),
                None => Error::undocumented(&code, &message),
            };
            return Err(error.charged(charge));
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
                    let number = self.number(&mut data)?;
                    Outcome::Fetched(FetchedNumber { number, receipt: receipt([reply, data]) })
                }
            })
        };
        answer().map_err(|error| error.charged(charge))
    }

    fn decrypt(&self, ciphertext: &str) -> Result<PhoneNumber, Error> {
        self.keys.open(ciphertext)
    }

    fn sign(&self, ask: &Ask, _moment: &Moment) -> Result<Signature, Error> {
        Ok(sign_v1(&self.params(ask)?, self.app_key.expose()))
    }
}

impl ShanYan {
    /// The phone's params, with the number in its place where the caller gave it beside them.
    fn params(&self, ask: &Ask) -> Result<Params, Error> {
        let (params, number) = match ask {
            Ask::FetchNumber { params } => return Ok(params.clone()),
            Ask::VerifyNumber { params, number: None } => return Ok(params.clone()),
            Ask::VerifyNumber { params, number: Some(number) } => (params, PhoneNumber::parse(number.expose())?),
            Ask::VerifyIdentity { .. } => return Err(self.lacks(ask.operation().as_str())),
        };
        let mut params = params.clone();
        match params.field(wire::MOBILE) {
            Some(mobile) if mobile.trim() != number.expose() => {
                return Err(Error::input("number: it differs from the mobile that the phone signed").advise(
                    "号码与 SDK 返回的 mobile 不一致：请只传其一，或传同一号码",
                    "the number and the params' mobile differ: pass the same number, or the params alone",
                ));
            }
            Some(_) => {}
            None => params.set(wire::MOBILE, number.expose()),
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
