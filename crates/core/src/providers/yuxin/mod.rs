//! 驭信 Yuxin 手机实名认证: do number, name and id card belong together?
//!
//! Endpoint: `/api/personalInfo/verifyMobile`. The three go encrypted in `logon`, under a key that the platform issues
//! and an iv of the caller's. The document names neither host nor cipher, so both are options without a default.
//! Source: PROTOCOL.md §1.2, §2.1.

mod codes;
mod sign;
pub(crate) mod token;
mod wire;

use std::sync::Arc;

use self::token::Token;
use crate::crypto::cbc::Cipher;
use crate::encoding::form;
use crate::encoding::{base64, hex};
use crate::model::{Charge, Error, Identity, Outcome, Receipt, Verification};
use crate::provider::base_url::BaseUrl;
use crate::provider::codes as code;
use crate::provider::{
    Ask, Form, Moment, Operation, OptionSpec, Options, ProtocolState, Provider, ProviderInfo, RefreshFuture,
    RequestContext, UnsentRequest, reply,
};
use crate::redact::Secret;

pub(crate) const INFO: ProviderInfo = ProviderInfo {
    id: "yuxin",
    zh: "驭信手机实名认证",
    en: "Yuxin identity check",
    operations: &[Operation::VerifyIdentity],
    options: &[
        OptionSpec::new("base_url", Form::Address, "平台下发的接口地址", "the address that the platform issued")
            .required(),
        OptionSpec::new(
            "token",
            Form::Secret,
            "驭信开放接口 token（Rust 中也可用回调提供）",
            "the platform's access token; in Rust a callback may supply it instead",
        ),
        OptionSpec::new("key", Form::Secret, "平台下发的加密秘钥", "the encryption key that the platform issued")
            .required(),
        OptionSpec::new(
            "cipher",
            Form::Choice(&["aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des-cbc", "des-ede3-cbc", "sm4-cbc"]),
            "logon 的加密算法，随秘钥下发；文档未写明，故无默认值",
            "the cipher of logon, issued with the key; the document names none, so there is no default",
        )
        .required(),
        OptionSpec::new("key_encoding", Form::Choice(&["utf8", "hex", "base64"]), "key 的写法", "how key is written")
            .default("utf8"),
        OptionSpec::new("iv_encoding", Form::Choice(&["utf8", "hex", "base64"]), "iv 的发送写法", "how the iv is sent")
            .default("utf8"),
        OptionSpec::new(
            "logon_encoding",
            Form::Choice(&["base64", "base64url", "hex", "hex-upper"]),
            "logon 密文的写法",
            "how the ciphertext of logon is written",
        )
        .default("base64"),
        OptionSpec::new("body", Form::Choice(&["form", "json"]), "请求体格式", "the form of the request's body")
            .default("form"),
    ],
    tables: &[codes::ERROR_CODE, codes::TOKEN_SERVICE, codes::RETURN_CODE],
    build: |options| {
        let token = options.take("token").ok_or_else(|| Error::config("option token: it is required"))?;
        Ok(Arc::new(Yuxin::new(options, Token::fixed(&token))?))
    },
};

/// Builds an account whose token comes from the caller's own code.
#[cfg(feature = "http")]
pub(crate) fn with_token_source(options: &mut Options, source: token::Source) -> Result<Arc<dyn Provider>, Error> {
    Ok(Arc::new(Yuxin::new(options, Token::from_source(source))?))
}

/// A configured account.
#[derive(Debug)]
struct Yuxin {
    origin: BaseUrl,
    token: Token,
    /// As the caller wrote it.
    key: Secret,
    logon: sign::LogonCipher,
    as_json: bool,
}

impl Yuxin {
    fn new(options: &mut Options, token: Token) -> Result<Self, Error> {
        let cipher = match options.required("cipher")?.as_str() {
            "aes-128-cbc" => Cipher::Aes128,
            "aes-192-cbc" => Cipher::Aes192,
            "aes-256-cbc" => Cipher::Aes256,
            "des-cbc" => Cipher::Des,
            "des-ede3-cbc" => Cipher::TripleDes,
            _ => Cipher::Sm4,
        };
        let key = options.required("key")?;
        let bytes = match options.required("key_encoding")?.as_str() {
            "hex" => hex::decode(&key),
            "base64" => base64::decode(&key),
            _ => Some(key.as_bytes().to_vec()),
        };
        Ok(Self {
            origin: BaseUrl::parse("base_url", &options.required("base_url")?)?,
            token,
            key: Secret::from(key.as_str()),
            logon: sign::LogonCipher {
                cipher,
                key: sign::Key::new(bytes, cipher)?,
                iv: match options.required("iv_encoding")?.as_str() {
                    "hex" => sign::IvForm::Hex,
                    "base64" => sign::IvForm::Base64,
                    _ => sign::IvForm::Utf8,
                },
                encoding: match options.required("logon_encoding")?.as_str() {
                    "base64url" => sign::LogonEncoding::Base64Url,
                    "hex" => sign::LogonEncoding::HexLower,
                    "hex-upper" => sign::LogonEncoding::HexUpper,
                    _ => sign::LogonEncoding::Base64,
                },
            },
            as_json: options.required("body")?.as_str() == "json",
        })
    }
}

impl Provider for Yuxin {
    fn info(&self) -> &'static ProviderInfo {
        &INFO
    }

    fn prepare(&self, ask: &Ask, moment: &Moment) -> Result<UnsentRequest, Error> {
        let Ask::VerifyIdentity { number, name, id_card } = ask else {
            return Err(self.unsupported(ask.operation().as_str()));
        };
        let person = Identity::parse(number.expose(), name.expose(), id_card.expose())?;
        let (logon, iv) = self.logon.encrypt(&person, moment)?;
        let token = self.token.current()?;
        let request = wire::Request { token: token.expose(), iv: &iv, logon: &logon };
        let (content_type, body) = if self.as_json {
            let body = serde_json::to_string(&request);
            (
                "application/json",
                body.map_err(|error| Error::config("option token: it does not fit into JSON").with_source(error))?,
            )
        } else {
            (form::URLENCODED, form::urlencoded(request.fields()))
        };
        let memo = ProtocolState { token: Some(token), ..ProtocolState::default() };
        Ok(UnsentRequest { url: self.origin.at(wire::PATH), content_type, body, request_id: None, memo })
    }

    fn read(&self, request: &RequestContext, status: u16, body: &[u8]) -> Result<Outcome, Error> {
        let mut reply = reply::object(status, body)?;
        let error_code = reply.text(wire::reply::ERROR_CODE);
        let error_code = error_code.ok_or_else(|| Error::protocol("the reply holds no errorCode"))?;
        let detail = reply.text(wire::reply::ERROR_DETAIL).unwrap_or_default();
        if error_code != wire::ANSWERED {
            let row = code::find(codes::ERROR_CODE, &error_code, &detail)
                .or_else(|| code::find(codes::TOKEN_SERVICE, &error_code, &detail));
            return Err(row.map_or_else(|| Error::undocumented(&error_code, &detail), |row| row.to_error(&detail)));
        }
        let code = reply.text(wire::reply::RETURN_CODE).filter(|code| !code.is_empty());
        let code = code.ok_or_else(|| Error::protocol("the reply says 200 but holds no returnCode"))?;
        let message = reply.text(wire::reply::RETURN_DESC).unwrap_or_default();
        let row =
            code::find(codes::RETURN_CODE, &code, &message).ok_or_else(|| Error::undocumented(&code, &message))?;
        let code::Meaning::Verdict(verdict) = row.meaning else { return Err(row.to_error(&message)) };
        let mut extra = reply::extra([reply]);
        if !detail.is_empty() {
            extra.insert(wire::reply::ERROR_DETAIL.to_owned(), detail.into());
        }
        let receipt = Receipt {
            provider: INFO.id,
            code,
            message,
            charge: Charge::Unknown,
            trade_no: None,
            request_id: request.request_id.clone(),
            risk: None,
            extra,
        };
        Ok(Outcome::Verified(Verification { verdict, receipt }))
    }

    fn secrets(&self) -> Vec<&str> {
        vec![self.key.expose()]
    }

    fn renew<'a>(&'a self, refused: Option<&'a Error>) -> RefreshFuture<'a> {
        let is_refused = refused.is_some_and(|error| error.vendor_code() == Some(wire::TOKEN_REFUSED));
        if refused.is_some() && !is_refused {
            return Box::pin(std::future::ready(Ok(false)));
        }
        Box::pin(self.token.renew(is_refused))
    }
}
