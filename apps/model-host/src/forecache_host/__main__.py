"""`python -m forecache_host`: the same as `forecache-host`."""

from __future__ import annotations

import sys

from forecache_host.cli import main

sys.exit(main(sys.argv[1:]))
