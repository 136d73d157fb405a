//! The gateway's spellings and nothing else.

use crate::provider::Operation;

/// `https://api.253.com`
pub(super) const ORIGIN: &str = "https://api.253.com";

/// The code of success.
pub(super) const SUCCESS: &str = "200000";

pub(super) const APP_ID: &str = "appId";
pub(super) const MOBILE: &str = "mobile";
pub(super) const SIGN: &str = "sign";
pub(super) const TELECOM: &str = "telecom";
pub(super) const TIMESTAMP: &str = "timestamp";
pub(super) const RANDOMS: &str = "randoms";

/// Where one function lives, and which fields its phone SDK returns.
pub(super) struct Endpoint {
    pub(super) operation: Operation,
    path: &'static str,
    pub(super) token: &'static str,
    pub(super) fields: &'static [&'static str],
}

/// 获取手机号. Source: PROTOCOL.md §2.1, §2.2.
pub(super) const QUERY: Endpoint = Endpoint {
    operation: Operation::FetchNumber,
    path: "/open/flashsdk/mobile-query-",
    token: "accessToken",
    fields: &[APP_ID, "accessToken", TELECOM, TIMESTAMP, RANDOMS, SIGN, "version", "device"],
};

/// 本机号校验. Source: PROTOCOL.md §2.1, §2.2.
pub(super) const VALIDATE: Endpoint = Endpoint {
    operation: Operation::VerifyNumber,
    path: "/open/flashsdk/mobile-validate-",
    token: "accessCode",
    fields: &[APP_ID, "accessCode", TELECOM, TIMESTAMP, RANDOMS, SIGN, "version", "device", MOBILE],
};

/// A field that some SDK versions return and others do not.
pub(super) const OPTIONAL_FIELDS: &[&str] = &["tradeNo"];

impl Endpoint {
    /// The path for a carrier, or nothing for an unknown one.
    pub(super) fn path(&self, telecom: &str) -> Option<String> {
        let suffix = match telecom {
            "CMCC" => "m",
            "CTCC" => "t",
            "CUCC" => "u",
            _ => return None,
        };
        Some(format!("{}{suffix}", self.path))
    }
}

/// V2: the phone returns a token, the back end signs. Source: PROTOCOL.md §5.2.
pub(super) mod v2 {
    /// `https://wsflash.253.com`
    pub(in super::super) const ORIGIN: &str = "https://wsflash.253.com";

    pub(in super::super) const TOKEN: &str = "token";
    pub(in super::super) const MOBILE: &str = super::MOBILE;
    pub(in super::super) const CLIENT_IP: &str = "clientIp";
    pub(in super::super) const ENCRYPT_TYPE: &str = "encryptType";
    pub(in super::super) const OUT_ID: &str = "outId";
}

pub(super) mod reply {
    //! Fields of a reply.

    pub(in super::super) const CODE: &str = "code";
    pub(in super::super) const MESSAGE: &str = "message";
    /// The message's name in failures of some gateways.
    pub(in super::super) const RET_MSG: &str = "retMsg";
    pub(in super::super) const CHARGE_STATUS: &str = "chargeStatus";
    pub(in super::super) const DATA: &str = "data";
    pub(in super::super) const MOBILE_NAME: &str = "mobileName";
    /// The number's name in replies of the web and mini-program endpoints.
    pub(in super::super) const MOBILE: &str = "mobile";
    pub(in super::super) const IS_VERIFY: &str = "isVerify";
    pub(in super::super) const TRADE_NO: &str = "tradeNo";
    pub(in super::super) const FANQIZHA: &str = "fanqizha";
    pub(in super::super) const TAG: &str = "tag";
    pub(in super::super) const ENCRYPT_TYPE: &str = "encryptType";
}
