"""Results of the operations: a number or a verdict, with the vendor's receipt."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any, Literal, NoReturn

from quhao._native import masked_id
from quhao._types import Charge


class Verdict(str, Enum):
    """The answer to "is it so?"; also the text of its value."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"

    __str__ = str.__str__


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """A fraud verdict about the phone or the number (反欺诈). ``repr`` leaves the vendor's words out."""

    level: str
    """``denied``, ``low_trust``, ``not_found``, ``trusted`` or ``undocumented``."""
    code: str
    """The vendor's code for the level as it wrote it."""
    tags: tuple[str, ...]
    """Why, in the vendor's words; for the deny list."""

    def __repr__(self) -> str:
        return f"Risk({self.level}, {len(self.tags)} tags)"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Receipt:
    """The facts that come with every result."""

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
        """All of it as plain data, with a number in clear."""
        plain = asdict(self)
        if plain["risk"] is not None:
            plain["risk"]["tags"] = list(plain["risk"]["tags"])
        return plain

    def _shown(self) -> str:
        """The printable part: the vendor's own texts may hold anything."""
        trade_no = None if self.trade_no is None else masked_id(self.trade_no)
        risk = "" if self.risk is None else f", risk {self.risk.level}"
        return f"{self.provider} code {masked_id(self.code)}, charge {self.charge}, trade_no {trade_no}{risk}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedNumber(_Receipt):
    """The number behind a phone's token, and the receipt. ``repr`` masks the number."""

    number: str
    """The verified number in clear, for storing or comparing; keep it out of logs."""

    def __repr__(self) -> str:
        return f"FetchedNumber({self.number[:3]}****{self.number[-4:]}, {self._shown()})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification(_Receipt):
    """The verdict on a number or an identity, and the receipt: the same facts as of ``FetchedNumber``."""

    verdict: Verdict

    @property
    def matches(self) -> bool:
        """``True`` only for ``Verdict.MATCH``."""
        return self.verdict is Verdict.MATCH

    def __bool__(self) -> NoReturn:
        raise TypeError("a Verification is neither true nor false: ask .matches or .verdict")

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""
        return _Receipt.to_dict(self) | {"verdict": self.verdict.value, "matches": self.matches}

    def __repr__(self) -> str:
        return f"Verification({self.verdict}, {self._shown()})"


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """The findings, and the params with lossless damage undone."""

    findings: tuple[Finding, ...]
    params: dict[str, str] = field(repr=False)
    carrier: Literal["CMCC", "CTCC", "CUCC"] | None
    """The carrier that issued the token, where the token or the params name it."""

    @property
    def refused(self) -> bool:
        """Whether a call with these params is refused before it is sent."""
        return any(finding.action == "refused" for finding in self.findings)


def answer(fields: dict[str, Any]) -> FetchedNumber | Verification:
    """The result for the native part's plain data."""
    if (risk := fields["risk"]) is not None:
        fields["risk"] = Risk(level=risk["level"], code=risk["code"], tags=tuple(risk["tags"]))
    if "number" in fields:
        return FetchedNumber(**fields)
    del fields["matches"]
    fields["verdict"] = Verdict(fields["verdict"])
    return Verification(**fields)


def inspection(fields: dict[str, Any]) -> Inspection:
    """The inspection for the native part's plain data."""
    findings = tuple(Finding(**finding) for finding in fields["findings"])
    return Inspection(findings=findings, params=fields["params"], carrier=fields["carrier"])
