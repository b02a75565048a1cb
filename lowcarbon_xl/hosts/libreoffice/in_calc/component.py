"""The add-in as LibreOffice sees it: one UNO method a worksheet function, and the commands of the menu."""

from __future__ import annotations

import json
import pathlib
from typing import Any

import uno  # type: ignore[import-not-found]
import unohelper  # type: ignore[import-not-found]

from .client import Outage
from .commands import run_command
from .formulas import described
from .ranges import error_value, read_range, read_value, write_rows
from .settings import chosen_language, shared_worker

_CATALOGUE: dict[str, Any] = json.loads(pathlib.Path(__file__).with_name("functions.json").read_text(encoding="utf-8"))
_FUNCTIONS: dict[str, Any] = {function["name"].lower(): function for function in _CATALOGUE["functions"]}
_SERVICE = "com.sun.star.sheet.AddIn"


_Base: Any = unohelper.Base
_XLowCarbon: Any = uno.getClass(_CATALOGUE["interface"])
_XAddIn: Any = uno.getClass("com.sun.star.sheet.XAddIn")
_XServiceName: Any = uno.getClass("com.sun.star.lang.XServiceName")
_XServiceInfo: Any = uno.getClass("com.sun.star.lang.XServiceInfo")
_XJobExecutor: Any = uno.getClass("com.sun.star.task.XJobExecutor")


class AddIn(_Base, _XLowCarbon, _XAddIn, _XServiceName, _XServiceInfo):  # type: ignore[misc]
    """The worksheet functions; their methods are added below, one a function of the catalogue."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._locale = uno.createUnoStruct("com.sun.star.lang.Locale", "en", "US", "")
        self._language = chosen_language(context)

    def compute(self, name: str, document: Any, arguments: tuple[Any, ...]) -> tuple[tuple[Any, ...], ...]:
        """One call: cells go to the worker, its spill comes back; whatever happens, never a made-up number."""
        function = _FUNCTIONS[name]
        try:
            request = {
                "do": "call",
                "function": function["name"],
                "arguments": self._arguments(function["arguments"], arguments, document),
                "language": self.language,
            }
            answer = shared_worker(self._context).ask(request)
            return write_rows(answer["rows"], document)
        except Outage as outage:
            if any(argument["reference"] for argument in function["arguments"]):
                return ((outage.zh if self.language == "zh" else outage.en,),)
            return ((error_value("#VALUE!"),),)

    @property
    def language(self) -> str:
        """Chinese where the user interface is, unless the settings say otherwise."""
        return self._language or ("zh" if self._locale.Language == "zh" else "en")

    def _arguments(self, declared: list[Any], given: tuple[Any, ...], document: Any) -> list[Any]:
        sent = []
        for position, value in enumerate(given):
            argument = declared[position]
            if argument["range"]:
                block = read_range(value, document)
                if argument["reference"]:
                    block.update(described(value.getCellByPosition(0, 0), document))
                sent.append({"block": block})
            else:
                sent.append(read_value(value, argument["zero_is_blank"]))
        return sent

    def getProgrammaticFuntionName(self, display: str) -> str:  # noqa: D102, N802  (UNO's own spelling)
        return display.lower() if display.lower() in _FUNCTIONS else ""

    def getDisplayFunctionName(self, name: str) -> str:  # noqa: D102, N802
        return str(_FUNCTIONS[name]["name"]) if name in _FUNCTIONS else ""

    def getFunctionDescription(self, name: str) -> str:  # noqa: D102, N802
        return self._say(_FUNCTIONS[name]["summary"]) if name in _FUNCTIONS else ""

    def getDisplayArgumentName(self, name: str, position: int) -> str:  # noqa: D102, N802
        return self._argument_text(name, position, "label")

    def getArgumentDescription(self, name: str, position: int) -> str:  # noqa: D102, N802
        return self._argument_text(name, position, "help")

    def getProgrammaticCategoryName(self, name: str) -> str:  # noqa: D102, N802
        return "Add-In"

    def getDisplayCategoryName(self, name: str) -> str:  # noqa: D102, N802
        return "Add-In"

    def _argument_text(self, name: str, position: int, kind: str) -> str:
        """The text of an argument as the user counts them: the document, which Calc adds, is argument 0."""
        arguments = _FUNCTIONS[name]["arguments"] if name in _FUNCTIONS else []
        return self._say(arguments[position - 1][kind]) if 1 <= position <= len(arguments) else ""

    def _say(self, text: dict[str, str]) -> str:
        return text[self.language]

    def setLocale(self, locale: Any) -> None:  # noqa: D102, N802
        self._locale = locale

    def getLocale(self) -> Any:  # noqa: D102, N802
        return self._locale

    def getServiceName(self) -> str:  # noqa: D102, N802
        return str(_CATALOGUE["implementation"])

    def getImplementationName(self) -> str:  # noqa: D102, N802
        return str(_CATALOGUE["implementation"])

    def supportsService(self, name: str) -> bool:  # noqa: D102, N802
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:  # noqa: D102, N802
        return (_SERVICE, str(_CATALOGUE["implementation"]))


def _method(name: str) -> Any:
    def call(self: AddIn, document: Any, *arguments: Any) -> tuple[tuple[Any, ...], ...]:
        return self.compute(name, document, arguments)

    return call


for _name in _FUNCTIONS:
    setattr(AddIn, _name, _method(_name))


class Commands(_Base, _XJobExecutor):  # type: ignore[misc]
    """What the menu does: ``service:org.lowcarbon.calc.Commands?refit`` and the like."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def trigger(self, command: str) -> None:
        """Run one command on the document in front."""
        desktop = self._context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", self._context)
        run_command(command, desktop.getCurrentComponent(), shared_worker(self._context))


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816  (LibreOffice looks for this name)
g_ImplementationHelper.addImplementation(AddIn, _CATALOGUE["implementation"], (_SERVICE, _CATALOGUE["implementation"]))
g_ImplementationHelper.addImplementation(Commands, _CATALOGUE["commands"], (_CATALOGUE["commands"],))
