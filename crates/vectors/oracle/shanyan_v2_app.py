"""V2 of the flash gateway: what its phones return, what the back end signs, how its numbers are sealed.

Source: shanyan/PROTOCOL.md §5, §6, §7.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

from cases import NOW
from shanyan_app import APP_ID, APP_KEY, NUMBER, base_of
from tools import digest, hmac, is_number, seal, unseal

WSFLASH, API = "https://wsflash.253.com", "https://api.253.com"
QUERY_URL = f"{WSFLASH}/open/flashsdk/mobile-query"
VALIDATE_URL = f"{WSFLASH}/open/flashsdk/mobile-validate"

OTHER_APP_ID, OTHER_APP_KEY = "Ios9pQ3z", "w8Yq5nRc"


def halves(text: str) -> tuple[bytes, bytes]:
    """AES's key and iv: the ASCII halves of hex(MD5(text)), in small letters."""
    digits = digest("md5", text.encode()).hex().encode()
    return digits[:16], digits[16:]


def sealed(plain: str | bytes = NUMBER, key: str = APP_KEY, *, padded: bool = True) -> str:
    """`HEX(AES-128-CBC[halves of hex(MD5(app_key))](plain))`."""
    plain = plain.encode() if isinstance(plain, str) else plain
    return seal("aes-128-cbc", *halves(key), plain, padded=padded).hex().upper()


def opens(ciphertext: str, key: str = APP_KEY) -> bool:
    """Tells whether the tools open a ciphertext to a number."""
    return is_number(unseal("aes-128-cbc", *halves(key), bytes.fromhex(ciphertext)))


def envelope(carrier: str = "A1", app_id: str = APP_ID, **over: Any) -> str:
    """A token: `A<n>-base64url(AES-128-CBC[halves of hex(MD5(app_id))](JSON))`; None takes a field away."""
    fields = {"ap": app_id, "tk": "TYRZ2f7Qd0wYvA", "vs": "2.3.6.1", "dd": "9b1c", "ud": str(NOW - 20_000), "tp": "1"}
    fields = {name: value for name, value in (fields | over).items() if value is not None}
    return wrapped(json.dumps(fields, separators=(",", ":")), carrier, app_id)


def wrapped(text: str, carrier: str = "A1", app_id: str = APP_ID) -> str:
    """Any text in a token's envelope."""
    raw = seal("aes-128-cbc", *halves(app_id), text.encode())
    return f"{carrier}-{urlsafe_b64encode(raw).decode().rstrip('=')}"


TOKEN = envelope()
OTHER_TOKEN = envelope(app_id=OTHER_APP_ID)
# no envelope at all: what some SDK might return one day
OPAQUE = "nonenvelope_0123456789abcdef"


def sign(fields: dict[str, str], key: str = APP_KEY) -> str:
    """`HEX(HMAC-SHA256[app_key](k₁v₁k₂v₂…))` in capitals."""
    return hmac("HmacSHA256", key.encode(), base_of(fields).encode()).hex().upper()


def form(app_id: str = APP_ID, key: str = APP_KEY, **fields: str) -> dict[str, str]:
    """The form that is posted: the app's id, the fields, the signature over all of them."""
    fields = {"appId": app_id, "token": TOKEN} | fields
    return fields | {"sign": sign(fields, key)}
