"""Run in the Python of LibreOffice: what the function wizard shows of the add-in."""

from __future__ import annotations

from typing import Any


def main(context: Any, *names: str) -> dict[str, Any]:
    """Description and arguments (name, text) of the functions asked for."""
    known = context.ServiceManager.createInstanceWithContext("com.sun.star.sheet.FunctionDescriptions", context)
    found = {}
    for position in range(known.getCount()):
        entry = {part.Name: part.Value for part in known.getByIndex(position)}
        if entry["Name"] in names:
            arguments = [[argument.Name, argument.Description] for argument in entry["Arguments"]]
            found[entry["Name"]] = {"description": entry["Description"], "arguments": arguments}
    return found
