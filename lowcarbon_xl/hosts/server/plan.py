"""How the models of the open workbook stand, for the task pane: it sends the plan sheet's values, not the workbook."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, Protocol, cast

from lowcarbon_xl.cells import Block
from lowcarbon_xl.errors import HostError, LowCarbonError, Text
from lowcarbon_xl.hosts.server.settings import ServerSettings
from lowcarbon_xl.hosts.server.wire import read_rows

Json = Any


class Entry(Protocol):
    """A model: its row, and how it stands (``ready``, ``done``, ``failed``) with the reason."""

    row: int
    name: str
    kind: Text
    state: str
    reason: Text


class PlanReader(Protocol):
    """The module that reads plans: names of their sheet, the buttons that belong to them, and the reader."""

    SHEETS: Sequence[str]
    RUN_ALL: str
    RUN_SELECTED: str
    TEMPLATE: str

    @staticmethod
    def read_entries(block: Block, /) -> Sequence[Entry]:
        """Every model, from all used cells of the sheet."""


def reader(settings: ServerSettings) -> PlanReader | None:
    """The module that the settings name."""
    return cast(PlanReader, importlib.import_module(settings.plan)) if settings.plan else None


def described(settings: ServerSettings) -> dict[str, Json] | None:
    """What the task pane has to know of plans; None where there are none."""
    known = reader(settings)
    if known is None:
        return None
    return {
        "sheets": list(known.SHEETS),
        "runAll": known.RUN_ALL,
        "runSelected": known.RUN_SELECTED,
        "template": known.TEMPLATE,
    }


def status(data: Json, settings: ServerSettings) -> dict[str, Json]:
    """How a plan sheet stands, in both languages.

    Parameters
    ----------
    data : JSON
        ``sheet``: its name; ``values``: its cells from A1, as Office.js gives them.

    Returns
    -------
    dict
        ``models``: one each; ``reason``: why the sheet could not be read as a plan, else None.

    Raises
    ------
    LowCarbonError
        When the request is not as it should be.
    """
    known = reader(settings)
    if known is None:
        raise HostError(
            Text("这台服务器不读模型表", "this server reads no plans"),
            Text("请管理员用 lowcarbon serve 启动", "Have it started with lowcarbon serve"),
        )
    if not isinstance(data, dict) or not isinstance(data.get("sheet"), str) or not isinstance(data.get("values"), list):
        raise HostError(
            Text("请求的 values 不对", "the request's values are not as they should be"),
            Text("重新加载任务窗格", "Reload the task pane"),
        )
    block = Block(read_rows(data["values"]), data["sheet"], 1, 1)
    try:
        return {"models": [_model(entry) for entry in known.read_entries(block)], "reason": None}
    except LowCarbonError as error:
        return {"models": [], "reason": _both(error.message())}


def _model(entry: Entry) -> dict[str, Json]:
    return {
        "row": entry.row,
        "name": entry.name,
        "kind": _both(entry.kind),
        "state": entry.state,
        "reason": _both(entry.reason),
    }


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
