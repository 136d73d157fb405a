"""Writes vector files: cases added in order, one short object a line."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"
WIDTH = 150

# the moment of every case that does not choose its own: 2026-11-22 12:34:56.789 in Beijing
NOW = 1795322096789
NONCE = "0123456789abcdeffedcba9876543210"
MOMENT = {"now_ms": NOW, "nonce": NONCE}


def at(text: str, nonce: str = NONCE) -> dict[str, Any]:
    """The moment of a Beijing time such as `2026-12-31 23:59:59.999`."""
    local = datetime.fromisoformat(text).replace(tzinfo=timezone(timedelta(hours=8)))
    since = local - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return {"now_ms": since // timedelta(milliseconds=1), "nonce": nonce}


def key_file(name: str) -> dict[str, str]:
    """A key of `data/keys`, by name."""
    assert (DATA / "keys" / name).is_file(), name
    return {"$file": f"keys/{name}"}


def key_name(options: dict[str, Any]) -> str:
    """The name of the key that opens numbers: `rsa1024`."""
    return options.get("decrypt_key", options["private_key"])["$file"].split("/")[1].split(".")[0]


def error(kind: str, *message_has: str, **facts: Any) -> dict[str, Any]:
    """An expected error; `has`, `hint` and `never` are lists of fragments."""
    shown = {"kind": kind}
    for name in ("retry", "charge", "vendor_code", "phase"):
        if name in facts:
            shown[name] = facts.pop(name)
    if message_has:
        shown["message_has"] = list(message_has)
    for name, key in (("hint", "hint_has"), ("never", "never_has")):
        if name in facts:
            shown[key] = [facts[name]] if isinstance(facts[name], str) else list(facts[name])
            del facts[name]
    assert not facts, facts
    return {"error": shown}


class Vectors:
    """One file of cases that run alike; `provider` is added to each input."""

    def __init__(self, path: str, run: str, about: str) -> None:
        self.path = DATA / f"{path}.json"
        self.provider = path.split("/")[0]
        self.document = {"run": run, "about": about, "cases": []}

    def add(self, case: str, why: str, source: str, expect: dict[str, Any], **given: Any) -> None:
        """Adds a case; `given` is its input in the order of the schema, None left out."""
        given = {name: value for name, value in given.items() if value is not None}
        self.document["cases"].append(
            {"id": case, "why": why, "source": source, "input": {"provider": self.provider, **given}, "expect": expect}
        )

    def text(self) -> str:
        """The file's content."""
        return pretty(self.document) + "\n"

    def write(self) -> None:
        """Writes the file; the same cases give the same bytes."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.text(), encoding="utf-8")
        print(f"{self.path.relative_to(DATA)}: {len(self.document['cases'])} cases")


def write_all(topics: Iterable[ModuleType]) -> None:
    """Writes the files of every topic."""
    for topic in topics:
        for vectors in topic.files():
            vectors.write()


def pretty(value: Any, indent: int = 0, before: int = 0) -> str:
    """JSON with two blanks of indent, where what fits on a line stays on it."""
    line = visible(json.dumps(value, ensure_ascii=False))
    if not isinstance(value, (dict, list)) or not value:
        return line
    is_case = isinstance(value, dict) and ("why" in value or "cases" in value)
    if not is_case and indent + before + len(line) <= WIDTH and not nested_in_list(value):
        return line
    pad, end = " " * (indent + 2), " " * indent
    if isinstance(value, list):
        rows = [pad + pretty(item, indent + 2) for item in value]
        return "[\n" + ",\n".join(rows) + f"\n{end}]"
    pairs = []
    for key, item in value.items():
        name = visible(json.dumps(key, ensure_ascii=False)) + ": "
        pairs.append(name + pretty(item, indent + 2, len(name)))
    if not is_case:
        pairs = filled(pairs, WIDTH - indent - 2)
    return "{\n" + ",\n".join(pad + pair for pair in pairs) + f"\n{end}}}"


def filled(pairs: list[str], width: int) -> list[str]:
    """As many pairs on a line as fit; what takes several lines stands alone."""
    lines = [pairs[0]]
    for pair in pairs[1:]:
        if "\n" not in lines[-1] + pair and len(lines[-1]) + 2 + len(pair) <= width:
            lines[-1] += ", " + pair
        else:
            lines.append(pair)
    return lines


def nested_in_list(value: Any) -> bool:
    """A list of objects is one row each, however short."""
    return isinstance(value, list) and len(value) > 1 and isinstance(value[0], dict)


def visible(text: str) -> str:
    """Escapes the characters that an editor does not show."""
    hidden = "\u00a0\u200b\u2028\u2029\u3000\ufeff\x7f"
    return "".join(f"\\u{ord(c):04x}" if c in hidden else c for c in text)
