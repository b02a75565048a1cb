"""Put the extension into a profile, or take it out, through LibreOffice's own extension manager.

``unopkg`` would do the same, but it refuses to run as root.
"""

from __future__ import annotations

import pathlib
from typing import Any

import uno  # type: ignore[import-not-found]
import unohelper  # type: ignore[import-not-found]

_Base: Any = unohelper.Base
_XCommandEnvironment: Any = uno.getClass("com.sun.star.ucb.XCommandEnvironment")
_XInteractionHandler: Any = uno.getClass("com.sun.star.task.XInteractionHandler")


class _Agreeing(_Base, _XCommandEnvironment, _XInteractionHandler):  # type: ignore[misc]
    """Answers yes to every question."""

    def getInteractionHandler(self) -> Any:  # noqa: N802
        return self

    def getProgressHandler(self) -> None:  # noqa: N802
        return None

    def handle(self, request: Any) -> None:
        for continuation in request.getContinuations():
            approve = continuation.queryInterface(uno.getTypeByName("com.sun.star.task.XInteractionApprove"))
            if approve is not None:
                approve.select()
                return


def main(context: Any, action: str, identifier: str, file: str = "") -> dict[str, Any]:
    """Install (after removing an older one) or remove; says what was there and what is."""
    manager = context.getValueByName("/singletons/com.sun.star.deployment.ExtensionManager")
    removed = [
        _remove(manager, package)
        for package in manager.getDeployedExtensions("user", manager.createAbortChannel(), _Agreeing())
        if package.getIdentifier().Value == identifier
    ]
    installed = _add(manager, file) if action == "install" else None
    return {"removed": removed, "installed": installed}


def _remove(manager: Any, package: Any) -> str:
    version = str(package.getVersion())
    identifier = package.getIdentifier().Value
    manager.removeExtension(identifier, package.getName(), "user", manager.createAbortChannel(), _Agreeing())
    return version


def _add(manager: Any, file: str) -> str:
    url = pathlib.Path(file).resolve().as_uri()
    package = manager.addExtension(url, (), "user", manager.createAbortChannel(), _Agreeing())
    parts = package.getBundle(manager.createAbortChannel(), _Agreeing())
    refused = [
        part.getName() for part in parts if not part.isRegistered(manager.createAbortChannel(), _Agreeing()).Value.Value
    ]
    if refused:
        raise RuntimeError(f"LibreOffice did not register {', '.join(refused)}")
    return str(package.getVersion())
