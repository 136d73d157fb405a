"""Types of arguments and of plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypedDict

Carrier = Literal["cmcc", "ctcc", "cucc"]
Charge = Literal["no", "unknown", "yes"]
Operation = Literal["fetch_number", "verify_number", "verify_identity"]
Phase = Literal["connect", "send", "receive"]
Retry = Literal["never", "new_token", "same_token"]

Moment = tuple[int, str]
Option = str | int | bool | None
Params = Mapping[str, str | int | float | bool | None] | str


class AppInfo(TypedDict):
    """An app that the sandbox's consoles know."""

    name: str
    provider: str
    zh: str
    en: str
    operations: list[str]


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


class CounterInfo(TypedDict):
    """Calls that ended alike, since the process started."""

    provider: str
    operation: Operation
    outcome: str
    vendor_code: str | None
    charge: Charge
    shared: bool
    calls: int
    duration_ms: float


class OptionInfo(TypedDict):
    """One option of a provider."""

    name: str
    form: str
    choices: list[str]
    secret: bool
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
