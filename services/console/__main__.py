"""Where `eender` begins: 0 done, 1 failed, 2 misuse."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import CycloptsError

from services.console.failure import CommandFailed
from services.console.menu import make_app

FAILED = 1
MISUSE = 2


def main(words: Sequence[str] | None = None) -> int:
    """Run the command that `words` (else the process's arguments) name; its exit code."""
    app = make_app()
    asked = list(sys.argv[1:] if words is None else words)
    try:
        code = app(asked, exit_on_error=False, print_error=True, result_action="return_value")
    except CycloptsError:
        return MISUSE
    except CommandFailed as failure:
        sys.stderr.write(f"eender: {failure}\n")
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    sys.exit(main())
