"""PostgreSQL refuses to run as root: give its processes another account, and just enough rights.

A checkout may lie where no other account can go, below a home directory of mode 0700. Opening
that to everybody would expose it, so the one capability to pass through directories is handed
to the child instead (capabilities(7), ambient set; Linux only).
"""

import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from launcher.environment import SetupError
from launcher.processes import _LIBC, die_with_parent

_PR_SET_SECUREBITS, _NO_SETUID_FIXUP = 28, 1 << 2
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 47, 2
_VERSION_3 = 0x20080522
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH, _CAP_SETPCAP = 1, 2, 8


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Half(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


def account_for(data: Path) -> pwd.struct_passwd | None:
    """Return the account that is to own and serve `data`; None means the caller's own.

    Only root changes account: to the owner of existing data, else to `nobody`.
    """
    if os.geteuid() != 0:
        if data.exists() and data.stat().st_uid != os.geteuid():
            raise SetupError(f"{data} 属于另一用户（上次可能由 root 运行）：请用同一用户运行。")
        return None
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    return pwd.getpwnam("nobody")


def become(account: pwd.struct_passwd | None, *paths: Path) -> Callable[[], None]:
    """Return the preparation of a child that serves as `account` and must reach `paths`."""
    on_death = die_with_parent(signal.SIGINT)  # PostgreSQL: fast shutdown
    if account is None:
        return on_death
    uid, gid = account.pw_uid, account.pw_gid
    capability = None if all(_reachable(path) for path in paths) else _search_capability()

    def prepare() -> None:
        if capability is not None:
            # The change of account leaves capabilities alone, and access(2) respects them.
            _LIBC.prctl(_PR_SET_SECUREBITS, _NO_SETUID_FIXUP, 0, 0, 0)
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        if capability is not None:
            _keep_only(capability)
        on_death()  # last: changing the account withdraws the promise

    return prepare


def _reachable(path: Path) -> bool:
    """May everybody pass through all directories above `path`?"""
    return all(parent.stat().st_mode & 0o001 for parent in path.resolve().parents)


def _search_capability() -> int:
    """Return the weakest capability at hand that passes through closed directories."""
    if sys.platform == "linux":
        header, halves = _Header(_VERSION_3, 0), (_Half * 2)()
        _LIBC.capget(ctypes.byref(header), halves)
        held = halves[0].permitted
        for capability in (_CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE):
            if held & (1 << capability) and held & (1 << _CAP_SETPCAP):
                return capability
    raise SetupError(
        "PostgreSQL 不能以 root 运行，而别的账户进不了这个目录："
        "请把项目放到其他账户可以进入的目录（例如 /srv），或换普通用户运行。"
    )


def _keep_only(capability: int) -> None:
    bit = 1 << capability
    halves = (_Half * 2)(_Half(bit, bit, bit), _Half(0, 0, 0))
    _LIBC.capset(ctypes.byref(_Header(_VERSION_3, 0)), halves)
    _LIBC.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0)
