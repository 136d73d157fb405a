"""RSA ciphertexts, made once: PKCS#1 v1.5 padding is random, so they are kept in `ciphertexts.json`.

`python3 oracle/ciphertexts.py NAME …` makes the named ones anew, all with
`openssl pkeyutl -encrypt -pubin -inkey data/keys/<key>.pub.pem -pkeyopt rsa_padding_mode:<padding>`, plaintext on
standard input; with padding `none` the plaintext is the whole block, which the row spells out.
"""

from __future__ import annotations

import json
import sys

from tools import HERE, KEYS, openssl, rsa_open

FILE = HERE / "ciphertexts.json"
NUMBER = b"13800138000"


def block(kind: int, plain: bytes, size: int = 128) -> bytes:
    """A block padded with 0x5a, as type 1 (signing) or 2 (encryption) lays it out."""
    return bytes([0, kind]) + b"\x5a" * (size - 3 - len(plain)) + b"\0" + plain


# name: key, padding, plaintext
ROWS = {
    "number": ("rsa1024", "pkcs1", NUMBER),
    "number-2048": ("rsa2048", "pkcs1", NUMBER),
    "number-for-other-key": ("other1024", "pkcs1", NUMBER),
    "number-for-other-2048-key": ("other2048", "pkcs1", NUMBER),
    "first-part": ("rsa1024", "pkcs1", b"138001"),
    "second-part": ("rsa1024", "pkcs1", b"38000"),
    "words": ("rsa1024", "pkcs1", b"not a number"),
    "twelve-digits": ("rsa1024", "pkcs1", b"138001380001"),
    "country-code": ("rsa1024", "pkcs1", b"+8613800138000"),
    "first-digit-2": ("rsa1024", "pkcs1", b"23800138000"),
    "not-utf8": ("rsa1024", "pkcs1", b"1380013800\xff"),
    "empty": ("rsa1024", "pkcs1", b""),
    "utf16": ("rsa1024", "pkcs1", "13800138000".encode("utf-16-be")),
    "oaep": ("rsa1024", "oaep", NUMBER),
    "unpadded": ("rsa1024", "none", NUMBER.rjust(128, b"\0")),
    "signing-block": ("rsa1024", "none", block(1, NUMBER)),
    "no-separator": ("rsa1024", "none", b"\0\2" + b"\x5a" * 115 + NUMBER),
    "short-padding": ("rsa1024", "none", b"\0\2" + b"\x5a" * 7 + b"\0" + NUMBER.rjust(118, b"\0")),
}


def make(name: str) -> str:
    key, padding, plain = ROWS[name]
    args = ["-inkey", str(KEYS / f"{key}.pub.pem"), "-pubin", "-pkeyopt", f"rsa_padding_mode:{padding}"]
    return openssl("pkeyutl", "-encrypt", *args, stdin=plain).hex()


def sealed(name: str) -> str:
    """A ciphertext in lower hex, after the tools opened it to what the row says."""
    key, padding, plain = ROWS[name]
    text = json.loads(FILE.read_text())[name]
    if padding == "pkcs1":
        assert rsa_open(key, bytes.fromhex(text)) == plain, name
    else:
        raw = ["-inkey", str(KEYS / f"{key}.pkcs8.pem"), "-pkeyopt", f"rsa_padding_mode:{padding}"]
        assert openssl("pkeyutl", "-decrypt", *raw, stdin=bytes.fromhex(text)) == plain, name
        assert rsa_open(key, bytes.fromhex(text)) is None, name
    return text


if __name__ == "__main__":
    kept = json.loads(FILE.read_text()) if FILE.exists() else {}
    kept |= {name: make(name) for name in sys.argv[1:]}
    FILE.write_text(json.dumps({name: kept[name] for name in ROWS if name in kept}, indent=2) + "\n")
