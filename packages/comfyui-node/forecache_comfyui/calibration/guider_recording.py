"""Records what a ComfyUI sampler is answered: the guided output of every evaluation."""

from __future__ import annotations

from typing import Any

from forecache.calibration.recording import Recording
from forecache_comfyui.calibration.sampler_replay import SamplerReplay, rows

KEY = "forecache-calibration"
"""Under which the wrappers are registered."""


class GuiderRecording(Recording):
    """A run of a guider. Outputs are (x - denoised) / sigma, which is linear in the network's
    result, so that guidance and forecasts are; timesteps are sigmas, the start is the noise.
    """

    unsampled = "a run must evaluate the model, it did not"

    def watch(self, patcher: Any) -> None:
        """Puts the recorder onto a `ModelPatcher`, which has to be a clone of the user's."""

        # Plain functions: a deep copy of a model's options keeps them as they are.
        def sampler_sample(executor: Any, *args: Any, **kwargs: Any) -> Any:
            return self._sampled(executor, args, kwargs)

        def predict_noise(executor: Any, *args: Any, **kwargs: Any) -> Any:
            return self._evaluated(executor, args, kwargs)

        patcher.add_wrapper_with_key("sampler_sample", KEY, sampler_sample)
        patcher.add_wrapper_with_key("predict_noise", KEY, predict_noise)

    def _sampled(self, executor: Any, args: Any, kwargs: Any) -> Any:
        """`(guider, sigmas, extra_args, callback, noise, latent, ...)`; the executor's object is
        the sampler.
        """
        guider, sigmas, extra_args, _callback, noise, latent = args[:6]
        replay = SamplerReplay(
            executor.class_obj, guider, sigmas.clone(), extra_args, latent.clone()
        )
        self.replay, self.start = replay, noise.detach().clone()
        samples = executor(*args, **kwargs)
        replay.calls = self.calls
        self.final = self.elements.of(samples)
        return samples

    def _evaluated(self, executor: Any, args: Any, kwargs: Any) -> Any:
        """`(x, sigma, ...)`, answers x0 after guidance."""
        x, sigma = args[:2]
        denoised = executor(*args, **kwargs)
        self.timesteps.append(float(sigma.max()))
        self.outputs.append(self.elements.of((x - denoised) / rows(sigma, x)))
        return denoised
