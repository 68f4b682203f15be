"""`script/manage COMMAND`: manage.py with the data of this checkout, running or not."""

import contextlib
import subprocess

from launcher.embedded import Embedded
from launcher.environment import ROOT, only_one
from launcher.portal import environment_for, is_given, manage, var_dir
from launcher.processes import Group, Stop, stop_on_signals


def main(arguments: list[str]) -> int:
    """Run a management command; start the embedded servers for it unless script/server runs."""
    home = var_dir()
    group = Group()
    with contextlib.ExitStack() as stack:
        stack.enter_context(stop_on_signals())
        stack.callback(group.stop)
        servers = Embedded(home)
        with contextlib.suppress(BlockingIOError):  # held: script/server runs them already
            stack.enter_context(only_one(home / "server.lock"))
            if not is_given("DATABASE_URL"):
                servers.start_postgres(group)
            if not is_given("REDIS_URL"):
                servers.start_valkey(group)
        demo = str(not is_given("DATABASE_URL")).lower()
        env = environment_for(servers, SECURE_COOKIES="false", DEMO_MODE=demo)
        try:
            return subprocess.run(manage(*arguments), check=False, env=env, cwd=ROOT).returncode
        except Stop:
            return 130
