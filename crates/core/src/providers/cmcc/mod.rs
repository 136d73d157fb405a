//! 中国移动认证 China Mobile (cmpassport).
//!
//! Endpoints: `/unisdk/rsapi/loginTokenValidate` (token → number) and `/openapi/rs/tokenValidate` (token + number →
//! yes or no), JSON in which every value is a string. The back end signs: MD5 or SHA256withRSA for the one,
//! HmacSHA256 or MD5withRSA for the other. The number comes back in clear, or as RSA in hex. Source: PROTOCOL.md §1.2.

mod codes;
mod inspect;
mod login;
mod sign;
mod verify;
mod wire;

use std::sync::Arc;

use crate::crypto::rsa::PrivateKey;
use crate::inspect::{Collector, Inspection};
use crate::model::{Charge, Error, Outcome, Params, PhoneNumber, Receipt};
use crate::provider::base_url::BaseUrl;
use crate::provider::reply::{self, Fields};
use crate::provider::{
    AppMatch, Ask, Form, Moment, Operation, OptionSpec, Options, ProtocolState, Provider, ProviderInfo, RequestContext,
    Signature, UnsentRequest,
};
use crate::redact::Secret;

pub(crate) const INFO: ProviderInfo = ProviderInfo {
    id: "cmcc",
    zh: "中国移动认证",
    en: "China Mobile (cmpassport)",
    operations: &[Operation::FetchNumber, Operation::VerifyNumber],
    options: &[
        OptionSpec::new(
            "app_id",
            Form::Id,
            "签发 token 的 App 的 AppID",
            "the AppID of the app whose SDK issued the token",
        )
        .required(),
        OptionSpec::new(
            "app_key",
            Form::Secret,
            "AppKey：本机号码校验必需；未配置 app_secret 时也用于登录的 MD5 签名",
            "the AppKey: needed for verify_number; also signs logins (MD5) where app_secret is not configured",
        ),
        OptionSpec::new(
            "app_secret",
            Form::Secret,
            "APPSecret：2018-12 之后的应用用它做登录的 MD5 签名",
            "the APPSecret: signs logins (MD5) of apps made after 2018-12",
        ),
        OptionSpec::new(
            "private_key",
            Form::Key,
            "RSA 私钥（应用公钥1 的一对）：配置后登录改用 RSA 签名",
            "the RSA private key of 应用公钥1: where configured, logins are signed with it",
        ),
        OptionSpec::new(
            "decrypt_key",
            Form::Key,
            "RSA 私钥（应用公钥2 的一对），用于解密号码；默认同 private_key",
            "the RSA private key of 应用公钥2, which opens the number; private_key if left out",
        ),
        OptionSpec::new(
            "strict_check",
            Form::Choice(&["0", "1"]),
            "1 要求网关强校验服务器 IP 白名单",
            "1 asks the gateway to enforce the server's IP allow list",
        )
        .default("0"),
        OptionSpec::new(
            "key_type",
            Form::Choice(&["0", "1"]),
            "本机号码校验的加密方式：0 为 SHA-256 与 HMAC，1 为 RSA（需 platform_key 与 private_key）",
            "how verify_number is sealed: 0 SHA-256 and HMAC, 1 RSA (needs platform_key and private_key)",
        )
        .default("0"),
        OptionSpec::new(
            "platform_key",
            Form::Key,
            "平台公钥，从控制台复制；key_type 为 1 时用于加密号码",
            "the platform's public key (平台公钥) from the console: encrypts the number under key_type 1",
        ),
        OptionSpec::new(
            "rsa_encoding",
            Form::Choice(&["base64", "hex"]),
            "key_type 为 1 时 phoneNum 与 sign 的写法",
            "how phoneNum and sign are written under key_type 1",
        )
        .default("base64"),
    ],
    tables: &[codes::LOGIN_TOKEN_VALIDATE, codes::TOKEN_VALIDATE, codes::PHONE_SDK],
    build: |options| Ok(Arc::new(Cmcc::new(options)?)),
};

/// A configured app.
#[derive(Debug)]
struct Cmcc {
    origin: BaseUrl,
    app_id: String,
    login_key: sign::LoginKey,
    verify_key: Option<sign::VerifyKey>,
    decrypt_key: Option<Arc<PrivateKey>>,
    strict_check: String,
}

impl Cmcc {
    fn new(options: &mut Options) -> Result<Self, Error> {
        let base_url = options.take("base_url");
        let private_key = options.take("private_key");
        let decrypt_key = options.take("decrypt_key");
        let app_key = options.take("app_key").map(|key| Secret::from(key.as_str()));
        let verify_key = verify::key(options, app_key.clone(), private_key.as_ref().map(|pem| pem.as_str()))?;
        let app_secret = options.take("app_secret").map(|secret| Secret::from(secret.as_str()));
        let login_key = match (&private_key, app_secret, app_key) {
            (Some(pem), ..) => sign::LoginKey::Rsa(PrivateKey::shared("private_key", pem)?),
            (None, Some(secret), _) => sign::LoginKey::Md5 { secret, option: "app_secret" },
            (None, None, Some(secret)) => sign::LoginKey::Md5 { secret, option: "app_key" },
            (None, None, None) => {
                return Err(Error::config("one of the options app_key, app_secret and private_key is required"));
            }
        };
        let decrypt_key = match (decrypt_key, private_key) {
            (Some(pem), _) => Some(PrivateKey::shared("decrypt_key", &pem)?),
            (None, Some(pem)) => Some(PrivateKey::shared("private_key", &pem)?),
            (None, None) => None,
        };
        Ok(Self {
            origin: BaseUrl::parse("base_url", base_url.as_ref().map_or(wire::ORIGIN, |url| url.as_str()))?,
            app_id: options.required("app_id")?.to_string(),
            login_key,
            verify_key,
            decrypt_key,
            strict_check: options.required("strict_check")?.to_string(),
        })
    }

    fn examine<'a>(&self, operation: Operation, params: &'a Params) -> Collector<'a> {
        inspect::examine(operation, params, &self.app_id)
    }

    fn draft(&self, path: &str, request: &impl serde::Serialize, msg_id: &str) -> Result<UnsentRequest, Error> {
        let body = serde_json::to_string(request);
        Ok(UnsentRequest {
            url: self.origin.at(path),
            content_type: "application/json",
            body: body.map_err(|error| Error::input("the params do not fit into JSON").with_source(error))?,
            request_id: Some(msg_id.to_owned()),
            memo: ProtocolState::default(),
        })
    }
}

impl Provider for Cmcc {
    fn info(&self) -> &'static ProviderInfo {
        &INFO
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }

    /// China Mobile's tokens tell nothing of their app, so the app must relay its id beside them.
    fn matches_app(&self, params: &Params) -> AppMatch {
        match wire::params::APP_ID.iter().find_map(|name| params.field(name)) {
            Some(app_id) if app_id == self.app_id => AppMatch::Yes,
            Some(_) => AppMatch::No,
            None => AppMatch::Unknown,
        }
    }

    fn inspect(&self, operation: Operation, params: &Params, _moment: &Moment) -> Inspection {
        self.examine(operation, params).into()
    }

    fn prepare(&self, ask: &Ask, moment: &Moment) -> Result<UnsentRequest, Error> {
        match ask {
            Ask::FetchNumber { params } => self.prepare_login(params, moment),
            Ask::VerifyNumber { params, number } => self.prepare_verify(params, number.as_ref(), moment),
            Ask::VerifyIdentity { .. } => Err(self.unsupported(ask.operation().as_str())),
        }
    }

    fn read(&self, request: &RequestContext, status: u16, body: &[u8]) -> Result<Outcome, Error> {
        let reply = reply::object(status, body)?;
        match request.operation {
            Operation::VerifyNumber => Self::read_verify(request, reply),
            _ => self.read_login(request, reply),
        }
    }

    fn secrets(&self) -> Vec<&str> {
        let app_key = self.verify_key.as_ref().map(sign::VerifyKey::app_key);
        app_key.into_iter().chain(self.login_key.secret()).map(Secret::expose).collect()
    }

    fn decrypt(&self, ciphertext: &str) -> Result<PhoneNumber, Error> {
        let key = self.decrypt_key.as_ref().ok_or_else(|| {
            Error::config("option decrypt_key: the number is RSA-encrypted, but no private key is configured")
                .with_hint_text(
                    "请配置 decrypt_key（应用公钥2 对应的私钥），未配置时使用 private_key",
                    "configure decrypt_key, the private key of 应用公钥2; private_key is used if it is left out",
                )
        })?;
        sign::decrypt(key, ciphertext)
    }

    fn sign(&self, ask: &Ask, moment: &Moment) -> Result<Signature, Error> {
        match ask {
            Ask::FetchNumber { params } => self.sign_login(params, moment),
            Ask::VerifyNumber { params, number } => self.sign_verify(params, number.as_ref(), moment),
            Ask::VerifyIdentity { .. } => Err(self.unsupported(ask.operation().as_str())),
        }
    }
}

/// The fields that both interfaces return, at either place in the reply.
struct Answered {
    code: String,
    message: String,
    task_id: Option<String>,
    request_id: Option<String>,
}

impl Answered {
    /// Looks in the header, then at the top, then in the body: failures come with and without header.
    ///
    /// # Errors
    ///
    /// `protocol` if there is no code, or if the reply names another request: its number is another user's.
    fn read(
        reply: &mut Fields,
        header: &mut Fields,
        body: &mut Fields,
        request: &RequestContext,
    ) -> Result<Self, Error> {
        let code = header.text_any_case(wire::reply::RESULT_CODE);
        let code = code.or_else(|| reply.text_any_case(wire::reply::RESULT_CODE));
        let code = code.ok_or_else(|| Error::protocol("the reply holds no resultCode"))?;
        let said = body.text(wire::reply::RESULT_DESC).or_else(|| reply.text(wire::reply::RESULT_DESC));
        let message = said.or_else(|| reply.text(wire::reply::DESC)).unwrap_or_default();
        let answers = header.text(wire::reply::MSG_ID).or_else(|| reply.text(wire::reply::IN_RESPONSE_TO));
        let answers = answers.filter(|id| !id.is_empty());
        if let (Some(answers), Some(asked)) = (&answers, &request.request_id)
            && !answers.eq_ignore_ascii_case(asked)
        {
            return Err(Error::protocol("the reply answers another request, so its content is not used"));
        }
        Ok(Self {
            code,
            message,
            task_id: body.text(wire::reply::TASK_ID).or_else(|| reply.text(wire::reply::TASK_ID)),
            request_id: request.request_id.clone().or(answers),
        })
    }

    fn receipt<const N: usize>(self, charge: Charge, rest: [Fields; N]) -> Receipt {
        Receipt {
            provider: INFO.id,
            code: self.code,
            message: self.message,
            charge,
            trade_no: self.task_id,
            request_id: self.request_id,
            risk: None,
            extra: reply::extra(rest),
        }
    }
}
