"""Why a call failed."""

from __future__ import annotations

from typing import Any, ClassVar


class TintypeError(Exception):
    """Why a call failed: a sentence for people. `code` is the failure's name in the contract, `data` has its facts."""

    code: ClassVar[str] = "internal"

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message)
        self.data = data


class Unrecognized(TintypeError):
    """The source is empty, or of no known format."""

    code = "unrecognized"


class Unsupported(TintypeError):
    """A format, or a feature of one, is not supported. `data` has `format` and `feature`."""

    code = "unsupported"


class Malformed(TintypeError):
    """The source is corrupt or truncated. `data` has `format` and `detail`."""

    code = "malformed"


class InvalidOption(TintypeError, ValueError):
    """An option is unknown, out of range, or conflicts with another. `data` has `name` and `detail`."""

    code = "invalid-option"


class LimitExceeded(TintypeError):
    """The call would exceed an option that limits it. `data` has `limit`, its name, `allowed` and `needed`."""

    code = "limit-exceeded"


class Internal(TintypeError):
    """A bug: please report it."""


BY_CODE: dict[str, type[TintypeError]] = {
    error.code: error for error in (Unrecognized, Unsupported, Malformed, InvalidOption, LimitExceeded, Internal)
}


def invalid(name: str, detail: str) -> InvalidOption:
    return InvalidOption(f"the option {name} {detail}", name=name, detail=detail)
