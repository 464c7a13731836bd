"""One site of one call, asked for by itself: what `Forward` does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from torch import Tensor

from forecache_host.host_error import HostError, invalid_argument
from forecache_host.network import CallInput, Network, SegmentedNetwork
from forecache_host.requests import Forward
from forecache_host.run_branch import RunBranch
from forecache_host.segmented_call import SegmentedCall
from forecache_host.tensor_type import TensorType
from forecache_host.token_cache import not_cached


class SingleForward:
    """A request that has been checked. Nothing is changed before `compute`."""

    def __init__(
        self, network: Network, branch: RunBranch, request: Forward, timestep: float
    ) -> None:
        self._network = network
        self._branch = branch
        self._request = request
        self._timestep = timestep
        self._site = network.description.site(request.site)
        self._assert_forwardable()
        self._assert_selectable()
        self._assert_input()
        self.output_type: TensorType = self._site.output.with_batch(branch.batch)
        self._assert_begun()

    @property
    def input_type(self) -> TensorType:
        """The type that the request's input has to have."""
        if self._site.input is None:
            raise HostError("internal", f"site {self._site.name} takes no input")
        return self._site.input.with_batch(self._branch.batch)

    def compute(self, given: Tensor | None) -> Tensor:
        """The site's output, a fresh tensor."""
        if self._site.kind == "embed" and given is not None:
            # Only networks with forwardable sites come here.
            network = cast(SegmentedNetwork, self._network)
            begun = network.begin(CallInput(given, self._timestep, self._branch.conditioning))
            current = SegmentedCall(self._request.call_index, begun, self._branch.tokens)
            self._branch.current = current
            return begun.embedded
        return self._current().compute(self._site.name, given, self._request.selection)

    @contextmanager
    def tokens_committed(self) -> Iterator[None]:
        """Runs the work of a forward; when it fails, no token counts as computed."""
        tokens = self._branch.tokens
        try:
            yield
        except BaseException:
            if tokens is not None:
                tokens.rollback()
            raise
        if tokens is not None:
            tokens.commit()

    def _current(self) -> SegmentedCall:
        current, index = self._branch.current, self._request.call_index
        if current is not None and current.call_index == index:
            return current
        message = (
            f"site {self._site.name} of branch {self._branch.name}: "
            f"call {index} needs its embed first"
        )
        raise HostError("failed-precondition", message)

    def _assert_forwardable(self) -> None:
        if self._site.forwardable:
            return
        reason = "it is composed of other sites"
        if self._site.kind not in ("hidden", "output", "change", "residual"):
            reason = f"model {self._network.description.model} runs whole calls only (RunCall)"
        raise invalid_forward(self._site.name, reason)

    def _assert_selectable(self) -> None:
        tokens = self._branch.tokens
        if self._request.selection is not None and (
            tokens is None or not tokens.has(self._site.name)
        ):
            raise not_cached(self._site.name)

    def _assert_input(self) -> None:
        has_input = self._request.input is not None
        if self._site.input is None and has_input:
            raise invalid_argument("input", f"unset for site {self._site.name}", "a tensor")
        if self._site.input is not None and not has_input:
            raise invalid_argument("input", f"set for site {self._site.name}", None)

    def _assert_begun(self) -> None:
        if self._site.kind != "embed":
            self._current()


def invalid_forward(site: str, reason: str) -> HostError:
    """The error of a site that this host cannot compute by itself."""
    return HostError("invalid-argument", f"site {site} cannot be forwarded: {reason}")
