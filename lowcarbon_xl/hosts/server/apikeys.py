"""Who an API key belongs to."""

from __future__ import annotations

import secrets
from typing import Any

from lowcarbon_xl.hosts.server.extra import load
from lowcarbon_xl.hosts.server.settings import api_keys

REFUSED = "API 密钥不对：在任务窗格“设置”里填写 / The API key is wrong: enter it under Settings in the task pane"


async def validate_token(token_string: str) -> Any:
    """The user of a key; xlwings-server calls this with the request's Authorization header.

    Raises
    ------
    fastapi.HTTPException
        401 for a key that nobody has.
    """
    found = None
    for key, user in api_keys().items():  # every key is compared, so that the time taken tells nothing
        if secrets.compare_digest(token_string.encode(), key.encode()):
            found = user
    if found is None:
        raise load("fastapi").HTTPException(status_code=401, detail=REFUSED)
    return load("xlwings_server.models").User(id=found, name=found)
