//! China Mobile's code tables.

use crate::provider::codes::code_table;

code_table! {
    /// The codes of one-key login. Few of them reach a back end; the others are of legs that share the table.
    ///
    /// Source: PROTOCOL.md §6.2; after 105019 §6.4, in our words.
    pub(super) LOGIN_TOKEN_VALIDATE = "cmcc" "loginTokenValidate" {
        "103000" Answer "成功" "success";
        "103101" Credentials "签名错误" "wrong signature"
            => "MD5 用 app_secret（未切换的早期应用用 app_key，门户切换即时生效），RSA 用与门户验签公钥配对的 private_key，前后不得有空白"
               "MD5: app_secret (old apps: app_key till switched, which acts at once); RSA: the private_key of the portal's verifying key; no blanks around";
        "103103" Credentials "用户不存在" "the user does not exist";
        "103104" Forbidden "用户不支持这种登录方式" "this way of login is not open to the user";
        "103105" Input "密码错误" "wrong password";
        "103106" Input "用户名错误" "wrong user name";
        "103107" Token "已存在相同的随机数" "the same random number was used before"
            => "请求或 token 被重放：请让手机重新取 token，每次请求用新的 msgid，并关闭 HTTP 客户端的自动重试"
               "request or token was replayed: ask the phone for a new token, use a new msgid per request, and switch off retries in the HTTP client";
        "103108" Input "短信验证码错误" "wrong SMS code";
        "103109" Token "短信验证码超时" "the SMS code has expired";
        "103111" Forbidden "wap  网关IP错误" "wrong IP of the WAP gateway";
        "103112" Input "错误的请求" "bad request";
        "103113" Token "Token内容错误" "wrong content of the token"
            => "token 可能被 URL 解码（+ 变空格）或截断：请检查 App 到后端的转发，并让手机重新取 token"
               "the token may be URL-decoded (+ made a blank) or cut short: check the relay from app to back end, and ask the phone for a new one";
        "103114" Token "token验证KS过期" "token check: the KS has expired";
        "103115" Token "token验证KS不存在" "token check: the KS does not exist";
        "103116" Token "token验证sqn错误" "token check: wrong sqn";
        "103117" Token "mac异常" "bad MAC";
        "103118" Credentials "sourceid不存在" "the sourceid does not exist";
        "103119" Credentials "appid不存在" "the appid does not exist"
            => "请核对 app_id：常见原因是拼写错误或前后空白" "check app_id: usually a typo or blanks around it";
        "103120" Credentials "clientauth不存在" "the clientauth does not exist";
        "103121" Credentials "passid不存在" "the passid does not exist";
        "103122" Token "btid不存在" "the btid does not exist";
        "103123" Token "redisinfo不存在" "the redisinfo does not exist";
        "103124" Token "ksnaf校验不一致" "the ksnaf does not agree";
        "103125" Input "手机号格式错误" "malformed number";
        "103127" Credentials "证书验证：版本过期" "certificate check: the version has expired";
        "103128" Unavailable "gba:webservice  error" "gba: web service error";
        "103129" Input "获取短信验证码的msgtype异常" "bad msgtype when asking for an SMS code";
        "103130" Input "新密码不能与当前密码相同" "the new password must not be the current one";
        "103131" Input "密码过于简单" "the password is too simple";
        "103132" Unavailable "用户注册失败" "registering the user failed";
        "103133" Credentials "sourceid不合法" "the sourceid is not valid"
            => "app_id 须是取 token 的那个应用：iOS 与 Android 的 app_id 不同，请按手机平台选用"
               "app_id must be that of the app that got the token: iOS and Android differ, so choose by the phone's platform";
        "103134" Input "wap方式手机号码为空" "WAP: the number is empty";
        "103135" Input "昵称非法" "illegal nickname";
        "103136" Input "邮箱非法" "illegal mail address";
        "103138" Input "appid已存在" "the appid already exists";
        "103139" Input "sourceid已存在" "the sourceid already exists";
        "103200" Input "不需要更新ks错误" "the ks needs no update";
        "103202" Token "缓存用户不存在或者验证短信输入失败次数过多" "no such cached user, or too many wrong SMS codes";
        "103203" Token "缓存用户不存在" "no such cached user";
        "103204" Token "缓存随机数不存" "no such cached random number";
        "103205" Unavailable "服务器异常" "server error";
        "103207" Unavailable "发送短信失败" "sending the SMS failed";
        "103210" Unavailable "修改密码失败" "changing the password failed";
        "103211" Input "其他错误" "other error"
            => "常见原因是请求体不是 JSON、值不是字符串或 Content-Type 有误：自行发送时请原样发送 prepare_fetch_number 的 headers 与 body"
               "usually the body is not JSON, a value not a string or the content type wrong: send headers and body of prepare_fetch_number untouched";
        "103212" Input "校验密码失败" "checking the password failed";
        "103213" Input "旧密码失败" "the old password is wrong";
        "103214" Unavailable "访问缓存或数据库错误" "access to cache or database failed";
        "103226" Token "sqn过小或过大" "the sqn is too small or too large";
        "103265" Input "用户已存在" "the user already exists";
        "103270" Token "随机校验凭证过期" "the random check credential has expired";
        "103271" Token "随机校验凭证错误" "the random check credential is wrong";
        "103272" Token "随机校验凭证不存在" "the random check credential does not exist";
        "103303" Credentials "sip  用户未开户（获取应用密码）" "sip: the user has no account (obtaining an app password)";
        "103304" Credentials "sip  用户未开户（注销用户）" "sip: the user has no account (closing it)";
        "103305" Input "sip  开户用户名错误" "sip: wrong user name when opening an account";
        "103306" Input "sip  用户名不能为空（获取应用密码）" "sip: the user name must not be empty (obtaining an app password)";
        "103307" Input "sip  用户名不能为空（注销用户）" "sip: the user name must not be empty (closing an account)";
        "103308" Input "sip  手机号不合法" "sip: illegal number";
        "103309" Input "sip  opertype 为空" "sip: opertype is empty";
        "103310" Credentials "sip  sourceid 不存在" "sip: the sourceid does not exist";
        "103311" Credentials "sip  sourceid 不合法" "sip: the sourceid is not valid";
        "103312" Token "sip  btid 不存在" "sip: the btid does not exist";
        "103313" Token "sip  ks 不存在" "sip: the ks does not exist";
        "103314" Unavailable "sip密码变更失败" "sip: changing the password failed";
        "103315" Unavailable "sip密码推送失败" "sip: pushing the password failed";
        "103399" Unavailable "sip  sys错误" "sip: system error";
        "103400" Input "authorization  为空" "authorization is empty";
        "103401" Input "签名消息为空" "the message to sign is empty";
        "103402" Input "无效的  authWay" "invalid authWay";
        "103404" Unavailable "加密失败" "encryption failed";
        "103405" Input "保存数据短信手机号为空" "saving data: the SMS number is empty";
        "103406" Input "保存数据短信短信内容为空" "saving data: the SMS text is empty";
        "103407" Input "此sourceId,  appPackage, sign已注册" "this sourceId, appPackage and sign are already registered";
        "103408" Quota "此sourceId注册已达上限   99次" "this sourceId has reached its limit of 99 registrations";
        "103409" Input "query  为空" "query is empty";
        "103412" Input "无效的请求" "invalid request"
            => "请求体为空、不是 JSON，或 encryptionalgorithm 有误：自行发送时请原样发送 prepare_fetch_number 的 headers 与 body"
               "the body is empty or not JSON, or encryptionalgorithm is wrong: send headers and body of prepare_fetch_number untouched";
        "103413" Unavailable "系统异常" "system error";
        "103414" Input "参数效验异常" "a parameter failed its check";
        "103505" Token "重放攻击" "replay attack"
            => "请求或 token 被重放：请让手机重新取 token，每次请求用新的 msgid，并关闭 HTTP 客户端的自动重试"
               "request or token was replayed: ask the phone for a new token, use a new msgid per request, and switch off retries in the HTTP client";
        "103511" Forbidden "源IP不合法" "illegal source IP"
            => "请把服务器的出口 IP 加入门户的白名单，NAT、新节点与 IPv6 出口都算"
               "add the server's egress address to the portal's allow list: NAT, new nodes and IPv6 count too";
        "103810" Token "校验失败，接口token版本不一致" "check failed: the token's interface version differs";
        "103811" Token "token为空" "the token is empty"
            => "token 未传到或被截断：请检查 App 到后端的转发，并让手机重新取 token"
               "the token was not sent or cut short: check the relay from app to back end, and ask the phone for a new one";
        "103899" Token "aoi  token 其他错误" "aoi token: other error";
        "103901" Quota "短信验证码下发次数已达上限" "the limit of SMS codes sent is reached";
        "103902" Token "凭证校验失败" "the credential failed its check"
            => "手机端的取号临时凭证 scrip 已失效：请让手机重新取号并取 token"
               "the phone's temporary credential (scrip) is invalid: have the phone fetch the number anew and ask for a new token";
        "103903" Unavailable "调用webservice错误" "calling the web service failed";
        "103904" Credentials "配置不存在" "the configuration does not exist";
        "103905" Unavailable "获取手机号码错误" "obtaining the number failed";
        "103906" Input "平台迁移访问错误  - （访问旧地址）" "the platform has moved, and its old address was called"
            => "base_url 指向旧地址：可改为 https://onekey2.cmpassport.com" "base_url is an old address: try https://onekey2.cmpassport.com";
        "103911" Quota "请求过于频繁" "too many requests"
            => "同一号码 10 分钟内未使用的 token 超过 30 个：请降低 App 取 token 的频率"
               "more than 30 unused tokens of this number in 10 minutes: have the app ask for tokens less often";
        "103920" Input "没有存在的版本更新" "there is no newer version";
        "103921" Token "下载时间戳超时" "the download's timestamp has expired";
        "103922" Unavailable "自动升级文件没找到" "the file for the automatic update was not found";
        "104001" Input "APPID和APPKEY已存在" "APPID and APPKEY already exist";
        "104201" Token "凭证已失效或不存在" "the credential has expired or does not exist"
            => "token 超过 2 分钟、已用过或被重发（HTTP 自动重试、两个后端各用一次）：请让手机重新取 token，切勿重发"
               "the token is older than 2 minutes, used or resent (HTTP retry, two back ends): ask the phone for a new token, never resend it";
        "104202" Quota "短信验证失败过多" "too many failed SMS checks";
        "105001" Unavailable "联通网关取号失败" "China Unicom's gateway failed to return the number";
        "105002" Unavailable "移动网关取号失败" "China Mobile's gateway failed to return the number";
        "105003" Unavailable "电信网关取号失败" "China Telecom's gateway failed to return the number";
        "105004" Forbidden "短信上行ip检测不合法" "outgoing SMS: illegal IP";
        "105005" Input "短信上行发送信息为空" "outgoing SMS: the message is empty";
        "105006" Input "手机号码为空" "the number is empty";
        "105007" Input "手机号码格式错误" "malformed number";
        "105008" Input "短信内容为空" "the SMS text is empty";
        "105009" Input "解析失败" "parsing failed";
        "105010" Token "phonescript失效或者非法" "the phonescript has expired or is illegal";
        "105011" Token "getPhonescript参数加密的私钥失效或者非法" "getPhonescript: the private key that encrypts its parameters has expired or is illegal";
        "105012" Forbidden "不支持电信取号" "China Telecom numbers are not supported"
            => "该应用不支持电信号码取号：请改用短信验证码" "the app cannot fetch China Telecom numbers: fall back to an SMS code";
        "105013" Forbidden "不支持联通取号" "China Unicom numbers are not supported"
            => "该应用不支持联通号码取号：请改用短信验证码" "the app cannot fetch China Unicom numbers: fall back to an SMS code";
        "105014" Unavailable "校验本机号码失败" "checking the phone's own number failed";
        "105015" Unavailable "校验有数三要素失败" "the three-factor check of Youshu failed";
        "105018" Token "用户权限不够" "the user lacks the permission"
            => "token 来自本机号校验：fetch_number 须用一键登录取得的 token，两者不能混用"
               "the token is of the number check: fetch_number takes a token of one-key login, and the two do not mix";
        "105019" Forbidden "应用未授权" "the app is not authorised"
            => "能力未勾选或未保存：请在门户的能力配置中勾选一键登录并保存"
               "the capability is not ticked, or the tick not saved: tick one-key login in the portal and save";
        "103102" Credentials "包签名错误" "wrong package signature"
            => "App 的包名、包签名或 Bundle ID 与门户登记的不一致：请由 App 端核对"
               "the app's package name, signature or bundle id differs from the portal's: have the app checked";
        "103273" Forbidden "联通重定向" "redirected to China Unicom";
        "105021" Quota "已达当天取号限额" "the day's limit is reached"
            => "试用应用每天的次数有限：请次日再试或签约"
               "an app on trial has a daily limit: try tomorrow, or sign a contract";
        "105302" Forbidden "AppID不在白名单" "the AppID is not on the allow list"
            => "请在门户核对 app_id 是否已通过审核并加入白名单"
               "check in the portal that app_id is approved and on the allow list";
        "105312" Quota "套餐次数已用完或试用已过期" "the package is used up or the trial has ended"
            => "请在门户购买套餐或签约"
               "buy a package or sign a contract in the portal";
        "105313" Input "非法请求" "illegal request"
            => "请核对请求地址：base_url 只应替换协议、主机与端口"
               "check the address: base_url must replace scheme, host and port only";
        "103126" Protocol "平台返回码，含义未公开" "a platform code whose meaning is not public";
        "103137" Protocol "平台返回码，含义未公开" "a platform code whose meaning is not public";
        "103614" Protocol "平台返回码，含义未公开" "a platform code whose meaning is not public";
        "105300" Protocol "短信登录环节的返回码" "a code of the SMS login, which this interface is not";
        "105301" Protocol "短信登录环节的返回码" "a code of the SMS login, which this interface is not";
    }
}

code_table! {
    /// The codes of the number check, of which 000 and 001 alone are billed. Source: PROTOCOL.md §4.7, §6.3; 103420
    /// §6.4, in our words.
    pub(super) TOKEN_VALIDATE = "cmcc" "tokenValidate" {
        "000" Match [Yes] "是本机号码（纳入计费次数）" "it is the phone's own number (counts towards billing)";
        "001" Mismatch [Yes] "非本机号码（纳入计费次数）" "it is not the phone's own number (counts towards billing)";
        "002" Unavailable [No] "取号失败" "obtaining the number failed"
            => "常见原因是 SIM 卡不属于中国移动，本接口只支持移动号码：请改用短信验证码"
               "usually the SIM is not China Mobile's, the only one that this check supports: fall back to an SMS code";
        "003" Token [No] "调用内部token校验接口失败" "calling the internal token check failed";
        "004" Input [No] "加密手机号码错误" "wrong encrypted number"
            => "phoneNum 须与 header 用同一 timestamp，手机号为 11 位、不带 +86"
               "phoneNum and header must share one timestamp, and the number be 11 digits without +86";
        "102" Input [No] "参数无效" "invalid parameter";
        "124" Forbidden [No] "白名单校验失败" "allow list check failed"
            => "请把服务器的出口 IP 加入门户的白名单，NAT、新节点与 IPv6 出口都算"
               "add the server's egress address to the portal's allow list: NAT, new nodes and IPv6 count too";
        "302" Credentials [No] "sign校验失败" "sign does not verify"
            => "密钥是 app_key（不是 app_secret）；自行发送时 phoneNum、sign 与 header 须用同一 timestamp"
               "the key is app_key (not app_secret); if you post it yourself, phoneNum, sign and header share one timestamp";
        "303" Input [No] "参数解析错误" "parsing the parameters failed"
            => "值须为字符串、JSON 须分 header 与 body 两层：自行发送时请原样发送 prepare_verify_number 的 headers 与 body"
               "values must be strings, and the JSON nested in header and body: send headers and body of prepare_verify_number untouched";
        "606" Token [No] "验证Token失败" "the token failed its check"
            => "token 超过 2 分钟、已用过或来自一键登录：请让手机以本机号校验方式（activity 传 null）重新取 token，切勿重发"
               "the token is older than 2 minutes, used or of one-key login: ask the phone for a number-check token (activity null), never resend it";
        "999" Unavailable [No] "系统异常" "system error";
        "102315" Quota [No] "次数已用完" "the number of calls is used up"
            => "试用（每天 1000 次、共 60 天）或合同次数已用完：请与中国移动签约或续约"
               "the trial (1000 calls a day, 60 days) or the contract is used up: sign or renew a contract with China Mobile";
        "103420" Forbidden [No] "无本机号码校验能力的权限" "not entitled to the number check"
            => "能力未勾选或未保存：请在门户的能力配置中勾选本机号码校验并保存"
               "the capability is not ticked, or the tick not saved: tick the number check in the portal and save";
    }
}

code_table! {
    /// The codes that the phone's SDK gives the app. Source: PROTOCOL.md §6.1; from 200048 on in our words.
    pub(super) PHONE_SDK = "cmcc" "sdk" {
        "103000" OnPhone "成功" "success"
            => "请把 token 立即交给后端：2 分钟内有效，只能用一次" "hand the token to the back end at once: it is good for 2 minutes and one call";
        "102101" OnPhone "无网络" "no network" => "请提示用户打开网络后重试" "ask the user to connect to a network and try again";
        "102102" OnPhone "网络异常" "network error" => "请提示用户打开网络后重试" "ask the user to connect to a network and try again";
        "102103" OnPhone "未开启数据网络" "mobile data is off"
            => "网关取号须打开数据流量且不用 VPN：请提示用户打开数据流量后重试，或改用短信验证码"
               "fetching needs mobile data and no VPN: ask the user to switch mobile data on and try again, or fall back to an SMS code";
        "102121" OnPhone "用户取消登录" "the user cancelled the login"
            => "用户主动取消，不是故障：请提供其他登录方式" "the user cancelled, which is no fault: offer another way to log in";
        "102223" OnPhone "数据解析异常" "data could not be parsed"
            => "请稍后重新调用，仍失败则改用短信验证码" "call again later, and fall back to an SMS code if it still fails";
        "102203" OnPhone "输入参数错误" "wrong input parameter"
            => "请核对传给 SDK 的 appId、appKey 与 listener" "check the appId, appKey and listener that the SDK is given";
        "102507" OnPhone "请求超时，预取号、buffer页取号、登录时请求超时" "timeout while prefetching, on the buffer page or at login"
            => "请在信号好时重新调用，必要时用 setTimeOut 调大超时，仍超时则改用短信验证码"
               "call again where the signal is good, raise the limit by setTimeOut if need be, and fall back to an SMS code if it still fails";
        "102508" OnPhone "数据网络切换失败" "switching to mobile data failed"
            => "网关取号须打开数据流量且不用 VPN：请提示用户打开数据流量后重试，或改用短信验证码"
               "fetching needs mobile data and no VPN: ask the user to switch mobile data on and try again, or fall back to an SMS code";
        "200002" OnPhone "手机未安装sim卡" "the phone has no SIM card"
            => "请提示用户插入可用的 SIM 卡，或改用短信验证码" "ask the user to insert a working SIM card, or fall back to an SMS code";
        "200005" OnPhone "用户未授权（READ_PHONE_STATE）" "the user did not grant READ_PHONE_STATE"
            => "请在调用 getPhoneInfo 或 loginAuth 前申请 READ_PHONE_STATE 权限" "ask for the permission READ_PHONE_STATE before getPhoneInfo or loginAuth";
        "200006" OnPhone "用户未授权（SEND_SMS）" "the user did not grant SEND_SMS"
            => "短信上行须 SEND_SMS 权限：请先申请，或不使用短信上行" "outgoing SMS needs the permission SEND_SMS: ask for it, or do without outgoing SMS";
        "200007" OnPhone "authType仅使用短信验证码认证" "authType allows SMS codes only"
            => "authType 只含短信验证码：如需网关取号，请在 authType 中加入网关方式" "authType names SMS codes only: add the gateway to it to fetch numbers";
        "200008" OnPhone "1. authType参数为空；2. authType参数不合法；" "1. authType is empty; 2. authType is illegal"
            => "请传入合法的 authType" "pass a legal authType";
        "200009" OnPhone "应用合法性校验失败（包名包签名未填写正确）" "the app's legitimacy check failed (package name or signature not filled in correctly)"
            => "请核对门户中填写的包名与包签名，与正式签名的安装包一致" "check that package name and signature in the portal are those of the release build";
        "200010" OnPhone "预取号时imsi获取失败或者没有sim卡" "no IMSI when prefetching, or no SIM card"
            => "请提示用户插入可用的 SIM 卡，或改用短信验证码" "ask the user to insert a working SIM card, or fall back to an SMS code";
        "200012" OnPhone "取号失败，跳短信验证码登录" "fetching failed, on to login by SMS code"
            => "取号失败已转短信验证码：请检查数据流量与运营商，或完成短信登录"
               "fetching failed and SMS took over: check mobile data and carrier, or finish the login by SMS";
        "200013" OnPhone "短信上行发送短信失败" "sending the SMS from the phone failed"
            => "短信验证码方式的返回码：请检查 App 的短信流程" "a code of login by SMS: check the app's SMS flow";
        "200014" OnPhone "手机号码格式错误" "malformed number" => "请提示用户输入 11 位手机号" "ask the user for a number of 11 digits";
        "200015" OnPhone "短信验证码格式错误" "malformed SMS code" => "请提示用户重新输入短信验证码" "ask the user to type the SMS code again";
        "200016" OnPhone "更新KS失败" "updating the KS failed"
            => "请稍后重新调用，仍失败则改用短信验证码" "call again later, and fall back to an SMS code if it still fails";
        "200017" OnPhone "非移动卡不支持短信上行" "outgoing SMS needs a China Mobile card"
            => "短信上行仅支持移动号码：请改用短信验证码" "outgoing SMS is for China Mobile cards only: fall back to an SMS code";
        "200018" OnPhone "不支持网关登录" "login by gateway is not supported"
            => "当前网络或运营商不支持网关取号：请改用短信验证码" "network or carrier cannot fetch by gateway: fall back to an SMS code";
        "200019" OnPhone "不支持短信验证码登录（authtype没有短信验证码登录方式）" "login by SMS code is not supported (authtype does not name it)"
            => "authType 未含短信验证码：如需短信登录，请在 authType 中加入" "authType does not name SMS codes: add them to it to log in by SMS";
        "200020" OnPhone "用户取消认证" "the user cancelled the authentication"
            => "用户主动取消，不是故障：请提供其他登录方式" "the user cancelled, which is no fault: offer another way to log in";
        "200021" OnPhone "数据解析异常（服务器异常可重新尝试）" "data could not be parsed (server error, may be tried again)"
            => "请稍后重新调用，仍失败则改用短信验证码" "call again later, and fall back to an SMS code if it still fails";
        "200022" OnPhone "无网络状态" "no network" => "请提示用户打开网络后重试" "ask the user to connect to a network and try again";
        "200023" OnPhone "请求超时" "timeout"
            => "请在信号好时重新调用，必要时用 setTimeOut 调大超时，仍超时则改用短信验证码"
               "call again where the signal is good, raise the limit by setTimeOut if need be, and fall back to an SMS code if it still fails";
        "200024" OnPhone "数据网络切换失败" "switching to mobile data failed"
            => "网关取号须打开数据流量且不用 VPN：请提示用户打开数据流量后重试，或改用短信验证码"
               "fetching needs mobile data and no VPN: ask the user to switch mobile data on and try again, or fall back to an SMS code";
        "200025" OnPhone "未知错误一般出现在线程捕获异常，请配合异常打印分析" "unknown error, usually a caught exception in a thread: see its trace"
            => "请收集 SDK 打印的异常堆栈并反馈给移动认证" "collect the stack trace that the SDK prints and send it to China Mobile's support";
        "200026" OnPhone "输入参数错误" "wrong input parameter"
            => "请核对传给 SDK 的 appId、appKey 与 listener" "check the appId, appKey and listener that the SDK is given";
        "200027" OnPhone "预取号只开启WIFI（预取号需要数据网络）" "only Wi-Fi was on when prefetching (which needs mobile data)"
            => "网关取号须打开数据流量且不用 VPN：请提示用户打开数据流量后重试，或改用短信验证码"
               "fetching needs mobile data and no VPN: ask the user to switch mobile data on and try again, or fall back to an SMS code";
        "200028" OnPhone "网络请求出错（根据日志分析）" "network request failed (see the log)"
            => "请根据 SDK 日志检查网络、代理与 VPN 后重试" "see the SDK's log, check network, proxy and VPN, and try again";
        "200029" OnPhone "请求出错,上次请求未完成" "request failed, the last one has not finished"
            => "上一次调用尚未返回：请等待回调后再调用，并防止重复点击" "the last call has not returned: wait for its callback, and guard against double taps";
        "200030" OnPhone "没有初始化参数" "the parameters were not initialised"
            => "请先用 AuthnHelper.getInstance 初始化并传入 appId 与 appKey" "initialise by AuthnHelper.getInstance and pass appId and appKey first";
        "200031" OnPhone "生成token失败" "making the token failed"
            => "请稍后重新调用，仍失败则改用短信验证码" "call again later, and fall back to an SMS code if it still fails";
        "200032" OnPhone "KS缓存不存在" "no cached KS"
            => "本地凭证不可用：请调用 delScrip 后重新 getPhoneInfo 与 loginAuth"
               "the local credential is unusable: call delScrip, then getPhoneInfo and loginAuth again";
        "200033" OnPhone "复用中间件获取Token失败" "obtaining a token from the shared middleware failed"
            => "请稍后重新调用，仍失败则改用短信验证码" "call again later, and fall back to an SMS code if it still fails";
        "200034" OnPhone "预取号token失效" "the prefetched token has expired"
            => "本地凭证不可用：请调用 delScrip 后重新 getPhoneInfo 与 loginAuth"
               "the local credential is unusable: call delScrip, then getPhoneInfo and loginAuth again";
        "200035" OnPhone "协商ks失败" "agreeing on a ks failed"
            => "请稍后重新调用，仍失败则改用短信验证码" "call again later, and fall back to an SMS code if it still fails";
        "200036" OnPhone "预取号失败" "prefetching failed"
            => "网关取号须打开数据流量且不用 VPN：请提示用户打开数据流量后重试，或改用短信验证码"
               "fetching needs mobile data and no VPN: ask the user to switch mobile data on and try again, or fall back to an SMS code";
        "200037" OnPhone "获取不到openid" "no openid was obtained"
            => "请稍后重新调用，仍失败则改用短信验证码" "call again later, and fall back to an SMS code if it still fails";
        "200038" OnPhone "电信重定向失败" "China Telecom's redirect failed"
            => "请稍后重新调用，仍失败则改用短信验证码" "call again later, and fall back to an SMS code if it still fails";
        "200039" OnPhone "电信取号接口返回失败" "China Telecom's fetch interface reported a failure"
            => "请稍后重新调用，仍失败则改用短信验证码" "call again later, and fall back to an SMS code if it still fails";
        "200040" OnPhone "UI资源加载异常" "loading UI resources failed"
            => "请检查 SDK 的资源文件是否完整打包且未被混淆或裁剪" "check that the SDK's resources are all packed and not obfuscated or shrunk";
        "200042" OnPhone "授权页弹出异常" "the authorisation page failed to appear"
            => "请把正在运行的授权页 activity 传给 loginAuth" "pass the running authorisation page's activity to loginAuth";
        "200080" OnPhone "仅支持中国移动号码" "only China Mobile's numbers are supported"
            => "SIM 卡不属于中国移动：请改用短信验证码" "the SIM is not China Mobile's: fall back to an SMS code";
        "200048" OnPhone "手机端 SDK 返回码，含义未公开" "a code of newer phone SDKs whose meaning is not public";
        "200050" OnPhone "手机端 SDK 返回码，含义未公开" "a code of newer phone SDKs whose meaning is not public";
        "200061" OnPhone "手机端 SDK 返回码，含义未公开" "a code of newer phone SDKs whose meaning is not public";
        "200062" OnPhone "手机端 SDK 返回码，含义未公开" "a code of newer phone SDKs whose meaning is not public";
        "200063" OnPhone "手机端 SDK 返回码，含义未公开" "a code of newer phone SDKs whose meaning is not public";
        "200064" OnPhone "手机端 SDK 返回码，含义未公开" "a code of newer phone SDKs whose meaning is not public";
        "200072" OnPhone "手机端 SDK 返回码，含义未公开" "a code of newer phone SDKs whose meaning is not public";
        "200075" OnPhone "手机端 SDK 返回码，含义未公开" "a code of newer phone SDKs whose meaning is not public";
        "200082" OnPhone "手机端 SDK 返回码，含义未公开" "a code of newer phone SDKs whose meaning is not public";
        "200083" OnPhone "手机端 SDK 返回码，含义未公开" "a code of newer phone SDKs whose meaning is not public";
        "200086" OnPhone "手机端 SDK 返回码，含义未公开" "a code of newer phone SDKs whose meaning is not public";
        "200087" OnPhone "手机端 SDK 返回码，含义未公开" "a code of newer phone SDKs whose meaning is not public";
        "200096" OnPhone "手机端 SDK 返回码，含义未公开" "a code of newer phone SDKs whose meaning is not public";
    }
}
