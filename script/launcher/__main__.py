"""`python script/launcher COMMAND [ARGUMENT ...]`, as the small files in `script/` call it.

The first process prepares the virtual environment and becomes the second, which runs inside it.
"""

import importlib
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from launcher import environment  # after the path that it lies on

# command -> (requirements it needs, module whose main(arguments) runs it)
COMMANDS = {
    "server": ("requirements.txt", "launcher.server"),
    "manage": ("requirements.txt", "launcher.manage"),
    "setup": ("requirements-dev.txt", "launcher.tools"),
    "test": ("requirements-dev.txt", "launcher.tests"),
    "check": ("requirements-dev.txt", "launcher.checks"),
    "fmt": ("requirements-dev.txt", "launcher.tools"),
    "schema": ("requirements-dev.txt", "launcher.tools"),
}
INSIDE = "--inside"


def main() -> int:
    """Run the command named first; return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace", line_buffering=True)
    inside = sys.argv[1:2] == [INSIDE]
    command, *arguments = sys.argv[2:] if inside else sys.argv[1:] or ["help"]
    if command not in COMMANDS:
        print(f"没有这个命令：{command}。可用：{'、'.join(COMMANDS)}", file=sys.stderr)
        return 2
    requirements, module = COMMANDS[command]
    try:
        if not inside:
            python = environment.ensure(requirements)
            os.execv(python, [python, str(Path(__file__).parent), INSIDE, command, *arguments])
        run = importlib.import_module(module).main
        return run(command, arguments) if module == "launcher.tools" else run(arguments)
    except environment.SetupError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
