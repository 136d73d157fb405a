"""OpenSSL's RSA, timed: reads a job a line and prints the mean microseconds of its operation.

`cryptography` calls OpenSSL through one thin layer, a microsecond in a hundred or more.
"""

import json
import sys
import time

from cryptography.hazmat.backends.openssl import backend
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import load_pem_private_key


def timed(operation, count):
    """Mean microseconds of `count` calls."""
    begun = time.perf_counter()
    for _ in range(count):
        operation()
    return (time.perf_counter() - begun) * 1e6 / count


def main():
    """Answers jobs `{"operation", "key", "input", "expected", "count"}` until stdin closes."""
    print(json.dumps(backend.openssl_version_text()), flush=True)
    keys = {}
    for line in sys.stdin:
        job = json.loads(line)
        pem = job["key"]
        key = keys.get(pem) or keys.setdefault(pem, load_pem_private_key(pem.encode(), None))
        given = bytes.fromhex(job["input"])
        if job["operation"] == "decrypt":
            operation = lambda: key.decrypt(given, padding.PKCS1v15())  # noqa: E731
        else:
            operation = lambda: key.sign(given, padding.PKCS1v15(), hashes.SHA256())  # noqa: E731
        if operation().hex() != job["expected"]:
            sys.exit("OpenSSL's answer is not the expected one")
        print(json.dumps(timed(operation, job["count"])), flush=True)


main()
