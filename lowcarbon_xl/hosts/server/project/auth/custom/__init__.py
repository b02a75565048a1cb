"""xlwings-server asks this module who a request comes from."""

from lowcarbon_xl.hosts.server.apikeys import validate_token

__all__ = ["validate_token"]
