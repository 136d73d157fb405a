//! Error classification: kind, retry, phase, charge, hint.

use std::borrow::Cow;
use std::fmt;

/// The kind of a failure: whose fault it is, which decides the remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller's code or options, found before any I/O. **What to do:** fix the code.
    Config,
    /// The gateway refused the key or the signature. **What to do:** compare keys with the console.
    Credentials,
    /// The reply's number did not open: wrong key or corrupt payload. **What to do:** compare keys.
    Decrypt,
    /// The account, app or address may not do this. **What to do:** enable it in the console.
    Forbidden,
    /// The request as asked is wrong. **What to do:** fix what the message names.
    Input,
    /// The gateway broke its contract. **What to do:** fetch a new token and try again; tell us.
    Protocol,
    /// Balance, frequency or contract is used up. **What to do:** top up or slow down.
    Quota,
    /// The phone's token is expired, reused or of another app. **What to do:** ask the phone for a new one.
    Token,
    /// The network failed. **What to do:** see [`Error::retry`](crate::Error::retry).
    Transport {
        /// Where.
        phase: Phase,
        /// Whether a deadline passed.
        timeout: bool,
    },
    /// The gateway or the carrier is down. **What to do:** fetch a new token and try again.
    Unavailable,
}

impl ErrorKind {
    /// The kind's name, the same in every language: `token`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Credentials => "credentials",
            Self::Decrypt => "decrypt",
            Self::Forbidden => "forbidden",
            Self::Input => "input",
            Self::Protocol => "protocol",
            Self::Quota => "quota",
            Self::Token => "token",
            Self::Transport { .. } => "transport",
            Self::Unavailable => "unavailable",
        }
    }

    /// The default answer to "may it be tried again?".
    pub fn retry(self) -> Retry {
        match self {
            Self::Config | Self::Credentials | Self::Decrypt | Self::Forbidden | Self::Input | Self::Quota => {
                Retry::Never
            }
            Self::Transport { phase: Phase::Connect, .. } => Retry::SameToken,
            Self::Protocol | Self::Token | Self::Transport { .. } | Self::Unavailable => Retry::NewToken,
        }
    }

    /// The charge where the vendor does not state it.
    pub(crate) fn charge(self) -> Charge {
        match self {
            Self::Config | Self::Input | Self::Transport { phase: Phase::Connect, .. } => Charge::No,
            _ => Charge::Unknown,
        }
    }

    /// The default remedy.
    pub fn hint(self) -> Hint {
        let (zh, en) = match self {
            Self::Config => ("请修正代码或配置后重试", "fix the code or the options that the message names"),
            Self::Credentials => (
                "请核对控制台上的 appId、密钥与签名方式是否属于同一应用",
                "compare app id, key and signature type with the console: all must belong to the same app",
            ),
            Self::Decrypt => (
                "密钥不匹配或密文损坏：请核对 appKey 或 RSA 私钥是否属于该应用",
                "wrong key or corrupt payload: check that the app key or RSA private key belongs to this app",
            ),
            Self::Forbidden => (
                "请在控制台开通能力、检查账户状态与服务器出口 IP 白名单",
                "in the console, enable the capability and check account state and the server's IP allow list",
            ),
            Self::Input => ("请按提示修正请求参数", "fix the parameter that the message names"),
            Self::Protocol => (
                "网关返回了文档之外的内容：请让手机重新取 token 后再试，并保留 request_id 反馈",
                "the gateway answered outside its documentation: retry with a new token and report the request id",
            ),
            Self::Quota => (
                "余额、频率或合同额度用尽：请充值、降频或续约",
                "balance, rate or contract is used up: top up, slow down or renew",
            ),
            Self::Token => (
                "token 已过期、已使用或不属于该应用：请让手机重新取 token，切勿重发",
                "the token is expired, used or of another app: ask the phone for a new one, never resend it",
            ),
            Self::Transport { phase: Phase::Connect, .. } => (
                "未连上网关，请求未发出：可用同一 token 重试；请检查网络、DNS、代理与证书",
                "the gateway was not reached and nothing was sent: the same token may be retried; check network, DNS, proxy and certificates",
            ),
            Self::Transport { .. } => (
                "请求可能已到达网关且可能已计费：请让手机重新取 token，切勿重发原 token",
                "the request may have arrived and may be billed: ask the phone for a new token, never resend this one",
            ),
            Self::Unavailable => (
                "网关或运营商暂不可用：请让手机重新取 token 后再试，或改用短信验证码",
                "the gateway or carrier is unavailable: retry with a new token, or fall back to an SMS code",
            ),
        };
        Hint { zh: zh.into(), en: en.into() }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        match self {
            Self::Transport { phase, timeout: true } => write!(f, " ({}, timeout)", phase.as_str()),
            Self::Transport { phase, timeout: false } => write!(f, " ({})", phase.as_str()),
            _ => Ok(()),
        }
    }
}

/// Whether, and with what, a failed operation may be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "three answers are all there can be")]
pub enum Retry {
    /// Trying again gives the same failure.
    Never,
    /// Only with a new token from the phone: this one may be spent.
    NewToken,
    /// With the same token: no byte of the request left this machine.
    SameToken,
}

impl Retry {
    /// The value's name, the same in every language: `new_token`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::NewToken => "new_token",
            Self::SameToken => "same_token",
        }
    }
}

/// Where in an exchange the network failed, in the order they happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "an exchange has these three parts")]
pub enum Phase {
    /// Before a byte of the request left: name, address, proxy, TLS.
    Connect,
    /// While the request was being written.
    Send,
    /// After the request was written.
    Receive,
}

impl Phase {
    /// The phase's name, the same in every language: `connect`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Receive => "receive",
            Self::Send => "send",
        }
    }
}

/// The remedy of a failure, in both languages; `Display` shows both.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hint {
    /// In Chinese.
    pub zh: Cow<'static, str>,
    /// In English.
    pub en: Cow<'static, str>,
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.zh, self.en)
    }
}

/// Whether the vendor bills a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "yes, no, and unknown are all there can be")]
pub enum Charge {
    /// The vendor says no, or nothing was sent.
    No,
    /// The vendor does not say, or its answer was lost.
    Unknown,
    /// The vendor says yes.
    Yes,
}

impl Charge {
    /// The value's name, the same in every language: `yes`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Unknown => "unknown",
            Self::Yes => "yes",
        }
    }
}
