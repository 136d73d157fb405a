"""What an operation answers: a number or a verdict, with the receipt that belongs to it."""

from __future__ import annotations

from enum import Enum

from quhao import _native
from quhao._record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal, NoReturn

    from quhao._types import Charge


class Verdict(str, Enum):
    """The answer to "is it so?"; also the text of its value."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"

    __str__ = str.__str__


class Risk(Record):
    """A fraud verdict about the phone or the number (反欺诈). ``repr`` leaves the vendor's words out."""

    level: str
    """``denied``, ``low_trust``, ``not_found``, ``trusted`` or ``undocumented``."""
    code: str
    """The vendor's code for the level as it wrote it."""
    tags: tuple[str, ...]
    """Why, in the vendor's words; for the deny list."""

    def __repr__(self) -> str:
        return f"Risk({self.level}, {len(self.tags)} tags)"


class FetchedNumber(Record):
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


class Verification(Record):
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
        return _plain(self) | {"verdict": self.verdict.value, "matches": self.matches}

    def __repr__(self) -> str:
        return f"Verification({self.verdict}, {_receipt(self)})"


class Finding(Record):
    """One thing found in the phone's params."""

    field: str
    """The field, in the vendor's spelling."""
    cause: str
    """What is wrong with it: ``blank_for_plus``."""
    action: Literal["noted", "refused", "repaired"]
    """What is done about it."""
    message: str
    """The particulars, without the value."""


class Inspection(Record):
    """What was found in the params, and the params with lossless damage undone."""

    _hidden = frozenset({"params"})

    findings: tuple[Finding, ...]
    params: dict[str, str]
    carrier: Literal["CMCC", "CTCC", "CUCC"] | None
    """The carrier that issued the token, where the token or the params tell."""

    @property
    def refused(self) -> bool:
        """Whether a call with these params is refused before it is sent."""
        return any(finding.action == "refused" for finding in self.findings)


def answer(fields: dict[str, Any]) -> FetchedNumber | Verification:
    """The answer from the native part's plain data."""
    if (risk := fields["risk"]) is not None:
        fields["risk"] = Risk(level=risk["level"], code=risk["code"], tags=tuple(risk["tags"]))
    if "number" in fields:
        return FetchedNumber._of(fields)
    del fields["matches"]
    fields["verdict"] = Verdict(fields["verdict"])
    return Verification._of(fields)


def inspection(fields: dict[str, Any]) -> Inspection:
    """The inspection from the native part's plain data."""
    findings = tuple(Finding(**finding) for finding in fields["findings"])
    return Inspection(findings=findings, params=fields["params"], carrier=fields["carrier"])


def _plain(result: FetchedNumber | Verification) -> dict[str, Any]:
    plain = {name: getattr(result, name) for name in type(result).__annotations__}
    if (risk := result.risk) is not None:
        plain["risk"] = {"level": risk.level, "code": risk.code, "tags": list(risk.tags)}
    return plain | {"extra": dict(result.extra)}


def _receipt(result: FetchedNumber | Verification) -> str:
    """What may be printed of the receipt: the vendor's own texts may hold anything."""
    trade_no = None if result.trade_no is None else _native.masked_id(result.trade_no)
    risk = "" if result.risk is None else f", risk {result.risk.level}"
    return f"{result.provider} code {_native.masked_id(result.code)}, charge {result.charge}, trade_no {trade_no}{risk}"
