"""A made-up account of the Yuxin platform: its options, and how it seals an identity."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any

from cases import NONCE
from tools import CIPHERS, seal

BASE = "https://yuxin.example"
URL = f"{BASE}/api/personalInfo/verifyMobile"
TOKEN = "yx-4f7d2c91b8a34e06"
KEY = "Rk7wZ2pXq9Lm4TbV"
KEYS = {name: (KEY + "c8Ns5HdYg3Ja6Fe1")[:size] for name, (_, size, _) in CIPHERS.items()}
OPTIONS = {"base_url": BASE, "token": TOKEN, "key": KEY, "cipher": "aes-128-cbc"}
PROTOCOL = "yuxin/PROTOCOL.md"

NUMBER, NAME = "13800138000", "张三"
# region 990000 does not exist, so no person has such a number
PLACE = "990000"


def id_card(date: str = "19900307", order: str = "001", place: str = PLACE) -> str:
    """18 characters by GB 11643: ISO 7064 MOD 11-2 over the first 17."""
    body = place + date + order
    rest = 0
    for digit in body:
        rest = (rest + int(digit)) * 2 % 11
    check = "0123456789X"[(12 - rest) % 11]
    weights = [2 ** (17 - i) % 11 for i in range(17)]
    assert check == "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
    return body + check


ID_CARD = id_card()


def iv_text(nonce: str, size: int) -> str:
    """The nonce's lowest digits to base 62, the lowest first."""
    rest, text = int(nonce, 16), ""
    for _ in range(size):
        rest, digit = divmod(rest, 62)
        text += (digits + ascii_uppercase + ascii_lowercase)[digit]
    return text


IVS = {
    "utf8": lambda nonce, size: (iv_text(nonce, size).encode(), iv_text(nonce, size)),
    "hex": lambda nonce, size: (bytes.fromhex(nonce)[:size], nonce[: 2 * size]),
    "base64": lambda nonce, size: (bytes.fromhex(nonce)[:size], b64encode(bytes.fromhex(nonce)[:size]).decode()),
}
LOGONS = {
    "base64": lambda raw: b64encode(raw).decode(),
    "base64url": lambda raw: urlsafe_b64encode(raw).decode().rstrip("="),
    "hex": lambda raw: raw.hex(),
    "hex-upper": lambda raw: raw.hex().upper(),
}


def request(
    cipher: str = "aes-128-cbc",
    key: bytes | None = None,
    iv: str = "utf8",
    logon: str = "base64",
    nonce: str = NONCE,
    **person: Any,
) -> dict[str, str]:
    """`token, iv, logon` of a request."""
    person = {"number": NUMBER, "name": NAME, "id_card": ID_CARD} | person
    fields = {"idCard": person["id_card"], "userName": person["name"], "loginphone": person["number"]}
    plain = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    raw_iv, sent_iv = IVS[iv](nonce, CIPHERS[cipher][2])
    sealed = seal(cipher, key or KEYS[cipher].encode(), raw_iv, plain)
    return {"token": TOKEN, "iv": sent_iv, "logon": LOGONS[logon](sealed)}
