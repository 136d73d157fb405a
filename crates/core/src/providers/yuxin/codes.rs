//! Yuxin's code tables.

use crate::provider::codes::code_table;

code_table! {
    /// Codes of the request. Source: PROTOCOL.md §7.1.
    pub(super) ERROR_CODE = "yuxin" "errorCode" {
        "200" Answer "成功" "success";
        "201" Protocol "部分成功" "partial success"
            => "单人核验没有“部分成功”的定义：请保留 request_id 向驭信核实" "partial success is undefined for one person: keep request_id and ask Yuxin";
        "301" Input "参数不能为空" "a parameter must not be empty";
        "302" Credentials "请求账号不存在" "the requesting account does not exist";
        "303" Credentials "请求密码不正确" "the requesting account's password is wrong";
        "304" Forbidden "请求帐号被冻结" "the requesting account is frozen";
        "305" Forbidden "请求没有此接口访问权限" "no access to this interface"
            => "账号未配置此服务：请联系驭信平台开通 verifyMobile" "this service is not configured for the account: have Yuxin enable verifyMobile";
        "306" Input "请求参数{$1}为空或格式错误" "parameter {$1} is empty or malformed"
            => "请核对 cipher、key、key_encoding、iv_encoding 与 logon_encoding，以及表单中 + 与 / 的百分号编码"
               "check cipher, key, key_encoding, iv_encoding and logon_encoding, and that + and / are percent-encoded in the form";
        "307" Credentials "请求验签失败" "the request's signature does not verify"
            => "请核对 cipher、key、key_encoding、iv_encoding 与 logon_encoding，以及表单中 + 与 / 的百分号编码"
               "check cipher, key, key_encoding, iv_encoding and logon_encoding, and that + and / are percent-encoded in the form";
        "308" Input "请求没有查询到结果" "nothing found"
            => "数据源查无此人，不等于“不一致”：请核对 number、name 与 id_card，或改用其他核验方式"
               "no record of this person, which is not a mismatch: check number, name and id_card, or verify otherwise";
        "309" Input "请求重复的请求" "the request was made before"
            => "同一请求已提交过：请勿以相同的内容与 iv 重发" "the same request was made before: do not resend the same content and iv";
        "310" Input "请求参数中存在无效数据" "the parameters hold invalid data";
        "311" Forbidden "权限不足" "insufficient permission"
            => "账号未配置任何服务：请联系驭信平台开通" "no service is configured for the account: have Yuxin enable it";
        "312" Quota "请求账号余额不足" "the requesting account's balance is too low";
        "313" Quota "剩余次数不足" "too few calls are left";
        "314" Quota "合同时间过期" "the contract has expired";
        "315" Input "请求头信息错误" "the request's headers are wrong";
        "500" Unavailable "系统错误，服务器异常" "system error, the server failed"
            => "驭信或其数据源暂不可用：可稍后再试，但重试是否计费文档未说明"
               "Yuxin or its source is unavailable: try again later, but whether that is billed is not documented";
        "501" Unavailable "查询超时" "the query timed out"
            => "驭信或其数据源暂不可用：可稍后再试，但重试是否计费文档未说明"
               "Yuxin or its source is unavailable: try again later, but whether that is billed is not documented";
        "502" Unavailable "请求失败" "the request failed"
            => "驭信或其数据源暂不可用：可稍后再试，但重试是否计费文档未说明"
               "Yuxin or its source is unavailable: try again later, but whether that is billed is not documented";
        "503" Unavailable "接口未响应" "the interface did not respond"
            => "驭信或其数据源暂不可用：可稍后再试，但重试是否计费文档未说明"
               "Yuxin or its source is unavailable: try again later, but whether that is billed is not documented";
        "504" Unavailable "外部数据源异常" "the external data source failed"
            => "驭信或其数据源暂不可用：可稍后再试，但重试是否计费文档未说明"
               "Yuxin or its source is unavailable: try again later, but whether that is billed is not documented";
    }
}

code_table! {
    /// Codes of the check, where `errorCode` is 200.
    ///
    /// Source: PROTOCOL.md §7.2; 55 is of the sibling document on bank cards, of the same service.
    pub(super) RETURN_CODE = "yuxin" "returnCode" {
        "10000" Match "一致的" "they belong together";
        "10001" Mismatch "不一致的" "they do not belong together";
        "10002" Unknown "未知的" "unknown";
        "55" Credentials "验签失败" "the signature does not verify"
            => "请核对 cipher、key、key_encoding、iv_encoding 与 logon_encoding，以及表单中 + 与 / 的百分号编码"
               "check cipher, key, key_encoding, iv_encoding and logon_encoding, and that + and / are percent-encoded in the form";
    }
}

code_table! {
    /// Codes of Yuxin's token service in the gateway's stead. Source: PROTOCOL.md §7.3.
    pub(super) TOKEN_SERVICE = "yuxin" "token" {
        "105" Token "无效token" "invalid token"
            => "token 选项须为驭信开放接口的有效 token：请重新获取并更新该选项"
               "the option token must be a valid token of Yuxin's open interface: obtain a new one and set it";
        "104" Quota "账户余额不足" "the account's balance is too low";
        "103" Forbidden "账户已下线" "the account is offline";
    }
}
