"""What an answer is that breaks the contract: no answer."""

from __future__ import annotations


class MalformedAnswerError(Exception):
    """An answer that breaks the contract. It never reaches the user: it counts as no answer."""

    def __init__(self, name: str, rule: str, value: object) -> None:
        super().__init__(f"{name} must be {rule}, got {value}")
