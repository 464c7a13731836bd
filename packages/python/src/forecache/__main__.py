"""`python -m forecache serve`: the command line that the package brings, run by Node.

It takes the place of this process, so that signals and exit codes are its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import NoReturn

from forecache.client.sidecar_program import find_main, find_node
from forecache.errors import NoPlanError


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Becomes the command line; ends with 1 where there is none."""
    try:
        command = [str(find_node(environment)), str(find_main(environment)), *arguments]
    except NoPlanError as error:
        sys.exit(f"error: {error.reason}")
    os.execve(command[0], command, dict(environment))


if __name__ == "__main__":
    main(sys.argv[1:], os.environ)
