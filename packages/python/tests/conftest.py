"""What all tests share: no downloads, no threads to fight over, no sidecar of the user's."""

from __future__ import annotations

import os

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("OMP_NUM_THREADS", "1")
for variable in ("FORECACHE_SIDECAR", "FORECACHE_SIDECAR_MAIN"):
    os.environ.pop(variable, None)
