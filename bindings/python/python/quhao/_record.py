"""Values: made by keyword, frozen, equal by their fields.

``dataclasses`` would import ``inspect``, which alone takes most of what ``import quhao`` may take.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from typing_extensions import Self, dataclass_transform
else:

    def dataclass_transform(**_):
        """What type checkers know of it is in ``typing``."""
        return lambda kind: kind


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Record:
    """A value whose fields are its class's annotations, all of them required."""

    _hidden = frozenset[str]()

    def __init__(self, **fields: Any) -> None:
        if fields.keys() != type(self).__annotations__.keys():
            expected = ", ".join(type(self).__annotations__)
            raise TypeError(f"{type(self).__name__}: expected {expected}; got {', '.join(fields)}")
        self.__dict__.update(fields)

    @classmethod
    def _of(cls, fields: dict[str, Any]) -> Self:
        """The same of fields that are known to be all."""
        record = cls.__new__(cls)
        record.__dict__.update(fields)
        return record

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be assigned to")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__[name] for name in type(self).__annotations__))

    def __replace__(self, **changes: Any) -> Self:
        """``copy.replace`` of Python 3.13."""
        return type(self)(**self.__dict__ | changes)

    def __repr__(self) -> str:
        shown = [name for name in type(self).__annotations__ if name not in self._hidden]
        return f"{type(self).__name__}({', '.join(f'{name}={self.__dict__[name]!r}' for name in shown)})"
