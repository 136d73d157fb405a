"""Turns the vendors' documents into data: data/seeds/*.json.

    python3 oracle/seeds.py DOCUMENTS            writes the files
    python3 oracle/seeds.py DOCUMENTS --check    exits 1 where a committed file differs

Tables are copied cell by cell; only the blanks around a cell go. The rules are restated in `seed_rules.py`, and each
must show words of the document that it rests on: a rule that the document does not bear stops the run. `where` names
the sections of the provider's PROTOCOL.md that state the same.
"""

import argparse
import difflib
import json
import re
import sys
from pathlib import Path

from seed_rules import RULES

DATA = Path(__file__).resolve().parent.parent / "data" / "seeds"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=Path, help="the folder with the vendors' documents")
    parser.add_argument("--check", action="store_true", help="compare with the committed files and write nothing")
    options = parser.parse_args()
    differs = False
    for name, (document, protocol, extract) in SEEDS.items():
        text = (options.documents / document).read_text("utf-8")
        fresh = dump({"protocol": protocol, **extract(text), "rules": rules(name, text)})
        path = DATA / f"{name}.json"
        if options.check:
            committed = path.read_text("utf-8") if path.exists() else ""
            differs |= committed != fresh
            sides = (f"committed/{path.name}", f"document/{path.name}")
            for line in difflib.unified_diff(committed.splitlines(), fresh.splitlines(), *sides, lineterm="", n=0):
                print(line)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fresh, "utf-8")
    return int(differs)


def rules(name: str, text: str) -> list[dict]:
    squeezed = re.sub(r"[\s\\]", "", text)
    for rule, where, words, _ in RULES[name]:
        if re.sub(r"[\s\\]", "", words) not in squeezed:
            sys.exit(f"{rule}: expected {words!r} in the document ({where}), got nothing like it")
    ids = [rule for rule, *_ in RULES[name]]
    if twice := {rule for rule in ids if ids.count(rule) > 1}:
        sys.exit(f"expected every rule once, got more of {sorted(twice)}")
    return [{"id": rule, "text": restated, "where": where} for rule, where, _, restated in RULES[name]]


# --- 创蓝闪验 V1: a Word file as text; a cell starts with a tab, a blank line ends a row -----


def shanyan(text: str) -> dict:
    text = re.sub(r"\[bookmark: \w+\]", "", text)
    query, validate = part(text, "4.获取手机号接口", "5.本机号校验接口"), part(text, "5.本机号校验接口", "6.附录")
    appendix, questions = part(text, "1.1 响应code码", "6.常见问题"), part(text, "6.常见问题", None)
    refused = re.findall(r"\{\"message\".+?\}", questions)
    codes = [{"table": "flashsdk", "code": code, "text": said} for code, said in word_rows(appendix)[1:]]
    for sample in map(json.loads, refused):
        fragment = sample["message"].removeprefix("请求非法，")
        codes.append({"table": "flashsdk", "code": sample["code"], "fragment": fragment, "text": sample["message"]})
    interfaces = [
        shanyan_interface("mobile-query", "§2, §3.2", query, "4.2请求参数", "4.3响应内容", refused),
        shanyan_interface("mobile-validate", "§2, §3.3", validate, "5.2请求参数", "4.3响应内容", refused),
    ]
    return {"interfaces": interfaces, "codes": codes}


def shanyan_interface(name: str, where: str, text: str, request: str, response: str, refused: list[str]) -> dict:
    sent = word_rows(part(text, request, response))[1:]
    received = word_rows(part(text, response, "4.4返回示例"))[1:]
    carriers = {zh: en for en, zh in re.findall(r"([A-Z]{4})：(\S\S)", dict(sent)["telecom"])}
    urls = re.findall(r"^\t?(\S\S)：(https://\S+)$", text, re.M)
    reply = part(text, "4.4返回示例", None).split("\n", 1)[1].strip()
    return {
        "name": name,
        "where": where,
        "method": re.search(r"HTTPS {2}(\w+)", text)[1],
        "urls": {carriers[carrier]: url for carrier, url in urls},
        "content_types": re.findall(r"application/x-www-form-urlencoded|multipart/form-data", text),
        "request": [{"field": field, "required": True, "text": said} for field, said in sent],
        "response": [
            {"field": re.sub(r"\s*>\s*", ".", field), "type": kind, "text": said} for field, kind, said in received
        ],
        "samples": [{"kind": "reply", "text": sample} for sample in [reply, *refused]],
    }


def word_rows(text: str) -> list[list[str]]:
    rows, row = [], []
    for line in [*text.splitlines(), ""]:
        if line.startswith("\t"):
            row.append(line)
        elif line and row:
            row[-1] += f"\n{line}"
        elif row:
            rows.append([cell.strip() for cell in row])
            row = []
    return rows


# --- 中国移动: Markdown -----


def china_mobile(text: str) -> dict:
    login, verify = part(text, "## 5.1. ", "## 5.2. "), part(text, "## 5.2. ", "# 6. ")
    guide_login, guide_verify = part(text, "## 2.6. ", "# 3. "), part(text, "## 3.6. ", "# 4. ")
    tables = {
        "sdk": part(text, "##6.1. ", "##6.2. "),
        "loginTokenValidate": part(text, "##6.2. ", "## 6.3. "),
        "tokenValidate": part(text, "## 6.3. ", None),
    }
    codes = [
        {"table": table, "code": row["返回码"], "text": row.get("返回码描述") or row["说明"]}
        for table, lines in tables.items()
        for row in markdown(lines)[0]
    ]
    callback = markdown(part(text, "### 4.3.2. ", "### 4.3.3. "))[1]
    sample = re.search(r"\*\*响应示例代码\*\*\s+```\n(.+?)\n```", part(text, "### 4.3.3. ", "## 4.5. "), re.S)[1]
    return {
        "interfaces": [
            china_mobile_interface("loginTokenValidate", "§3", login, guide_login),
            china_mobile_interface("tokenValidate", "§4", verify, guide_verify),
        ],
        "phone": [
            {
                "name": "loginAuth",
                "where": "§2.1",
                "response": [{"field": row["字段"], "type": row["类型"], "text": row["含义"]} for row in callback],
                "samples": [{"kind": "reply", "text": sample}],
            }
        ],
        "codes": codes,
    }


def china_mobile_interface(name: str, where: str, text: str, guide: str) -> dict:
    request, response = (markdown_fields(table) for table in markdown(text))
    for fields, rows in zip((request, response), markdown(guide), strict=True):
        here, there = {row["field"] for row in fields}, {row["field"] for row in markdown_fields(rows)}
        if here != there:
            sys.exit(f"{name}: expected one set of fields in reference and guide, they differ in {here ^ there}")
    samples = []
    for lines in (guide, text):
        for title, block in re.findall(r"\*\*(请求|响应)示例\w*[：:]?\*\*\s+```\n(.+?)\n\s*```", lines, re.S):
            if all(block != sample["text"] for sample in samples):
                kind = {"请求": "request", "响应": "reply"}[title]
                samples.append({"kind": kind, "text": block})
    return {
        "name": name,
        "where": where,
        "method": re.search(r"请求方法：\*\* (\w+)", text)[1],
        "urls": {"default": re.search(r"请求地址：\*\* ?(https://\S+)", text)[1]},
        "content_types": re.findall(r"Content-type设置为(\S+)", text),
        "request": request,
        "response": response,
        "samples": samples,
    }


def markdown(text: str) -> list[list[dict]]:
    tables, header = [], None
    for line in text.splitlines():
        if not line.startswith("|"):
            header = None
            continue
        cells = [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", line.rstrip())[1:-1]]
        if header is None:
            header = cells
            tables.append([])
        elif any(cell.strip(":-") for cell in cells):
            tables[-1].append(dict(zip(header, cells, strict=True)))
    return tables


def markdown_fields(rows: list[dict]) -> list[dict]:
    fields, group = [], ""
    for row in rows:
        name = row["参数"].strip("*")
        if row.get("层级", "").strip("*") == "1":
            group, path = f"{name}.", name
        else:
            path = group + name
        kind = {"type": row["类型"]} if row.get("类型") else {}
        required = row["约束"] in ("必选", "是")
        fields.append({"field": path, **kind, "required": required, "constraint": row["约束"], "text": row["说明"]})
    return fields


# --- 驭信: a page whose lines were torn apart; a line of two blanks ends a row -----


def yuxin(text: str) -> dict:
    blocks = ["".join(line.strip(" ") for line in block.split("\n")) for block in re.split(r"\n {2}(?=\n)", text)]
    lines = [block.replace("\\", "") for block in blocks if block]
    system, business = torn(lines, "4.2.1.系统参数"), torn(lines, "logon字段描述")
    logon = torn(lines, "4.2.2.业务参数")
    request = [*system, *logon, *({**row, "参数名": f"logon.{row['参数名']}"} for row in business)]
    tables = {"errorCode": torn(lines, "请求返回码描述"), "returnCode": torn(lines, "业务返回码描述")}
    codes = [
        {"table": table, "code": row["状态码"], "text": row["描述"]} for table, rows in tables.items() for row in rows
    ]
    whole = "".join(lines)
    refused_token = whole.index("5.1.token鉴权")
    samples = []
    for sample in re.finditer(r"\{\"errorCode\".+?\}", whole):
        said, refused = json.loads(sample[0]), sample.start() > refused_token
        samples.append({"kind": "reply", "where": "§5.2, §7.3" if refused else "§5.2", "text": sample[0]})
        if refused:
            codes.append({"table": "token", "code": said["errorCode"], "text": said["errorDetail"]})
    path, method = re.search(r"(api/\w+/\w+)\|\s*(\w+)", whole).groups()
    interface = {
        "name": path.rsplit("/", 1)[1],
        "where": "§2, §3, §5",
        "method": method.upper(),
        "urls": {"default": path},
        "content_types": [],
        "request": [
            {
                "field": row["参数名"],
                "type": row["类型"],
                "required": row["是否必填"] == "是",
                "constraint": row["是否必填"],
                "text": row.get("说明") or row["备注"],
            }
            for row in request
        ],
        "response": [
            {"field": row["参数名"], "type": row["类型"], "text": row["备注"]} for row in torn(lines, "返回数据为Json")
        ],
        "samples": samples,
    }
    return {"interfaces": [interface], "codes": codes}


def torn(lines: list[str], title: str) -> list[dict]:
    start = next(number for number, line in enumerate(lines) if title in line)
    rows = []
    for line in lines[start + 1 :]:
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 1:
            rows.append(cells)
        elif rows:
            break
    header, _, *body = rows
    return [dict(zip(header, row, strict=True)) for row in body]


# --- shared -----


def part(text: str, start: str, end: str | None) -> str:
    begin = text.index(start)
    return text[begin : len(text) if end is None else text.index(end, begin)]


def dump(value: object, indent: str = "") -> str:
    """JSON with one row a line, so that a difference is the row that differs."""
    inner = indent + "  "
    if isinstance(value, dict) and any(isinstance(item, list) and item for item in value.values()):
        body = [f"{inner}{json.dumps(key)}: {dump(item, inner)}" for key, item in value.items()]
        text = "{\n" + ",\n".join(body) + f"\n{indent}}}"
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        text = "[\n" + ",\n".join(inner + dump(item, inner) for item in value) + f"\n{indent}]"
    else:
        text = json.dumps(value, ensure_ascii=False)
    return text if indent else text + "\n"


SEEDS = {
    "shanyan-v1": ("shanyan-v1-server-api.txt", "shanyan/PROTOCOL.md", shanyan),
    "china-mobile": ("china-mobile-auth-android.txt", "cmcc/PROTOCOL.md", china_mobile),
    "yuxin": ("yuxin-verify-mobile.txt", "yuxin/PROTOCOL.md", yuxin),
}

if __name__ == "__main__":
    sys.exit(main())
