"""Calls of a component's functions in which bytes are copied at once.

`wasmtime.component.Func` converts a `list<u8>` by a call of `ctypes` for each byte: seconds for a photograph. A list lies in
memory as an array of tagged values, so that its bytes are every n-th one; slices with steps copy them at the speed of
`memcpy`. All that is used of wasmtime without being documented is here and in `Bytes`.
"""

from __future__ import annotations

import ctypes
from ctypes import byref
from typing import Any

from wasmtime import Store
from wasmtime import _ffi as ffi
from wasmtime.component import Func, ListType, Record, ResultType, U8, Variant
from wasmtime.component._enter import enter_wasm
from wasmtime.component._types import ValType

_VALUE = ffi.wasmtime_component_val_t
_STEP = ctypes.sizeof(_VALUE)
_BYTE = _VALUE.of.offset


class Bytes(ValType):
    """`list<u8>`."""

    def add_classes(self, s: set[type]) -> None:
        s.add(bytes)

    def convert_to_c(self, store: Any, val: Any, ptr: Any) -> None:
        with memoryview(val) as view:
            if not view.c_contiguous:
                view = memoryview(bytes(view))
            view = view.cast("B")
            raw = ffi.wasmtime_component_vallist_t()
            ffi.wasmtime_component_vallist_new_uninit(raw, len(view))
            if len(view) > 0:
                memory = _memory(raw)
                memory[::_STEP] = bytes([ffi.WASMTIME_COMPONENT_U8.value]) * len(view)
                memory[_BYTE::_STEP] = view
        ptr.contents.kind = ffi.WASMTIME_COMPONENT_LIST
        ptr.contents.of.list = raw

    def convert_from_c(self, c: Any) -> bytes:
        copied = bytes(_memory(c.of.list)[_BYTE::_STEP]) if c.of.list.size > 0 else b""
        ffi.wasmtime_component_vallist_delete(byref(c.of.list))
        return copied


def _memory(values: Any) -> memoryview:
    """The memory of a list of values."""
    array = ctypes.cast(values.data, ctypes.POINTER(ctypes.c_ubyte * (values.size * _STEP)))
    return memoryview(array.contents).cast("B")


class BytesOr(ValType):
    """`result<list<u8>, _>`, where an error is what the result's own type makes of it."""

    def __init__(self, result: ResultType) -> None:
        self._result = result

    def add_classes(self, s: set[type]) -> None:
        self._result.add_classes(s)

    def convert_to_c(self, store: Any, val: Any, ptr: Any) -> None:
        self._result.convert_to_c(store, val, ptr)

    def convert_from_c(self, c: Any) -> Any:
        if not c.of.result.is_ok:
            return self._result.convert_from_c(c)
        value = c.of.result.val
        copied = Bytes().convert_from_c(value.contents)
        # Its content is freed already.
        value.contents.kind = ffi.WASMTIME_COMPONENT_BOOL
        ffi.wasmtime_component_val_delete(value)
        return copied


class Settings(ValType):
    """`list<setting>`, in which overlays hold bytes."""

    def __init__(self, settings: ListType) -> None:
        self._settings = settings

    def add_classes(self, s: set[type]) -> None:
        self._settings.add_classes(s)

    def convert_to_c(self, store: Any, val: Any, ptr: Any) -> None:
        images = {at: setting.payload.image for at, setting in enumerate(val) if setting.tag == "overlay"}
        self._settings.convert_to_c(store, [_without_image(setting) for setting in val], ptr)
        for at, image in images.items():
            fields = ptr.contents.of.list.data[at].of.variant.val.contents.of.record
            named = (fields.data[index] for index in range(fields.size))
            field = next(field for field in named if ffi.to_str(field.name) == "image")
            # It was empty so far: nothing has to be freed.
            Bytes().convert_to_c(store, image, ctypes.pointer(field.val))

    def convert_from_c(self, c: Any) -> Any:
        return self._settings.convert_from_c(c)


def _without_image(setting: Any) -> Any:
    if setting.tag != "overlay":
        return setting
    overlay = Record()
    vars(overlay).update(vars(setting.payload) | {"image": b""})
    return Variant("overlay", overlay)


def _quick(type: ValType | None) -> ValType | None:
    if isinstance(type, ListType) and isinstance(type.element, U8):
        return Bytes()
    if isinstance(type, ListType):
        return Settings(type)
    if isinstance(type, ResultType) and isinstance(type.ok, ListType) and isinstance(type.ok.element, U8):
        return BytesOr(type)
    return type


class Signature:
    """The types of a function, which are the same in every instance."""

    def __init__(self, store: Store, func: Func) -> None:
        own = func.type(store)
        self.params = [_quick(type) for _, type in own.params]
        self.result = _quick(own.result)


def call(store: Store, func: Func, signature: Signature, *values: Any) -> Any:
    """Calls a function. A failure in its result is returned, a trap is a `WasmtimeError`."""
    params = (_VALUE * len(values))()
    result = _VALUE()
    converted = 0
    try:
        for type, value in zip(signature.params, values):
            assert type is not None
            type.convert_to_c(store, value, ctypes.pointer(params[converted]))
            converted += 1
        expected = signature.result is not None
        enter_wasm(
            lambda: ffi.wasmtime_component_func_call(
                byref(func._func), store._context(), params, converted, byref(result) if expected else None, int(expected)
            )
        )
        return signature.result.convert_from_c(result) if signature.result is not None else None
    finally:
        for index in range(converted):
            ffi.wasmtime_component_val_delete(byref(params[index]))
