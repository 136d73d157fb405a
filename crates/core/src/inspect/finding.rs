//! Findings about a field: its damage, and the action taken.

use std::fmt;

use crate::encoding::repair::Damage;
use crate::model::{Error, Retry};

/// One thing found in the params.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The field, in the vendor's spelling.
    pub field: String,
    /// The damage.
    pub cause: Cause,
    /// The action taken.
    pub action: Action,
    /// The particulars, without the value.
    pub message: String,
}

impl Finding {
    pub(super) fn into_error(self) -> Error {
        let (zh, en) = self.cause.remedy();
        let retry = if self.cause.is_about_time() { Retry::NewToken } else { Retry::Never };
        Error::input(self.to_string()).with_retry(retry).with_hint_text(zh, en)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.cause)?;
        if !self.message.is_empty() && !self.message.starts_with(self.cause.en()) {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}

/// The action taken on a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Reported only; the call goes ahead.
    Noted,
    /// The call is refused before it is sent.
    Refused,
    /// Nothing is lost; the call goes ahead with the value restored.
    Repaired,
}

impl Action {
    /// The action's name, the same in every language: `repaired`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Noted => "noted",
            Self::Refused => "refused",
            Self::Repaired => "repaired",
        }
    }
}

macro_rules! causes {
    ($($(#[$doc:meta])* $variant:ident $name:literal $en:literal => $zh_fix:literal $en_fix:literal;)*) => {
        /// The damage that a field can have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Cause { $(#[doc = $en] $variant),* }

        impl Cause {
            /// The cause's name, the same in every language: `blank_for_plus`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The cause in words.
            pub fn en(self) -> &'static str {
                match self { $(Self::$variant => $en),* }
            }

            /// The remedy: Chinese, English.
            pub fn remedy(self) -> (&'static str, &'static str) {
                match self { $(Self::$variant => ($zh_fix, $en_fix)),* }
            }
        }
    };
}

causes! {
    BadSignature "bad_signature" "the phone's signature does not hold" => "字段在手机与后端之间被改动，或 app_key 不属于该应用：请逐字段比对 App 打印的值" "a field changed between phone and back end, or app_key is of another app: compare field by field with what the app printed";
    BlankForPlus "blank_for_plus" "a blank stands where Base64 had a plus" => "请把参数放在请求体中并做 URL 编码，不要拼接在 URL 上" "send the params in the request body, URL-encoded, not spliced into a URL";
    Empty "empty" "the value is empty" => "请检查 App 是否取到了该字段" "check that the app received the field from its SDK";
    Extra "extra" "the field is not one of the SDK's" => "只转发 SDK 返回的字段，不能多传：多出的字段会使签名失效" "relay the SDK's fields and no others: another field breaks the signature";
    Future "future" "the time lies ahead of this machine's clock" => "请校准手机与服务器的时钟" "set the clocks of phone and server";
    Garbled "garbled" "the value has characters that it cannot have" => "请原样转发 SDK 返回的值" "relay the value as the phone's SDK returned it";
    Missing "missing" "the field is missing" => "SDK 返回的字段须全部原样转发，不能少传" "relay all of the SDK's fields, none left out";
    NotANumber "not_a_number" "the value is not a phone number" => "手机号须为 1 开头的 11 位数字" "expected 1 and ten more digits";
    NotATime "not_a_time" "the value is not a time" => "timestamp 须为 SDK 返回的毫秒时间戳" "relay the SDK's timestamp in milliseconds";
    OtherApp "other_app" "the params are of another app" => "Android、iOS 等各平台的 appId 与密钥不同，请使用与该 App 对应的一组" "each platform's app has its own id and key: use those of the app that made the params";
    PercentEncoded "percent_encoded" "the value is percent-encoded" => "请在转发前做一次 URL 解码" "decode the value once before relaying it";
    PhoneFailed "phone_failed" "the phone's SDK did not succeed" => "手机端取 token 未成功：请按 SDK 返回码处理，不要调用后端接口" "the phone got no token: handle the SDK's code in the app, no back-end call is due";
    Seconds "seconds" "the time is in seconds" => "请原样转发 SDK 的毫秒时间戳" "relay the SDK's timestamp in milliseconds, unchanged";
    Stale "stale" "the time is too old" => "参数已过期：请让手机重新取 token，并尽快转发" "the params have expired: ask the phone for new ones and relay them at once";
    SurroundingBlank "surrounding_blank" "white space stands around the value" => "请去掉首尾空白" "trim the value";
    Truncated "truncated" "the value is cut short" => "请检查数据库字段、日志或网关是否截断了该值" "check what cuts the value: a column, a log line, a proxy";
    UnicodeEscape "unicode_escape" "the value is escaped once too often" => "请用 JSON 库解析，而不是截取字符串" "parse the JSON with a library instead of cutting strings out of it";
    UnknownValue "unknown_value" "the value is not one of the documented ones" => "请使用文档列出的取值" "use one of the documented values";
    UnknownTelecom "unknown_telecom" "the carrier is not known" => "telecom 须为 CMCC、CUCC 或 CTCC" "expected CMCC, CUCC or CTCC";
}

impl Cause {
    pub(super) fn is_about_time(self) -> bool {
        matches!(self, Self::Future | Self::Stale)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.en())
    }
}

impl From<Damage> for Cause {
    fn from(damage: Damage) -> Self {
        match damage {
            Damage::BlankForPlus => Self::BlankForPlus,
            Damage::PercentEncoded => Self::PercentEncoded,
            Damage::SurroundingBlank => Self::SurroundingBlank,
            Damage::UnicodeEscape => Self::UnicodeEscape,
        }
    }
}
