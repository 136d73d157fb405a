"""A made-up app of China Mobile's portal: its options, what it signs, what it posts."""

from __future__ import annotations

from typing import Any

from cases import MOMENT, key_file
from tools import beijing, digest, hmac, rsa_sign

APP_ID = "300012081234"
APP_KEY = "D8F2A61B4C7E93057A1E6B2C9D40F385"
APP_SECRET = "5B0C9E7D21F84A3696E1D7C0B8A4F263"
OPTIONS = {"app_id": APP_ID, "app_key": APP_KEY, "app_secret": APP_SECRET}
RSA_OPTIONS = {"app_id": APP_ID, "private_key": key_file("rsa1024.pkcs8.pem")}
NUMBER = "13800138000"
TOKEN = "STsid0000001795322076789Qh7kT2vXb3NfZ8wLr5YpD1mJc6GxA4sKe"
# like TOKEN, with what transport damages
TRICKY_TOKEN = "STsid0000001795322076789Qh7k+2vXb3Nf/8wLr5YpD1+Jc6GxA4s=="
SDK_MAP = {
    "resultCode": "103000",
    "authType": "2",
    "authTypeDes": "网关鉴权",
    "openId": "9M7RaoZH1Qx0nLbkT4e2",
    "token": TOKEN,
}

PROTOCOL = "cmcc/PROTOCOL.md"
FETCH, VERIFY = "fetch_number", "verify_number"
LOGIN_URL = "https://www.cmpassport.com/unisdk/rsapi/loginTokenValidate"
VERIFY_URL = "https://www.cmpassport.com/openapi/rs/tokenValidate"


def with_(options: dict[str, Any] = OPTIONS, **more: Any) -> dict[str, Any]:
    """The options with some more, None taking one away."""
    return {name: value for name, value in (options | more).items() if value is not None}


def login_fields(token: str = TOKEN, app_id: str = APP_ID, strict: str = "0", moment: dict = MOMENT) -> dict[str, str]:
    """The fields of loginTokenValidate that MD5 signs, in the order in which it does."""
    time = beijing(moment["now_ms"])
    return {
        "appid": app_id,
        "version": "2.0",
        "msgid": moment["nonce"],
        "systemtime": time,
        "strictcheck": strict,
        "token": token,
    }


def md5_sign(fields: dict[str, str], secret: str) -> str:
    """`HEX(MD5(appid ‖ version ‖ msgid ‖ systemtime ‖ strictcheck ‖ token ‖ secret))` in capitals."""
    return digest("md5", ("".join(fields.values()) + secret).encode()).hex().upper()


def login(secret: str | None = APP_SECRET, key: str = "rsa1024", **more: Any) -> dict[str, str]:
    """The body of loginTokenValidate, in RSA mode if there is no secret; `more` goes to the fields."""
    expand = more.pop("expandparams", None)
    fields = login_fields(**more)
    if secret:
        body = fields | {"sign": md5_sign(fields, secret)}
    else:
        signature = rsa_sign(key, (fields["appid"] + fields["token"]).encode()).hex().upper()
        body = fields | {"sign": signature, "encryptionalgorithm": "RSA"}
    return body if expand is None else body | {"expandparams": expand}


def verify(
    number: str = NUMBER, token: str = TOKEN, app_id: str = APP_ID, moment: dict = MOMENT, **body: str
) -> dict[str, Any]:
    """The body of tokenValidate in SHA mode; `body` adds to its inner body."""
    time, msg_id = beijing(moment["now_ms"]), moment["nonce"]
    hashed = digest("sha256", f"{number}{APP_KEY}{time}".encode()).hex().upper()
    inner = {"openType": "0", "requesterType": "0", "phoneNum": hashed, "token": token} | body
    base = f"{app_id}{msg_id}{hashed}{time}{token}1.0"
    inner["sign"] = hmac("HmacSHA256", APP_KEY.encode(), base.encode()).hex().upper()
    return {"header": {"version": "1.0", "msgId": msg_id, "timestamp": time, "appId": app_id}, "body": inner}


def verify_base(request: dict[str, Any]) -> str:
    """What tokenValidate's HMAC is over."""
    header, body = request["header"], request["body"]
    return "".join((header["appId"], header["msgId"], body["phoneNum"], header["timestamp"], body["token"], "1.0"))
