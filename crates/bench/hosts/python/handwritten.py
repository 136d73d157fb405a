"""The same operations as a good back end's own code does them: session kept, request signed, reply checked, number opened."""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta, timezone
from urllib.parse import urlencode

import aiohttp
import httpx
import requests
from Crypto.Cipher import DES
from Crypto.Util.Padding import unpad

SECONDS = 5
HEADERS = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
BEIJING = timezone(timedelta(hours=8))


def requests_post():
    """Posts a form over one kept `requests.Session`."""
    session = requests.Session()

    def post(url, form):
        reply = session.post(url, data=form, headers=HEADERS, timeout=SECONDS)
        reply.raise_for_status()
        return reply.json()

    return post


def httpx_post():
    """Posts a form over one kept `httpx.Client`."""
    client = httpx.Client(timeout=SECONDS, trust_env=False)

    def post(url, form):
        reply = client.post(url, data=form, headers=HEADERS)
        reply.raise_for_status()
        return reply.json()

    return post


def aiohttp_post(lanes):
    """Posts a form over one kept `aiohttp.ClientSession`."""
    connector = aiohttp.TCPConnector(limit=lanes)
    session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=SECONDS))

    async def post(url, form):
        async with session.post(url, data=form, headers=HEADERS) as reply:
            reply.raise_for_status()
            return await reply.json()

    return post, session.close


def httpx_async_post(lanes):
    """Posts a form over one kept `httpx.AsyncClient`."""
    limits = httpx.Limits(max_connections=lanes, max_keepalive_connections=lanes)
    client = httpx.AsyncClient(timeout=SECONDS, limits=limits, trust_env=False)

    async def post(url, form):
        reply = await client.post(url, data=form, headers=HEADERS)
        reply.raise_for_status()
        return reply.json()

    return post, client.aclose


def number_of(reply, app_key):
    """The number in a reply of ShanYan V1."""
    if reply["code"] != "200000":
        raise RuntimeError(f"{reply['code']} {reply['message']}")
    return open_des(app_key, reply["data"]["mobileName"])


def open_des(app_key, ciphertext):
    """The number that ShanYan V1 sealed."""
    cipher = DES.new(app_key[:8].encode(), DES.MODE_CBC, iv=bytes(range(1, 9)))
    return unpad(cipher.decrypt(base64.b64decode(ciphertext)), DES.block_size).decode()


def shanyan_v2(params, options):
    """The body of a ShanYan V2 request."""
    fields = {"appId": options["app_id"], "token": params["token"]}
    base = "".join(name + fields[name] for name in sorted(fields))
    sign = hmac.new(options["app_key"].encode(), base.encode(), hashlib.sha256).hexdigest().upper()
    return urlencode(fields | {"sign": sign})


def china_mobile(params, options):
    """The body of a China Mobile login."""
    now = datetime.now(BEIJING)
    fields = {
        "version": "2.0",
        "msgid": secrets.token_hex(16),
        "systemtime": now.strftime("%Y%m%d%H%M%S") + f"{now.microsecond // 1000:03}",
        "strictcheck": "0",
        "appid": options["app_id"],
        "token": params["token"],
    }
    signed = ("appid", "version", "msgid", "systemtime", "strictcheck", "token")
    base = "".join(fields[name] for name in signed) + options["app_secret"]
    return json.dumps(fields | {"sign": hashlib.md5(base.encode()).hexdigest().upper()})
