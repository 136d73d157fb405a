"""Checks the vectors: `python3 oracle/check.py`; with `--fresh` it also regenerates each file and compares.

Every case has the README's schema, a unique id and input, and an allowed source; most cases are failures.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cases import DATA

PROVIDERS = ("cmcc", "shanyan", "yuxin")
SOURCE = re.compile(
    r"openssl 3\.0\.19|java 17 JCE|python cryptography 48|python stdlib|derived"
    r"|(cmcc|shanyan|yuxin)/PROTOCOL\.md §\d+(\.\d+)?"
)
KINDS = "config credentials decrypt forbidden input protocol quota token transport unavailable".split()
RETRIES, CHARGES = ("never", "new_token", "same_token"), ("no", "unknown", "yes")
OPERATIONS = ("fetch_number", "verify_identity", "verify_number")
ACTIONS = ("noted", "refused", "repaired")
CAUSES = (
    "bad_signature blank_for_plus empty extra future garbled missing not_a_number not_a_time other_app percent_encoded"
    " phone_failed seconds stale surrounding_blank truncated unicode_escape unknown_telecom unknown_value"
).split()
LEAST_NEGATIVE = 60

# run: fields that the input must have, may have; fields that a success must have
CALL = {"provider", "options", "operation"}
RUNS = {
    "new": ({"provider", "options"}, set(), {"ok"}),
    "decrypt": ({"provider", "options", "ciphertext"}, set(), {"number"}),
    "sign": (CALL | {"params", "moment"}, {"number"}, {"algorithm", "base", "value"}),
    "prepare": (CALL | {"moment"}, {"params", "number", "name", "id_card"}, {"method", "url", "content_type"}),
    "apps": (
        CALL - {"options"} | {"common", "apps"},
        {"app", "params", "number", "name", "id_card", "ciphertext", "moment"},
        set(),
    ),
    "read": (CALL | {"status", "body"}, {"params", "number", "moment"}, {"result"}),
    "inspect": (CALL | {"params", "moment"}, set(), {"findings"}),
}
ERROR = {"kind", "retry", "charge", "vendor_code", "phase", "message_has", "hint_has", "never_has"}
RESULT = set("number verdict matches code message charge trade_no request_id risk extra".split())


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every file of cases."""
    for provider in PROVIDERS:
        for path in sorted((DATA / provider).glob("*.json")):
            yield f"{provider}/{path.stem}", json.loads(path.read_text("utf-8"))


def is_negative(case: dict[str, Any]) -> bool:
    """Tells whether a case is about something going wrong."""
    return "error" in case["expect"] or bool(case["expect"].get("findings"))


def faults(topic: str, run: str, case: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a case."""
    if set(case) != {"id", "why", "source", "input", "expect"}:
        yield f"has the fields {sorted(case)}"
        return
    given, expect = case["input"], case["expect"]
    must, may, answer = RUNS[run]
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", case["id"]):
        yield "has an id that is no statement with dashes"
    if not case["why"].endswith(".") or len(case["why"]) < 12:
        yield "has a why that is no sentence"
    if not SOURCE.fullmatch(case["source"]):
        yield f"has the source {case['source']}"
    if not must <= set(given) <= must | may:
        yield f"has the input {sorted(given)}"
    if given["provider"] != topic.split("/")[0]:
        yield "belongs to another folder"
    operations = (*OPERATIONS, "decrypt_number") if run == "apps" else OPERATIONS
    if given.get("operation", OPERATIONS[0]) not in operations:
        yield "has an unknown operation"
    for options in [given["common"], *given["apps"]] if run == "apps" else [given["options"]]:
        yield from file_faults(options)
    if (moment := given.get("moment")) is not None:
        if set(moment) != {"now_ms", "nonce"} or not re.fullmatch("[0-9a-f]{32}", moment["nonce"]):
            yield "has a malformed moment"
    if "error" in expect:
        yield from error_faults(expect["error"])
    elif not answer <= set(expect):
        yield f"expects {sorted(expect)}"
    elif run in ("decrypt", "sign") and case["source"] == "derived":
        yield "has a computed answer that nobody computed"
    if run == "read" and not set(expect.get("result", {})) <= RESULT:
        yield "expects an unknown fact of a result"
    for finding in expect.get("findings", ()):
        if set(finding) != {"field", "cause", "action"} or finding["cause"] not in CAUSES:
            yield f"expects the finding {finding}"
        elif finding["action"] not in ACTIONS:
            yield f"expects the action {finding['action']}"


def file_faults(options: dict[str, Any]) -> Iterator[str]:
    """Options are texts, or name a file that is there."""
    for name, value in options.items():
        if isinstance(value, dict) and not (set(value) == {"$file"} and (DATA / value["$file"]).is_file()):
            yield f"names no file in {name}"
        elif not isinstance(value, (str, dict)):
            yield f"has an option {name} that is no text"


def error_faults(error: dict[str, Any]) -> Iterator[str]:
    """An error has a kind and only known facts, and wants no fragment both there and not there."""
    if not {"kind"} <= set(error) <= ERROR:
        yield f"expects an error of {sorted(error)}"
    for name, known in (("kind", KINDS), ("retry", RETRIES), ("charge", CHARGES)):
        if error.get(name, known[0]) not in known:
            yield f"expects the {name} {error[name]}"
    shown = error.get("message_has", []) + error.get("hint_has", [])
    for never in error.get("never_has", []):
        if not never or any(never in fragment for fragment in shown):
            yield f"wants {never!r} both there and not there"


def stale_files() -> Iterator[str]:
    """Files that their generator would write differently."""
    import cmcc
    import shanyan
    import yuxin

    written = set()
    for provider in (cmcc, shanyan, yuxin):
        for topic in provider.TOPICS:
            for vectors in topic.files():
                written.add(vectors.path)
                if not vectors.path.exists() or vectors.path.read_text("utf-8") != vectors.text():
                    yield f"{vectors.path.relative_to(DATA)}: differs from what its generator writes"
    for path in (path for provider in PROVIDERS for path in sorted(Path(DATA / provider).glob("*.json"))):
        if path not in written:
            yield f"{path.relative_to(DATA)}: has no generator"


def main() -> int:
    found, totals, seen = [], Counter(), {}
    for topic, document in documents():
        if set(document) != {"run", "about", "cases"} or document["run"] not in RUNS:
            found.append(f"{topic}: has the fields {sorted(document)}")
            continue
        twice = [name for name, count in Counter(case["id"] for case in document["cases"]).items() if count > 1]
        found += [f"{topic}: has {name} twice" for name in twice]
        for case in document["cases"]:
            found += [f"{topic}: {case['id']}: {fault}" for fault in faults(topic, document["run"], case)]
            question = json.dumps([document["run"], case["input"]], sort_keys=True)
            if question in seen:
                found.append(f"{topic}: {case['id']}: asks what {seen[question]} asks")
            seen[question] = case["id"]
            totals.update({"cases": 1, "negative": is_negative(case), case["source"].split(" §")[0]: 1})
    share = 100 * totals["negative"] / totals["cases"]
    if share < LEAST_NEGATIVE:
        found.append(f"{share:.1f} % of the cases are negative, expected {LEAST_NEGATIVE} or more")
    if "--fresh" in sys.argv[1:]:
        found += stale_files()
    print(*found, *(f"{name}: {count}" for name, count in totals.items()), f"negative share: {share:.1f} %", sep="\n")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
