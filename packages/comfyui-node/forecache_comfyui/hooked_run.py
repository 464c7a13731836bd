"""How the network calls of one run reach its session: from the network itself, or its denoiser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, nn

from forecache.hosting.call_arguments import by_name, parameter_names
from forecache.hosting.finding_sites import OUTSIDE
from forecache.plan import Granularity
from forecache_comfyui.network_call import NetworkCall, find_options, stream_keys
from forecache_comfyui.run_opening import INPUT
from forecache_comfyui.session import RunSession

_DENOISER = (INPUT, "timestep", "c_concat", "context", "control", "transformer_options")


class HookedRun:
    """A session with its network.

    is_inside: whether wrappers of the network itself are called; else the denoiser's are used.
    """

    def __init__(self, session: RunSession, network: nn.Module, *, is_inside: bool) -> None:
        self.session = session
        self.is_inside = is_inside
        self._names = (INPUT, *parameter_names(network)[1:])

    def predict(self, executor: Any, args: Any, kwargs: Any) -> Any:
        """A call of the network: forecast is its raw result, or what is inside."""

        def execute() -> Any:
            return executor(*args, **kwargs)

        return self._called(execute, args, kwargs, by_name(self._names, args, kwargs))

    def denoise(self, executor: Any, args: Any, kwargs: Any) -> Any:
        """A call of the denoiser, which answers x0: forecast is `(x - x0) / sigma`, or what is in
        the network. For flow matching and epsilon prediction that is the network's raw result.
        """
        arguments = by_name(_DENOISER, args, kwargs)

        def execute() -> Any:
            return executor(*args, **kwargs)

        planned = self.session.planned
        granularity = None if planned is None else planned.sites.granularity
        if granularity not in OUTSIDE:
            return self._called(execute, args, kwargs, arguments)
        given, sigma = args[0], args[1]
        wide = sigma.reshape(-1, *[1] * (given.ndim - 1))
        computed: list[Tensor] = []

        def execute_rate() -> Tensor:
            computed.append(execute())
            rate: Tensor = (given - computed[-1]) / wide
            return rate

        if granularity is Granularity.CHANGE:
            # The network's own input: some models scale the sampler's latents.
            sampling = executor.class_obj.model_sampling
            arguments = {**arguments, INPUT: sampling.calculate_input(sigma, given)}
        rate = self._called(execute_rate, args, kwargs, arguments)
        # What was computed is handed on as it is: only a forecast goes through the division.
        return computed[-1] if computed else given - wide * rate

    def _called(
        self, execute: Callable[[], Any], args: Any, kwargs: Any, arguments: Mapping[str, Any]
    ) -> Any:
        given = arguments.get(INPUT)
        keys = stream_keys(given, find_options(args, kwargs))
        if isinstance(keys, str):
            self.session.bypass(keys)
            return execute()
        assert isinstance(given, Tensor)
        return self.session.call(NetworkCall(execute, given, keys, arguments))


def wraps_inside(network: nn.Module) -> bool:
    """Whether the network's forward calls `DIFFUSION_MODEL` wrappers; some classes do not."""
    code = getattr(type(network).forward, "__code__", None)
    return code is not None and "DIFFUSION_MODEL" in code.co_names
