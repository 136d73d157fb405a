"""What callers hand over, checked and as text.

What JSON can hold is the phone's doing, so it is an ``InputError`` where the gateway cannot take it; what JSON cannot
hold is the caller's, and a ``TypeError``.
"""

from __future__ import annotations

from collections.abc import Mapping

from quhao import _native
from quhao._errors import ConfigError, InputError, QuhaoError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def text(name: str, value: object, error: type[QuhaoError] = InputError) -> str:
    """The value, if it is text that UTF-8 can hold."""
    if not isinstance(value, str):
        raise _wrong_type(name, "str", value)
    try:
        value.encode()
    except UnicodeEncodeError:
        pass  # and is forgotten: it would quote the text
    else:
        return value
    message = f"{name}: expected Unicode text, got half of a surrogate pair"
    hint = "文本解码有误：请用 JSON 库解析请求 / the text was decoded wrongly: parse the request with a JSON library"
    raise error(f"{error.kind}: {message}", charge="no", message=message, hint=hint)


def optional_text(name: str, value: object) -> str | None:
    """The same, where the value may be left out."""
    return None if value is None else text(name, value)


def params(given: object) -> str | dict[str, str]:
    """What the phone's SDK returned: its fields as text, or the bare token."""
    if isinstance(given, str):
        return text("params", given)
    if not isinstance(given, Mapping):
        raise _wrong_type("params", "a mapping or a token", given)
    fields = {text("params: a field's name", name): _field(name, value) for name, value in given.items()}
    return {name: value for name, value in fields.items() if value is not None}


def options(given: object) -> dict[str, str]:
    """The options that were given, as text."""
    if not isinstance(given, Mapping):
        raise _wrong_type("options", "a mapping", given)
    return {
        text("option", name, ConfigError): _option(name, value) for name, value in given.items() if value is not None
    }


def _field(name: str, value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (dict, list, tuple)):
        import json

        nested: Any = {} if isinstance(value, dict) else []
        _native.check_params(json.dumps({name: nested}))
    return text(f"params: {_shortened(name)}", value)


def _option(name: str, value: object) -> str:
    if isinstance(value, int):
        return str(int(value))
    if not isinstance(value, str):
        raise _wrong_type(f"option {_shortened(name)}", "str, int or bool", value)
    return text(f"option {_shortened(name)}", value, ConfigError)


def _wrong_type(name: str, expected: str, got: object) -> TypeError:
    return TypeError(f"{name}: expected {expected}, got {type(got).__name__}")


def _shortened(name: str) -> str:
    """Anything may stand in a name's place, so it is cut before it is shown."""
    return "".join(filter(str.isprintable, name))[:32]
