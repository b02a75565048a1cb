"""The process that computes for the add-in: one JSON request a line on stdin, one answer a line on stdout.

``python -m lowcarbon_xl.hosts.libreoffice.worker MODULE`` imports MODULE, which fills the catalogue, says that it is
ready, and answers until stdin is closed.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterable
from typing import IO, Any

from lowcarbon_xl.catalogue import Argument_, Function, Kind, functions
from lowcarbon_xl.cells import CellError, Reference, Spill
from lowcarbon_xl.errors import InputError, Text
from lowcarbon_xl.hosts.libreoffice.memory import Found, Memory
from lowcarbon_xl.hosts.libreoffice.rewrite import rewrite_formula
from lowcarbon_xl.hosts.libreoffice.wire import Json, read_argument, read_block, write_spill

_REFUSED = "Err:504"
"""What Calc shows, without asking us, for an argument of a kind that was not declared."""


class Answering:
    """Answers requests; remembers results for WHY and for refitting arrays.

    Parameters
    ----------
    declared : iterable of Function
    """

    def __init__(self, declared: Iterable[Function]) -> None:
        self._functions = {function.name: function for function in declared}
        self._memory = Memory(self._functions)
        self._actions: dict[str, Callable[[Json], Json]] = {
            "call": self._call,
            "size": self._size,
            "failed": self._failed,
        }

    def answer(self, request: Json) -> Json:
        """What is sent back for one request."""
        return self._actions[request["do"]](request)

    def _call(self, request: Json) -> Json:
        function = self._functions.get(request["function"])
        if function is None:
            self._memory.keep(request["function"], request["arguments"], Spill.failure(_other_version()))
            return {"rows": [[{"error": "#NAME?"}]]}
        given = [self._argument(function, position, sent) for position, sent in enumerate(request["arguments"])]
        spill = function.evaluate(given, request["language"])
        self._memory.keep(function.name, request["arguments"], spill)
        return {"rows": write_spill(spill)}

    def _argument(self, function: Function, position: int, sent: Any) -> Argument_:
        if position < len(function.arguments) and function.arguments[position].kind is Kind.REFERENCE:
            return self._reference(sent["block"])
        return read_argument(sent)

    def _reference(self, sent: Json) -> Reference:
        block = read_block(sent)
        shown = block.values[0][0]
        offset = (sent["offset"][0], sent["offset"][1])
        found = self._memory.find(sent["formula"], sent["anchor"], shown, offset)
        formula = f"={rewrite_formula(sent['formula'], self._functions, 'plain')}" if sent["formula"] else None
        if found is None:
            return Reference(block, formula)
        if found.spill is None:
            refused = isinstance(shown, CellError) and shown.code == _REFUSED
            return Reference(block, formula, Spill.failure(_no_array() if refused else _not_computed_here()))
        return Reference(block, formula, found.spill, (0, 0) if found.spill.failed else offset)

    def _size(self, request: Json) -> Json:
        found: Found | None = self._memory.find(request["formula"], request["anchor"], None, (0, 0))
        if found is None or not found.whole:
            return {"ours": False}
        if found.spill is None:
            return {"ours": True, "size": None}
        return {"ours": True, "size": [len(found.spill.rows), len(found.spill.rows[0])]}

    def _failed(self, request: Json) -> Json:
        """A call that an earlier process did not answer."""
        call = request["request"]
        if call["do"] == "call":
            error = InputError(Text(request["zh"], request["en"]), Text("", ""))
            self._memory.keep(call["function"], call["arguments"], Spill.failure(error))
        return {}


def _no_array() -> InputError:
    return InputError(
        Text(
            "LibreOffice 只能把单元格区域交给这个函数，不能交给计算出来的数组；必需的参数也不能省略",
            "LibreOffice hands this function a range of cells only, not a computed array, and no range may be left out",
        ),
        Text(
            "先让里层公式的结果占用单元格，再引用这些单元格",
            "Let the inner formula fill cells of its own, and refer to these",
        ),
    )


def _not_computed_here() -> InputError:
    return InputError(
        Text(
            "这个结果是打开文件时带来的，还没有重算", "this result came with the file and has not been computed since"
        ),
        Text("按 Ctrl+Shift+F9 重算，再看说明", "Recalculate with Ctrl+Shift+F9, then look again"),
    )


def _other_version() -> InputError:
    return InputError(
        Text("LibreOffice 里的加载项与安装的 lowcarbon_xl 版本不同", "the add-in in LibreOffice is of another version"),
        Text("重新安装：lowcarbon install --libreoffice", "Install again: lowcarbon install --libreoffice"),
    )


def serve(requests: IO[bytes], answers: IO[bytes], declared: Iterable[Function]) -> None:
    """Answer every line until the other side closes."""
    answering = Answering(declared)
    _send(answers, {"ready": True})
    for line in requests:
        _send(answers, answering.answer(json.loads(line)))


def _send(answers: IO[bytes], message: Json) -> None:
    answers.write(json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n")
    answers.flush()


def main(modules: list[str]) -> None:
    """Import the modules that declare functions, then answer."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints must not come between
    for module in modules:
        importlib.import_module(module)
    serve(sys.stdin.buffer, answers, functions())


if __name__ == "__main__":
    main(sys.argv[1:])
