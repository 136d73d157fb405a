"""What an operation answers: a number or a verdict, with the receipt that belongs to it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, NoReturn, TypedDict

from quhao._errors import Charge


class Verdict(str, Enum):
    """The answer to "is it so?"; also the text of its value."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"

    __str__ = str.__str__


@dataclass(frozen=True, slots=True)
class Risk:
    """A fraud verdict about the phone or the number (反欺诈)."""

    level: str
    """``denied``, ``low_trust``, ``not_found``, ``trusted`` or ``undocumented``."""
    code: str
    """The vendor's code for the level as it wrote it."""
    tags: tuple[str, ...]
    """Why, in the vendor's words; for the deny list."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class FetchedNumber:
    """The number behind a phone's token, and the receipt. ``repr`` masks the number."""

    number: str
    """The verified number in clear, for storing or comparing; keep it out of logs."""
    provider: str
    code: str
    """The vendor's code as the gateway wrote it."""
    message: str
    """The vendor's words for it."""
    charge: Charge
    """Whether the call is billed."""
    trade_no: str | None
    """The vendor's number for the transaction."""
    request_id: str | None
    """The id that the request was given."""
    risk: Risk | None
    """The vendor's fraud verdict, where the console has it enabled."""
    extra: dict[str, Any]
    """Every other field of the reply, as the gateway wrote it."""

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data, with the number in clear."""
        return _plain(self)

    def __repr__(self) -> str:
        return f"FetchedNumber({self.number[:3]}****{self.number[-4:]}, {_receipt(self)})"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verification:
    """Whether what was asked is so, and the receipt: the same facts as of ``FetchedNumber``."""

    verdict: Verdict
    provider: str
    code: str
    message: str
    charge: Charge
    trade_no: str | None
    request_id: str | None
    risk: Risk | None
    extra: dict[str, Any]

    @property
    def matches(self) -> bool:
        """``True`` only for ``Verdict.MATCH``."""
        return self.verdict is Verdict.MATCH

    def __bool__(self) -> NoReturn:
        raise TypeError("a Verification is neither true nor false: ask .matches or .verdict")

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {"verdict": self.verdict.value, "matches": self.matches} | _plain(self, leave_out="verdict")

    def __repr__(self) -> str:
        return f"Verification({self.verdict}, {_receipt(self)})"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in the phone's params."""

    field: str
    """The field, in the vendor's spelling."""
    cause: str
    """What is wrong with it: ``blank_for_plus``."""
    action: Literal["noted", "refused", "repaired"]
    """What is done about it."""
    message: str
    """The particulars, without the value."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found in the params, and the params with lossless damage undone."""

    findings: tuple[Finding, ...]
    params: dict[str, str] = field(repr=False)
    carrier: Literal["CMCC", "CTCC", "CUCC"] | None
    """The carrier that issued the token, where the token or the params tell."""

    @property
    def refused(self) -> bool:
        """Whether a call with these params is refused before it is sent."""
        return any(finding.action == "refused" for finding in self.findings)


class OptionInfo(TypedDict):
    """One option of a provider."""

    name: str
    form: str
    choices: list[str]
    required: bool
    default: str | None
    zh: str
    en: str


class ProviderInfo(TypedDict):
    """A provider: what it is called, does and takes."""

    id: str
    zh: str
    en: str
    operations: list[str]
    options: list[OptionInfo]


class CodeInfo(TypedDict):
    """One row of a vendor's code table."""

    provider: str
    table: str
    code: str
    fragment: str | None
    meaning: str
    charge: Charge
    zh: str
    en: str
    hint: str


def fetched_number(risk: dict[str, Any] | None, **fields: Any) -> FetchedNumber:
    """The answer from the native part's plain data."""
    return FetchedNumber(risk=_risk(risk), **fields)


def verification(verdict: str, risk: dict[str, Any] | None, **fields: Any) -> Verification:
    """The answer from the native part's plain data."""
    return Verification(verdict=Verdict(verdict), risk=_risk(risk), **fields)


def inspection(findings: list[dict[str, Any]], **fields: Any) -> Inspection:
    """The inspection from the native part's plain data."""
    return Inspection(findings=tuple(Finding(**finding) for finding in findings), **fields)


def _risk(risk: dict[str, Any] | None) -> Risk | None:
    return None if risk is None else Risk(risk["level"], risk["code"], tuple(risk["tags"]))


def _plain(result: FetchedNumber | Verification, *, leave_out: str = "") -> dict[str, Any]:
    plain = {name: value for name, value in dataclasses.asdict(result).items() if name != leave_out}
    if result.risk is not None:
        plain["risk"]["tags"] = list(result.risk.tags)
    return plain


def _receipt(result: FetchedNumber | Verification) -> str:
    """What may be printed of the receipt: the vendor's own texts may hold anything."""
    risk = "" if result.risk is None else f", risk {result.risk.level}"
    return f"{result.provider} code {result.code}, charge {result.charge}, trade_no {result.trade_no}{risk}"
