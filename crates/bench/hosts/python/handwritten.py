"""The same login as a good back end's own code does it: session kept, request signed, reply checked, number decrypted."""

import hashlib
import hmac
from urllib.parse import urlencode

import aiohttp
import httpx
import requests
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

SECONDS = 60
HEADERS = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}


def requests_session():
    """Posts a body over one kept `requests.Session`."""
    session = requests.Session()
    session.trust_env = False

    def post(url, body):
        reply = session.post(url, data=body, headers=HEADERS, timeout=SECONDS)
        reply.raise_for_status()
        return reply.json()

    return post


def httpx_client():
    """Posts a body over one kept `httpx.Client`."""
    client = httpx.Client(timeout=SECONDS, trust_env=False)

    def post(url, body):
        reply = client.post(url, content=body, headers=HEADERS)
        reply.raise_for_status()
        return reply.json()

    return post


def aiohttp_session(lanes):
    """Posts a body over one kept `aiohttp.ClientSession`."""
    connector = aiohttp.TCPConnector(limit=lanes)
    session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=SECONDS))

    async def post(url, body):
        async with session.post(url, data=body, headers=HEADERS) as reply:
            reply.raise_for_status()
            return await reply.json()

    return post, session.close


def httpx_async_client(lanes):
    """Posts a body over one kept `httpx.AsyncClient`."""
    limits = httpx.Limits(max_connections=lanes, max_keepalive_connections=lanes)
    client = httpx.AsyncClient(timeout=SECONDS, limits=limits, trust_env=False)

    async def post(url, body):
        reply = await client.post(url, content=body, headers=HEADERS)
        reply.raise_for_status()
        return reply.json()

    return post, client.aclose


def body_of(params, options):
    """The body of a ShanYan V2 request."""
    fields = {"appId": options["app_id"], "token": params["token"]}
    base = "".join(name + fields[name] for name in sorted(fields))
    sign = hmac.new(options["app_key"].encode(), base.encode(), hashlib.sha256).hexdigest().upper()
    return urlencode(fields | {"sign": sign})


def number_of(reply, app_key):
    """The number in a reply of ShanYan V2."""
    if reply["code"] != "200000":
        raise RuntimeError(f"{reply['code']} {reply['message']}")
    return decrypted(app_key, reply["data"]["mobileName"])


def decrypted(app_key, ciphertext):
    """AES-128-CBC; the halves of `hex(MD5(app_key))` are key and iv."""
    secret = hashlib.md5(app_key.encode()).hexdigest().encode()
    decryptor = Cipher(algorithms.AES128(secret[:16]), modes.CBC(secret[16:])).decryptor()
    unpadder = PKCS7(128).unpadder()
    padded = decryptor.update(bytes.fromhex(ciphertext)) + decryptor.finalize()
    return (unpadder.update(padded) + unpadder.finalize()).decode()
