"""Becomes another program that dies with its parent, perhaps as another user.

Run by path, in a fresh interpreter (`python -I -S launch.py '<json>' program argument…`), because the calls below may
not be made between fork and exec of a process that has threads. Standard library only.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAPABILITY_VERSION_3 = 0x20080522
PARENT_GONE_EXIT = 75


def become_user(libc: ctypes.CDLL, uid: int, gid: int, capability: int | None) -> None:
    """Give up root for good; of its powers keep `capability` at most, also across exec (an ambient capability).

    Raises:
        OSError: the system refuses, for instance because the id is not mapped in this container.
    """
    if capability is not None:
        _called(libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "keep capabilities")
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    if capability is not None:
        _keep_only(libc, capability)


def _keep_only(libc: ctypes.CDLL, capability: int) -> None:
    """Reduce permitted, effective and inheritable to the one capability and make it ambient."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    low = 1 << capability  # the two capabilities in question lie below bit 32
    sets = (ctypes.c_uint32 * 6)(low, low, low, 0, 0, 0)
    _called(libc.capset(header, sets), "set capabilities")
    _called(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0), "raise an ambient capability")


def die_with_parent(libc: ctypes.CDLL, parent_pid: int, signal_number: int) -> None:
    """Ask for the signal at the parent's death; leave at once where it died before we could ask.

    Changing user clears the wish, so this comes after `become_user`.
    """
    _called(libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0), "follow the parent")
    if os.getppid() != parent_pid:
        sys.exit(PARENT_GONE_EXIT)


def _called(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"cannot {what}: {os.strerror(code)}")


def main() -> None:
    """Read the wishes, fulfil them, become the program."""
    wishes = json.loads(sys.argv[1])
    program = sys.argv[2:]
    os.umask(0o077)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if wishes["uid"] is not None:
            become_user(libc, wishes["uid"], wishes["gid"], wishes["capability"])
        _called(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "rule out new privileges")
        die_with_parent(libc, wishes["parent_pid"], wishes["death_signal"])
    elif wishes["uid"] is not None:
        os.setgroups([])
        os.setgid(wishes["gid"])
        os.setuid(wishes["uid"])
    os.execv(program[0], program)  # noqa: S606  (becoming the program is what this file is for)


if __name__ == "__main__":
    main()
