"""Our endpoints in xlwings-server: calls (in place of its own), buttons, and what the task pane shows."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from lowcarbon_xl.catalogue import buttons, functions
from lowcarbon_xl.errors import HostError, LowCarbonError, Text
from lowcarbon_xl.hosts.server import pane
from lowcarbon_xl.hosts.server.answering import Answering
from lowcarbon_xl.hosts.server.call import check_call, context_of
from lowcarbon_xl.hosts.server.extra import load
from lowcarbon_xl.hosts.server.plan import status
from lowcarbon_xl.hosts.server.press import Pressing, check_request
from lowcarbon_xl.hosts.server.settings import ServerSettings
from lowcarbon_xl.hosts.server.udfs import Call

Request = Any
Response = Any


def routes(settings: ServerSettings, answering: Answering) -> list[Any]:
    """Routes that come before those of xlwings-server."""
    route = load("starlette.routing").Route
    prefix = load("xlwings_server.config").settings.app_path
    return [
        route(f"{prefix}/xlwings/custom-functions-call", _calls(settings, answering), methods=["POST"]),
        route(f"{prefix}/xlwings/custom-scripts-call/{{name}}", _no_script, methods=["POST"]),
        route(f"{prefix}/lowcarbon/press/{{button}}", _presses(settings), methods=["POST"]),
        route(f"{prefix}/lowcarbon/plan", _plan(settings, answering), methods=["POST"]),
        route(f"{prefix}/lowcarbon/user", _user, methods=["GET"]),
    ]


def extend_templates(settings: ServerSettings) -> None:
    """Give the manifest and the task pane what they show."""
    templates = load("xlwings_server.templates").templates
    templates.env.globals["lowcarbon"] = pane.texts(functions(), buttons(), settings)


def _calls(settings: ServerSettings, answering: Answering) -> Any:
    """The endpoint of worksheet functions: the same wire as xlwings' own, checked, with places, and not slowed by cells."""
    custom_functions = load("custom_functions")
    server = load("xlwings.server")
    failed = load("xlwings").XlwingsError

    async def call(request: Request) -> Response:
        user = await _authenticated(request)
        try:
            data = check_call(await _json(request))
            if not hasattr(getattr(custom_functions, data["func_name"], None), "__xlfunc__"):
                raise _unknown(data["func_name"])
            context = context_of(data, user.id or user.name or "", settings.language)
            injected = {Call: Call(context, answering)}
            result = await server.custom_functions_call(data, custom_functions, user, typehint_to_value=injected)
        except LowCarbonError as error:
            return _refusal(error, settings)
        except failed as error:  # a reason for the user, who has it in the cell: nothing for the server's log
            return load("starlette.responses").PlainTextResponse(str(error), 400)
        return _json_response({"result": result})

    return call


def _presses(settings: ServerSettings) -> Any:
    """The endpoint of buttons: one JSON a line, progress first and the outcome last."""
    pressing = Pressing(settings)

    async def press(request: Request) -> Response:
        await _authenticated(request)
        try:
            job = check_request(request.path_params["button"], await _json(request), settings.language)
        except LowCarbonError as error:
            return _refusal(error, settings)

        async def lines() -> AsyncIterator[str]:
            async for line in pressing.run(job):
                yield json.dumps(line, ensure_ascii=False) + "\n"

        return load("starlette.responses").StreamingResponse(
            lines(), media_type="application/x-ndjson", headers={"X-Accel-Buffering": "no"}
        )

    return press


def _plan(settings: ServerSettings, answering: Answering) -> Any:
    """The endpoint of the plan's status."""

    async def plan(request: Request) -> Response:
        await _authenticated(request)
        try:
            data = await _json(request)
            return _json_response(await answering.computing.run(lambda: status(data, settings)))
        except LowCarbonError as error:
            return _refusal(error, settings)

    return plan


async def _user(request: Request) -> Response:
    """Who the key belongs to; the task pane checks a key with it."""
    user = await _authenticated(request)
    return _json_response({"name": user.name})


async def _no_script(request: Request) -> Response:
    await _authenticated(request)
    text = "按钮通过 lowcarbon/press 运行 / buttons run through lowcarbon/press"
    return load("starlette.responses").PlainTextResponse(text, 404)


async def _authenticated(request: Request) -> Any:
    """The user, by whatever provider xlwings-server is set to; it answers 401 or 403 otherwise."""
    dependencies = load("xlwings_server.dependencies")
    headers = request.headers
    user = await dependencies.authenticate(headers.get("authorization", ""), headers.get("auth-provider"))
    return await dependencies.get_user(request, user)


async def _json(request: Request) -> Any:
    try:
        return load("pydantic_core").from_json(await request.body(), allow_inf_nan=False)
    except ValueError as error:
        raise HostError(
            Text("请求不是 JSON", "the request is no JSON"), Text("重新加载任务窗格", "Reload the task pane")
        ) from error


def _json_response(content: Any) -> Response:
    """JSON by the encoder that FastAPI brings along: numbers take a tenth of the standard library's time."""
    body = load("pydantic_core").to_json(content)
    return load("starlette.responses").Response(body, media_type="application/json")


def _refusal(error: LowCarbonError, settings: ServerSettings) -> Response:
    return load("starlette.responses").PlainTextResponse(error.message()[settings.language], 400)


def _unknown(name: str) -> HostError:
    return HostError(
        Text(f"服务器没有函数 {name}", f"the server has no function {name}"),
        Text(
            "重新加载任务窗格，让 Excel 读取新的函数表", "Reload the task pane so that Excel reads the functions anew"
        ),
    )
