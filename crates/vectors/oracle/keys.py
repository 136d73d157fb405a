"""Writes the shapes in which consoles and people hand out one key: `python3 oracle/keys.py`.

The keys themselves were made once with OpenSSL 3.0.19 (`data/keys/README.md`) and are only read here.
"""

from __future__ import annotations

import re

from tools import KEYS, openssl


def armour(label: str, body: str) -> str:
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n"


def shapes(name: str) -> dict[str, str]:
    """Texts by file name, from the PKCS#8 and PKCS#1 files of one key."""
    out = {}
    for form, label in (("pkcs8", "PRIVATE KEY"), ("pkcs1", "RSA PRIVATE KEY")):
        pem = (KEYS / f"{name}.{form}.pem").read_text()
        body = re.sub("-----.*?-----\n", "", pem)
        other = "RSA PRIVATE KEY" if label == "PRIVATE KEY" else "PRIVATE KEY"
        assert pem == armour(label, body)
        out[f"{name}.{form}.crlf.pem"] = pem.replace("\n", "\r\n")
        out[f"{name}.{form}.oneline.pem"] = pem.strip().replace("\n", " ")
        out[f"{name}.{form}.mislabelled.pem"] = armour(other, body)
        out[f"{name}.{form}.b64"] = body.replace("\n", "")
        out[f"{name}.{form}.indented.b64"] = "\n" + "".join(f"\t  {line}  \r\n" for line in body.splitlines())
    return out


if __name__ == "__main__":
    for path, text in shapes("rsa1024").items():
        (KEYS / path).write_bytes(text.encode())
    for pair in ("rsa1024", "rsa2048"):
        forms = [
            openssl("rsa", "-in", str(KEYS / f"{pair}.{form}.pem"), "-outform", "DER") for form in ("pkcs8", "pkcs1")
        ]
        assert forms[0] == forms[1], pair
