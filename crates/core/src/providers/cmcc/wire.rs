//! The gateway's spellings and nothing else: two interfaces, two letter cases.

/// `https://www.cmpassport.com`
pub(super) const ORIGIN: &str = "https://www.cmpassport.com";

/// 获取手机号码接口. Source: PROTOCOL.md §3.1, §3.2.
pub(super) mod login {
    use serde::Serialize;

    pub(in super::super) const PATH: &str = "/unisdk/rsapi/loginTokenValidate";
    pub(in super::super) const VERSION: &str = "2.0";
    pub(in super::super) const SUCCESS: &str = "103000";
    /// Exactly so: in lower case the gateway falls back to MD5 without a word.
    pub(in super::super) const RSA: &str = "RSA";

    /// Every value is a JSON string.
    #[derive(Serialize)]
    pub(in super::super) struct Request<'a> {
        pub(in super::super) version: &'a str,
        pub(in super::super) msgid: &'a str,
        pub(in super::super) systemtime: &'a str,
        pub(in super::super) strictcheck: &'a str,
        pub(in super::super) appid: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(in super::super) expandparams: Option<&'a str>,
        pub(in super::super) token: &'a str,
        pub(in super::super) sign: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(in super::super) encryptionalgorithm: Option<&'a str>,
    }
}

/// 本机号码校验接口. Source: PROTOCOL.md §4.1, §4.2.
pub(super) mod verify {
    use serde::Serialize;

    pub(in super::super) const PATH: &str = "/openapi/rs/tokenValidate";
    pub(in super::super) const VERSION: &str = "1.0";

    #[derive(Serialize)]
    pub(in super::super) struct Request<'a> {
        pub(in super::super) header: Header<'a>,
        pub(in super::super) body: Body<'a>,
    }

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    pub(in super::super) struct Header<'a> {
        pub(in super::super) version: &'a str,
        pub(in super::super) msg_id: &'a str,
        pub(in super::super) timestamp: &'a str,
        pub(in super::super) app_id: &'a str,
    }

    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    pub(in super::super) struct Body<'a> {
        pub(in super::super) open_type: &'a str,
        pub(in super::super) requester_type: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(in super::super) message: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(in super::super) expand_params: Option<String>,
        /// A string, as every value; left out it means SHA.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(in super::super) key_type: Option<&'a str>,
        pub(in super::super) phone_num: &'a str,
        pub(in super::super) token: &'a str,
        pub(in super::super) sign: &'a str,
    }
}

/// Fields of the params: the phone SDK's own, and documented request fields that a back end may add.
pub(super) mod params {
    pub(in super::super) const TOKEN: &str = "token";
    pub(in super::super) const RESULT_CODE: &str = "resultCode";
    pub(in super::super) const OPEN_TYPE: &str = "openType";
    pub(in super::super) const REQUESTER_TYPE: &str = "requesterType";
    pub(in super::super) const MESSAGE: &str = "message";
    pub(in super::super) const EXPAND_PARAMS: &[&str] = &["expandParams", "expandparams"];
    pub(in super::super) const APP_ID: &[&str] = &["appId", "appid"];
}

/// Fields of a reply.
pub(super) mod reply {
    pub(in super::super) const HEADER: &str = "header";
    pub(in super::super) const BODY: &str = "body";
    pub(in super::super) const RESULT_CODE: &str = "resultCode";
    pub(in super::super) const DESC: &str = "desc";
    pub(in super::super) const RESULT_DESC: &str = "resultDesc";
    pub(in super::super) const IN_RESPONSE_TO: &str = "inresponseto";
    pub(in super::super) const MSG_ID: &str = "msgId";
    pub(in super::super) const MSISDN: &str = "msisdn";
    pub(in super::super) const TASK_ID: &str = "taskId";
}
