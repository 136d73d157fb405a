"""The vendors' signatures from Python's standard library alone: nothing of quhao is used here."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator


def hmac_sha1(base: str, key: str) -> str:
    """ShanYan's ``sign``."""
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()


def hmac_sha256(base: str, key: str) -> str:
    """China Mobile's ``sign`` of tokenValidate."""
    return hmac.new(key.encode(), base.encode(), hashlib.sha256).hexdigest().upper()


def md5(base: str) -> str:
    """China Mobile's ``sign`` of loginTokenValidate, over a base that ends in the secret."""
    return hashlib.md5(base.encode()).hexdigest().upper()


def sha256(base: str) -> str:
    """China Mobile's ``phoneNum``."""
    return hashlib.sha256(base.encode()).hexdigest().upper()


def is_signed_by(key: str, base: str, signature: bytes, hash: str = "sha256") -> bool:
    """Whether RSASSA-PKCS1-v1_5 holds (RFC 8017, 8.2.2)."""
    modulus, exponent, *_ = rsa_key(key)
    size = (modulus.bit_length() + 7) // 8
    info = DIGEST_INFO[hash] + hashlib.new(hash, base.encode()).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(info) - 3) + b"\x00" + info
    return pow(int.from_bytes(signature, "big"), exponent, modulus).to_bytes(size, "big") == padded


def rsa_decrypted(key: str, ciphertext: bytes) -> bytes:
    """RSAES-PKCS1-v1_5 (RFC 8017, 7.2.2) block after block, for ciphertexts that are right."""
    modulus, _, exponent, *_ = rsa_key(key)
    size = (modulus.bit_length() + 7) // 8
    plaintext = b""
    for at in range(0, len(ciphertext), size):
        block = pow(int.from_bytes(ciphertext[at : at + size], "big"), exponent, modulus).to_bytes(size, "big")
        assert block.startswith(b"\x00\x02")
        plaintext += block[block.index(b"\x00", 2) + 1 :]
    return plaintext


def rsa_key(text: str) -> list[int]:
    """Modulus, public exponent, and of a private key the private one.

    PEM or bare Base64 of SubjectPublicKeyInfo, PKCS#8 or PKCS#1 (RFC 5280, 5958, 8017).
    """
    der = base64.b64decode(re.sub(r"-----[^-]+-----|\s", "", text))
    fields = list(items(next(items(der))[1]))
    if fields[0][0] == SEQUENCE:
        # A bit string says first how many of its bits are not used.
        return integers(fields[1][1][1:])
    if fields[1][0] == SEQUENCE:
        return integers(fields[2][1])[1:]
    return integers(der)[1:]


def integers(der: bytes) -> list[int]:
    """The numbers of a sequence."""
    return [int.from_bytes(value, "big") for _, value in items(next(items(der))[1])]


def items(der: bytes) -> Iterator[tuple[int, bytes]]:
    """DER's values one after the other: tag, content."""
    while der:
        tag, size, at = der[0], der[1], 2
        if size & 0x80:
            at = 2 + (size & 0x7F)
            size = int.from_bytes(der[2:at], "big")
        yield tag, der[at : at + size]
        der = der[at + size :]


SEQUENCE = 0x30

# RFC 8017, 9.2, note 1.
DIGEST_INFO = {
    "md5": bytes.fromhex("3020300c06082a864886f70d020505000410"),
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
}
