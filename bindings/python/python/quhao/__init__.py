"""取号: turns what a phone's carrier SDK returned into a verified phone number.

``Client`` waits, ``AsyncClient`` awaits; ``prepare_…`` builds the request as data for those who send it themselves.
A failure is a ``QuhaoError``, which says whose fault it is, whether the token is spent, and what to do next.
"""

from quhao._client import AsyncClient, Client
from quhao._errors import (
    ConfigError,
    CredentialsError,
    DecryptError,
    ForbiddenError,
    InputError,
    ProtocolError,
    QuhaoError,
    QuotaError,
    TokenError,
    TransportError,
    TransportTimeoutError,
    UnavailableError,
)
from quhao._native import VERSION as __version__
from quhao._native import Call, counters, explain, providers
from quhao._results import FetchedNumber, Finding, Inspection, Risk, Verdict, Verification
from quhao._sandbox import LedgerEntry, Phone, Sandbox

__all__ = [
    "AsyncClient",
    "Call",
    "Client",
    "ConfigError",
    "CredentialsError",
    "DecryptError",
    "FetchedNumber",
    "Finding",
    "ForbiddenError",
    "InputError",
    "Inspection",
    "LedgerEntry",
    "Phone",
    "ProtocolError",
    "QuhaoError",
    "QuotaError",
    "Risk",
    "Sandbox",
    "TokenError",
    "TransportError",
    "TransportTimeoutError",
    "UnavailableError",
    "Verdict",
    "Verification",
    "__version__",
    "counters",
    "explain",
    "providers",
]
