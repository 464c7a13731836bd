"""The two errors that forecache raises: a wrong value, and no plan to be had."""

from __future__ import annotations


class ForecacheError(ValueError):
    """A value that breaks a rule. The message names the value and the rule."""


class NoPlanError(RuntimeError):
    """Nobody answers with a plan: every call of the run is computed in full.

    `reason` is what the statistics show: `sidecar unreachable: deadline of 50 ms passed`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
