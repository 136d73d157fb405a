"""The independent programs: OpenSSL's command line, the JDK, Python's own libraries.

Every answer is computed by at least two of them; a difference stops the generator.
"""

from __future__ import annotations

import atexit
import hashlib
import hmac as stdlib_hmac
import re
import subprocess
from functools import cache
from pathlib import Path

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

OPENSSL, JCE, CRYPTOGRAPHY, STDLIB = "openssl 3.0.19", "java 17 JCE", "python cryptography 48", "python stdlib"
DERIVED = "derived"

HERE = Path(__file__).resolve().parent
KEYS = HERE.parent / "data" / "keys"
NUMBER = re.compile(r"1[0-9]{10}")

# name: JCE transformation (None where the JDK has no such cipher), key bytes, block bytes
CIPHERS = {
    "aes-128-cbc": ("AES", 16, 16),
    "aes-192-cbc": ("AES", 24, 16),
    "aes-256-cbc": ("AES", 32, 16),
    "des-cbc": ("DES", 8, 8),
    "des-ede3-cbc": ("DESede", 24, 8),
    "sm4-cbc": (None, 16, 16),
}


def openssl(*args: str, stdin: bytes = b"") -> bytes | None:
    """Runs `openssl args`; None where it refuses."""
    done = subprocess.run(["openssl", *args], input=stdin, capture_output=True, timeout=30)
    return done.stdout if done.returncode == 0 else None


@cache
def _jvm() -> subprocess.Popen[str]:
    jvm = subprocess.Popen(["java", HERE / "Jce.java"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(jvm.communicate)
    return jvm


def java(*question: str) -> str | None:
    """Asks `Jce.java` one question; None where the JDK refuses."""
    jvm = _jvm()
    print(*question, file=jvm.stdin, flush=True)
    answer = jvm.stdout.readline().strip()
    return None if answer.startswith("!") else answer


def agreed(what: str, *answers: object) -> object:
    """The answer that all tools gave."""
    if any(answer != answers[0] for answer in answers):
        raise SystemExit(f"the tools disagree on {what}: {answers}")
    return answers[0]


def _pyca(name: str, key: bytes, iv: bytes) -> Cipher:
    if name == "sm4-cbc":
        return Cipher(algorithms.SM4(key), modes.CBC(iv))
    if name.startswith("aes"):
        return Cipher(algorithms.AES(key), modes.CBC(iv))
    # K|K|K makes triple DES single DES, which `cryptography` does not have
    return Cipher(TripleDES(key * 3 if name == "des-cbc" else key), modes.CBC(iv))


def seal(name: str, key: bytes, iv: bytes, plain: bytes, *, padded: bool = True) -> bytes:
    """CBC, PKCS#7 unless `plain` is a run of blocks with its own padding."""
    jce, key_bytes, block = CIPHERS[name]
    assert len(key) == key_bytes and len(iv) == block
    extra = [] if padded else ["-nopad"]
    providers = ["-provider", "legacy", "-provider", "default"]
    ours = openssl("enc", f"-{name}", "-K", key.hex(), "-iv", iv.hex(), *extra, *providers, stdin=plain)
    padder = PKCS7(block * 8).padder()
    blocks = padder.update(plain) + padder.finalize() if padded else plain
    encryptor = _pyca(name, key, iv).encryptor()
    answers = [ours, encryptor.update(blocks) + encryptor.finalize()]
    if jce:
        padding = "PKCS5Padding" if padded else "NoPadding"
        answer = java("encrypt", f"{jce}/CBC/{padding}", key.hex(), iv.hex(), plain.hex())
        answers.append(bytes.fromhex(answer))
    return agreed(name, *answers)


def unseal(name: str, key: bytes, iv: bytes, sealed: bytes) -> bytes | None:
    """The plaintext, None where padding or length is wrong."""
    jce = CIPHERS[name][0]
    providers = ["-provider", "legacy", "-provider", "default"]
    ours = (
        openssl("enc", "-d", f"-{name}", "-K", key.hex(), "-iv", iv.hex(), *providers, stdin=sealed) if sealed else None
    )
    theirs = java("decrypt", f"{jce}/CBC/PKCS5Padding", key.hex(), iv.hex(), sealed.hex()) if sealed else None
    return agreed(name, ours, None if theirs is None else bytes.fromhex(theirs))


def is_number(plain: bytes | None) -> bool:
    """Tells whether an opened plaintext has the grammar of a number."""
    return plain is not None and NUMBER.fullmatch(plain.decode("latin-1")) is not None


_HMACS = {"HmacSHA1": "sha1", "HmacSHA256": "sha256"}


def hmac(name: str, key: bytes, data: bytes) -> bytes:
    """`HmacSHA1` or `HmacSHA256`."""
    digest = _HMACS[name]
    ours = openssl("dgst", f"-{digest}", "-mac", "HMAC", "-macopt", f"hexkey:{key.hex()}", "-binary", stdin=data)
    theirs = bytes.fromhex(java("hmac", name, key.hex(), data.hex()))
    return agreed(name, stdlib_hmac.digest(key, data, digest), ours, theirs)


def digest(name: str, data: bytes) -> bytes:
    """`md5` or `sha256`."""
    theirs = bytes.fromhex(java("digest", {"md5": "MD5", "sha256": "SHA-256"}[name], data.hex()))
    return agreed(name, hashlib.new(name, data).digest(), openssl("dgst", f"-{name}", "-binary", stdin=data), theirs)


def beijing(now_ms: int) -> str:
    """`yyyyMMddHHmmssSSS` at +08:00."""
    from datetime import datetime, timedelta, timezone

    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=now_ms)
    local = moment.astimezone(timezone(timedelta(hours=8)))
    text = f"{local.year:04}{local:%m%d%H%M%S}{local.microsecond // 1000:03}"
    return agreed("time", text, java("beijing", str(now_ms)))


@cache
def _pkcs8(key: str) -> str:
    return openssl("pkcs8", "-topk8", "-nocrypt", "-in", str(KEYS / f"{key}.pkcs8.pem"), "-outform", "DER").hex()


def rsa_sign(key: str, data: bytes) -> bytes:
    """SHA256withRSA, PKCS#1 v1.5: the same bytes every time."""
    ours = openssl("dgst", "-sha256", "-sign", str(KEYS / f"{key}.pkcs8.pem"), stdin=data)
    return agreed("SHA256withRSA", ours, bytes.fromhex(java("rsa-sign", _pkcs8(key), data.hex())))


def rsa_open(key: str, sealed: bytes) -> bytes | None:
    """The JDK's PKCS#1 v1.5 decryption of one block; None where it refuses.

    OpenSSL may answer a wrong key with random bytes, so it is asked only where the JDK has an answer.
    """
    theirs = java("rsa-open", _pkcs8(key), sealed.hex())
    if theirs is None:
        return None
    args = ["pkeyutl", "-decrypt", "-inkey", str(KEYS / f"{key}.pkcs8.pem"), "-pkeyopt", "rsa_padding_mode:pkcs1"]
    return agreed("RSA", openssl(*args, stdin=sealed), bytes.fromhex(theirs))


def opens_by_rsa(key: str, sealed: str) -> bool:
    """Tells whether hex opens to a number, block by block of the modulus."""
    if re.fullmatch("([0-9a-fA-F]{2})+", sealed) is None:
        return False
    raw, size = bytes.fromhex(sealed), 256 if "2048" in key else 128
    parts = [rsa_open(key, raw[at : at + size]) for at in range(0, len(raw), size)]
    return None not in parts and is_number(b"".join(parts))
