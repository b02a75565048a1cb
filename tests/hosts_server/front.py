"""The server with a stand-in for office.js, for a browser without Excel: ``FRONT_DATA`` in, ``FRONT_REPORT`` out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from lowcarbon_xl.hosts.server.app import create as create_server

MOCK = Path(__file__).with_name("office_mock.js")


def create() -> Any:
    """The application."""
    server = create_server()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if path.endswith("/office.js"):
            data = Path(os.environ["FRONT_DATA"]).read_text(encoding="utf-8")
            await answer(send, f"const DATA = {data};\n{MOCK.read_text(encoding='utf-8')}")
        elif path == "/report":
            body, more = b"", True
            while more:
                message = await receive()
                body, more = body + message.get("body", b""), message.get("more_body", False)
            unfinished = Path(os.environ["FRONT_REPORT"] + ".part")
            unfinished.write_bytes(body)
            unfinished.rename(os.environ["FRONT_REPORT"])
            await answer(send, "")
        else:
            await server(scope, receive, send)

    return application


async def answer(send: Any, text: str) -> None:
    """Status 200 with a script."""
    headers = [(b"content-type", b"text/javascript; charset=utf-8"), (b"cross-origin-resource-policy", b"same-origin")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
