"""What one run may keep on the device."""

from __future__ import annotations

from forecache_host.host_error import HostError


class MemoryBudget:
    """Counts the bytes of histories, cached tokens and kept tensors of one run.

    What the network needs while it computes is not counted, nor are the features of the call under
    way, which are held once until the call is done.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.held_bytes = 0

    def take(self, byte_length: int) -> None:
        """Raises `resource-exhausted` over the limit and then takes nothing."""
        if self.held_bytes + byte_length > self.limit_bytes:
            message = (
                f"tensor memory is full: requested {byte_length} bytes, "
                f"held {self.held_bytes} bytes, limit {self.limit_bytes} bytes"
            )
            raise HostError("resource-exhausted", message)
        self.held_bytes += byte_length

    def give(self, byte_length: int) -> None:
        """Gives back what was taken."""
        self.held_bytes -= byte_length
