//! ShanYan's code table.

use crate::provider::codes::code_table;

code_table! {
    /// The reply codes of `/open/flashsdk/*`, V1 and V2 alike.
    ///
    /// `403000` has several causes, distinguished by the message alone. Source: PROTOCOL.md §8.1, §8.2.
    pub(super) FLASHSDK = "shanyan" "flashsdk" {
        "200000" Answer "请求成功" "the request succeeded";
        "400001" Input "参数校验异常" "a parameter failed its check";
        "403000" ~ "appId不能为空" Input "请求非法，appId不能为空" "illegal request, appId must not be empty"
            => "请以 POST 表单（application/x-www-form-urlencoded 或 multipart/form-data）提交并核对字段名 appId，接口不收 JSON"
               "post a form (application/x-www-form-urlencoded or multipart/form-data) that has the field appId: JSON is not read";
        "403000" ~ "签名验证不通过" Credentials "请求非法，签名验证不通过" "illegal request, the signature does not verify"
            => "请把 SDK 的参数不增不减原样转发，全程用 POST 表单而不拼 URL（会丢失 Base64 的 + / =）；V2 请核对 app_key 与 app_id 属于同一应用"
               "relay the SDK's parameters untouched, by POST form all the way (a URL loses + / = of Base64); V2: check that app_key and app_id are of one app";
        "403000" ~ "timestamp超时" Token "请求非法，timestamp超时" "illegal request, timestamp is too old"
            => "请原样转发 SDK 的 timestamp 并在 3 分钟（移动号码 2 分钟）内请求：让手机重新取 token，并检查手机时钟与途中的排队"
               "relay the SDK's timestamp and call within 3 minutes (CMCC: 2): ask the phone for a new token, check its clock and the queues on the way";
        "403000" ~ "重复请求" Token "请求非法，重复请求" "illegal request, it was made before"
            => "每组参数只能用一次：请让手机重新取 token，并检查是否 App 与后端都调用了接口、HTTP 客户端是否自动重试"
               "a set of parameters is good for one call: ask the phone for a new token, check whether app and back end both call or an HTTP client retries";
        "403000" ~ "应用能力不匹配" Token "应用能力不匹配" "the token is of another capability"
            => "一键登录与本机号校验的 token 不能混用：fetch_number 用登录 token，verify_number 用校验 token"
               "login and number-check tokens do not mix: fetch_number takes a login token, verify_number a number-check token";
        "403000" Credentials "用户校验失败" "the caller failed its check"
            => "请看 message；常见原因是 app_key 与 app_id 不属于同一应用（各平台不同）、参数被改动、请求体为 JSON 或参数放在 URL 中"
               "see the message; usual causes are an app_key not of this app_id (platforms differ), altered parameters, a JSON body or parameters in the URL";
        "415000" Input "请求数据转换异常" "the request's data cannot be converted";
        "500000" Unavailable "系统异常" "system error";
        "500002" Unavailable "数据处理异常" "data processing error";
        "500003" Unavailable "业务操作失败" "the business operation failed";
        "500004" Unavailable "远程调用失败" "the remote call failed";
        "500005" Quota "账户余额异常" "something is wrong with the account's balance"
            => "请在控制台核对账户余额并充值" "check the account's balance in the console and top it up";
        "500006" Unavailable "请求外部系统失败" "the request to an external system failed";
        "504000" Unavailable "系统超时" "system timeout";
        "400101" Credentials "在下游系统中的商户信息不存在" "the downstream system does not know the merchant";
        "403101" Forbidden "账户被下游系统禁用" "the downstream system has disabled the account";
        "403102" Forbidden "账户在下游系统中没有被激活" "the account is not activated in the downstream system";
        "510101" Quota "在下游系统中的用户产品可用数量不足" "the user's volume of the product in the downstream system is too small"
            => "产品用量已用完：请在控制台续购" "the product's volume is used up: buy more in the console";
        "400102" Forbidden "商户IP地址在下游系统中不合法" "the merchant's IP address is not legal in the downstream system"
            => "请把服务器的出口 IP 加入控制台的 IP 白名单，服务器迁移后须更新"
               "add the server's egress address to the console's IP allow list, and again when the server moves";
        "400200" Forbidden "黑名单列表" "on the deny list";
        "400201" Input "手机号码不能为空" "the number must not be empty"
            => "verify_number 须带手机号：请传 number，或原样转发 V1 params 中的 mobile"
               "verify_number needs the number: pass number, or relay the mobile of V1 params untouched";
        "400901" Credentials "账户信息不存在" "the account's record does not exist";
        "400902" Credentials "应用类型信息不存在" "the app type's record does not exist";
        "500901" Forbidden "邮箱未设置" "the mailbox is not set"
            => "控制台操作的返回码，取号与校验接口不应返回：请在控制台核对账户与应用，仍出现请联系创蓝"
               "a code of console operations that no call should meet: check account and app in the console, else ask Chuanglan";
        "500902" Forbidden "账户信息已存在" "the account's record already exists"
            => "控制台操作的返回码，取号与校验接口不应返回：请在控制台核对账户与应用，仍出现请联系创蓝"
               "a code of console operations that no call should meet: check account and app in the console, else ask Chuanglan";
        "500903" Forbidden "账户相关能力已激活" "the account's capability is already active"
            => "控制台操作的返回码，取号与校验接口不应返回：请在控制台核对账户与应用，仍出现请联系创蓝"
               "a code of console operations that no call should meet: check account and app in the console, else ask Chuanglan";
    }
}
