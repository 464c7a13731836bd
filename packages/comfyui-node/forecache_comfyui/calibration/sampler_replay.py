"""The steps of a ComfyUI sampler again, on outputs of one's own choice."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from torch import Tensor

from forecache.calibration.random_state import GlobalState
from forecache.errors import ForecacheError
from forecache_comfyui.sampler_schedule import sampler_name


class SamplerReplay:
    """The `Replay` of one recorded run: its sampler, made when the sampler begins.

    A sample begins as noise, which the sampler scales and adds to the latent as the model has it.

    guider: what the sampler is given as its model. sigmas, extra_args, latent: as the sampler is
    given them; further noise is made from the seed that is in there.
    """

    noun = "sampler"

    def __init__(
        self,
        sampler: Any,
        guider: Any,
        sigmas: Tensor,
        extra_args: Mapping[str, Any],
        latent: Tensor,
    ) -> None:
        self._sampler, self._sigmas, self._latent = sampler, sigmas, latent
        # The model may be unloaded by then.
        self._sampling = copy.deepcopy(guider.inner_model.model_sampling)
        self._seed = extra_args.get("seed")
        self._state = GlobalState()
        self.calls = 0

    @property
    def name(self) -> str:
        """ComfyUI's, such as `euler`."""
        return sampler_name(self._sampler)

    def run(self, start: Tensor, output: Callable[[int], Tensor]) -> list[Tensor]:
        """The sample before every call and the final one, given the outputs by call.

        start: the noise. One of another shape than the latent's begins from an empty one.

        Raises ForecacheError where the sampler refuses, or makes other calls than it did.
        """
        samples: list[Tensor] = []

        def denoised(x: Tensor, sigma: Tensor) -> Tensor:
            index = len(samples)
            self._assert_calls(index < self.calls, f"at least {index + 1}")
            samples.append(x.clone())
            return x - rows(sigma, x) * output(index).float()

        extra_args: dict[str, Any] = {"model_options": {}, "seed": self._seed}
        model = _StandIn(self._sampling, denoised)
        # Samplers of ComfyUI are made for float32: some fail on anything else.
        start = start.float()
        latent = self._latent if self._latent.shape == start.shape else start * 0
        try:
            with self._state.again():
                final = self._sampler.sample(
                    model, self._sigmas, extra_args, None, start, latent, None, True
                )
        except ForecacheError:
            raise
        except Exception as error:
            raise ForecacheError(
                f"sampler must be one whose steps can be made again, got {self.name}: "
                f"{type(error).__name__}: {error}"
            ) from error
        self._assert_calls(len(samples) == self.calls, str(len(samples)))
        return [*samples, final]

    def _assert_calls(self, is_same: bool, made: str) -> None:
        if not is_same:
            raise ForecacheError(
                f"sampler must make the same calls whatever the model answers ({self.calls}), "
                f"got {self.name} with {made}"
            )


def rows(sigma: Tensor, x: Tensor) -> Tensor:
    """Sigmas, one a row or one for all, in a shape that goes with `x`."""
    return sigma.reshape(-1, *[1] * (x.ndim - 1))


class _StandIn:
    """What a sampler is given instead of a guider. It is where ComfyUI's samplers look for what
    kind of model it is.
    """

    def __init__(self, sampling: Any, denoised: Callable[[Tensor, Tensor], Tensor]) -> None:
        self.inner_model = SimpleNamespace(model_sampling=sampling)
        self.model_patcher = SimpleNamespace(get_model_object=lambda _path: sampling)
        self._denoised = denoised

    def __call__(self, x: Tensor, sigma: Tensor, *_options: Any, **_more: Any) -> Tensor:
        return self._denoised(x, sigma)
