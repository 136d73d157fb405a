"""A made-up app of the flash gateway: its options, what its phones send, how its numbers are sealed."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from cases import NOW
from tools import hmac, is_number, seal, unseal

APP_ID, APP_KEY = "Qh7kT2vX", "k9Tz3mWq"
OPTIONS = {"app_id": APP_ID, "app_key": APP_KEY}
NUMBER = "13800138000"
IV = bytes(range(1, 9))
ISSUED = NOW - 20_000

PROTOCOL = "shanyan/PROTOCOL.md"
FETCH, VERIFY = "fetch_number", "verify_number"

ONE_ERROR = "the number could not be decrypted"


def with_(options: dict[str, Any] = OPTIONS, **more: Any) -> dict[str, Any]:
    """The options with some more, None taking one away."""
    return {name: value for name, value in (options | more).items() if value is not None}


def sealed(plain: str | bytes = NUMBER, key: str = APP_KEY, *, padded: bool = True) -> str:
    """`base64(DES-CBC[first 8 bytes of key](plain))`."""
    plain = plain.encode() if isinstance(plain, str) else plain
    return b64encode(seal("des-cbc", key.encode()[:8], IV, plain, padded=padded)).decode()


def opens(raw: bytes, key: str = APP_KEY) -> bool:
    """Tells whether the tools open `raw` to a number."""
    return is_number(unseal("des-cbc", key.encode()[:8], IV, raw))


def with_signs(text: str) -> bool:
    """Tells whether a Base64 text has what transport damages, and not at its start."""
    return "+" in text[1:] and "/" in text[1:] and text[0] not in "+/" and text.endswith("=")


# a number whose ciphertext has `+`, `/` and `=` in it
TRICKY_NUMBER = "13900001019"
TRICKY = sealed(TRICKY_NUMBER)

TOKEN = "Z3V4+kgN99qlFyM6aorC7FpbiO7Joy4XZFdL+XwUD/0="
DEVICE = b64encode(b"device=Pixel 8|DID=~?~?>|").decode()
assert all(map(with_signs, (TRICKY, TOKEN, DEVICE)))


def base_of(params: dict[str, str]) -> str:
    """`k₁v₁k₂v₂…`, keys in byte order, `sign` left out."""
    return "".join(key + params[key] for key in sorted(params, key=str.encode) if key != "sign")


def sign(params: dict[str, str], key: str = APP_KEY) -> str:
    """`base64(HMAC-SHA1[app_key](k₁v₁k₂v₂…))`."""
    return b64encode(hmac("HmacSHA1", key.encode(), base_of(params).encode())).decode()


def phone(
    operation: str = "fetch_number", telecom: str = "CMCC", key: str = APP_KEY, **over: str | None
) -> dict[str, str]:
    """The map that the phone's SDK returns, signed; `over` replaces fields before signing, None leaves one out."""
    fetch = operation == "fetch_number"
    fields = {
        "appId": APP_ID,
        "accessToken" if fetch else "accessCode": TOKEN,
        "telecom": telecom,
        "timestamp": str(ISSUED),
        "randoms": RANDOMS,
        "version": "2.2.1",
        "device": DEVICE,
    }
    if not fetch:
        fields["mobile"] = NUMBER
    fields = {name: value for name, value in (fields | over).items() if value is not None}
    return fields | {"sign": fields.get("sign", sign(fields, key))}


# its signature, in the maps of both operations, has `+`, `/` and `=` in it
RANDOMS = "1c383cd30b7c298ab50293adfecb7b18"
assert all(with_signs(phone(operation)["sign"]) for operation in ("fetch_number", "verify_number"))


def damaged(params: dict[str, str], was: str, now: str, *fields: str) -> dict[str, str]:
    """The map after a relay wrote `now` for `was` in the named fields."""
    return params | {field: params[field].replace(was, now) for field in fields}


def without(params: dict[str, str], field: str) -> dict[str, str]:
    """The map without one field, not signed anew."""
    return {name: value for name, value in params.items() if name != field}
