"""The resizer, compiled once, and instances of it."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path
from typing import Any

from wasmtime import Config, Engine, Store, Trap, WasmtimeError
from wasmtime.component import Component, Func, Instance, Linker, Variant

from ._calls import Signature, call
from ._errors import BY_CODE, Internal, TintypeError
from ._options import NAMES

RESIZE = "tintype:image/resize@0.2.0"

_lock = threading.Lock()
_loaded: Resizer | None = None


def load(config: Config | None = None) -> None:
    """Compiles the resizer before it is needed, which takes a second or two; wasmtime keeps the result for later programs.

    A configuration of your own replaces the usual one, which asks wasmtime for its cache. `config.target = "pulley64"` makes
    wasmtime interpret the resizer, where no machine code may be made.
    """
    global _loaded
    resizer = Resizer(_configured() if config is None else config)
    with _lock:
        _loaded = resizer


def loaded() -> Resizer:
    if _loaded is None:
        with _lock:
            missing = _loaded is None
        if missing:
            load()
    assert _loaded is not None
    return _loaded


def _configured() -> Config:
    config = Config()
    try:
        config.cache = True
    except WasmtimeError:
        # There is no folder to keep anything in.
        return Config()
    return config


def _file() -> Path:
    """The component: that of the package or, in a checkout, what `./x build` has made."""
    here = Path(__file__)
    places = [here.with_name("resizer.wasm"), here.parents[4] / "dist" / "resizer.wasm"]
    given = os.environ.get("TINTYPE_RESIZER")
    return Path(given) if given else next((place for place in places if place.exists()), places[0])


class Resizer:
    """A compiled resizer."""

    def __init__(self, config: Config) -> None:
        self.engine = Engine(config)
        self.component = Component.from_file(self.engine, _file())
        self.linker = Linker(self.engine)
        self.signatures: dict[tuple[str, str], Signature] = {}


class Running:
    """An instance of the resizer, for one thread at a time. Its memory is freed with it."""

    def __init__(self) -> None:
        self._resizer = loaded()
        self._store = Store(self._resizer.engine)
        self._instance: Instance = self._resizer.linker.instantiate(self._store, self._resizer.component)
        self._functions: dict[tuple[str, str], Func] = {}
        self._ended: TintypeError | None = None

    def call(self, interface: str, name: str, *values: Any) -> Any:
        """Calls a function of an interface. Whatever fails is a `TintypeError`."""
        if self._ended is not None:
            raise self._ended
        function = self._function(interface, name)
        signature = self._resizer.signatures.get((interface, name))
        if signature is None:
            signature = self._resizer.signatures[(interface, name)] = Signature(self._store, function)
        try:
            result = call(self._store, function, signature, *values)
            function.post_return(self._store)
        except (Trap, WasmtimeError) as error:
            # Nothing is known of the instance's memory after a trap.
            self._ended = Internal(f"the resizer has crashed: {error}", detail=str(error))
            raise self._ended from error
        if isinstance(result, Variant) and (result.tag in BY_CODE or result.tag == "ended"):
            raise self._failure(result)
        return result

    def _function(self, interface: str, name: str) -> Func:
        key = (interface, name)
        if key not in self._functions:
            within = self._instance.get_export_index(self._store, interface)
            index = self._instance.get_export_index(self._store, name, within)
            function = self._instance.get_func(self._store, index) if index is not None else None
            if function is None:
                raise Internal(f"the component has no {interface} with {name}: it is not of this version")
            self._functions[key] = function
        return self._functions[key]

    def _failure(self, failure: Variant) -> TintypeError:
        message = option_names(self.call(RESIZE, "message", failure))
        payload = getattr(failure, "payload", None)
        data = {} if payload is None else {"detail": payload} if isinstance(payload, str) else dict(vars(payload))
        if failure.tag == "invalid-option":
            data = {"name": python_name(data["name"]), "detail": option_names(data["detail"])}
        if failure.tag == "limit-exceeded":
            data["limit"] = "max_" + python_name(data["limit"])
        return BY_CODE.get(failure.tag, Internal)(message, **data)


def python_name(name: str) -> str:
    """A name of the contract; a share is another way to write the same option."""
    return name.removesuffix("-share").replace("-", "_")


def option_names(text: str) -> str:
    """A sentence of the resizer, with the names that options have here."""
    def replaced(match: re.Match[str]) -> str:
        name = python_name(match[0])
        return name if name in NAMES else match[0]

    return re.sub(r"\b[a-z]+(-[a-z]+)+\b", replaced, text)
