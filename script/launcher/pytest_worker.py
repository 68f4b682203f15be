"""A pytest plugin: each worker of pytest-xdist has a Redis database of its own.

Clearing the cache empties the whole database, which another worker may be using. Loaded by
`script/test` before the settings are.
"""

import os

_number = os.environ.get("PYTEST_XDIST_WORKER", "gw").removeprefix("gw")
if _number:
    _server, _, _database = os.environ["REDIS_URL"].rpartition("/")
    os.environ["REDIS_URL"] = f"{_server}/{int(_number) + 1}"  # 0 belongs to the main process
