"""The wrappers that one node puts around ComfyUI's sampling."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from forecache.plan import RunOutcome
from forecache_comfyui.foreign_caches import foreign_cache, is_compiled
from forecache_comfyui.hooked_run import HookedRun, wraps_inside
from forecache_comfyui.run_log import RunLog, Watcher
from forecache_comfyui.run_opening import Obstacles, RunOpener
from forecache_comfyui.run_report import RunReport
from forecache_comfyui.sampler_schedule import SamplerSchedule, sampler_name
from forecache_comfyui.session import RunSession
from forecache_comfyui.settings import NodeSettings

logger = logging.getLogger("forecache")

KEY = "forecache"
"""Under which the wrappers are registered."""

Wrapper = Callable[..., Any]

_INTERRUPTS = ("InterruptProcessingException",)
"""ComfyUI's exception for the stop button, by name: it derives from plain Exception."""


class Hook:
    """What one node attaches to a model. Its clones share it; runs come one after the other.

    node_id: of the node, for whoever watches.
    """

    def __init__(self, settings: NodeSettings, watcher: Watcher, node_id: str | None) -> None:
        self._settings, self._watcher, self._node_id = settings, watcher, node_id
        self._sessions: list[HookedRun] = []

    def wrappers(self) -> Mapping[str, Wrapper]:
        """By ComfyUI's kind of wrapper. Plain functions: a deep copy of a model's options keeps
        them as they are, where it would copy a bound method with all that it is bound to.
        """

        def outer_sample(executor: Any, *args: Any, **kwargs: Any) -> Any:
            return self._outer_sample(executor, args, kwargs)

        def predict_noise(executor: Any, *args: Any, **kwargs: Any) -> Any:
            return self._predict_noise(executor, args, kwargs)

        def calc_cond_batch(executor: Any, *args: Any, **kwargs: Any) -> Any:
            return self._calc_cond_batch(executor, args, kwargs)

        def apply_model(executor: Any, *args: Any, **kwargs: Any) -> Any:
            return self._apply_model(executor, args, kwargs)

        def diffusion_model(executor: Any, *args: Any, **kwargs: Any) -> Any:
            return self._diffusion_model(executor, args, kwargs)

        return {
            "outer_sample": outer_sample,
            "predict_noise": predict_noise,
            "calc_cond_batch": calc_cond_batch,
            "apply_model": apply_model,
            "diffusion_model": diffusion_model,
        }

    def _outer_sample(self, executor: Any, args: Any, kwargs: Any) -> Any:
        """`(noise, latent_image, sampler, sigmas, ...)`; the executor's object is the guider."""
        hooked = _guarded(lambda: self._hooked(executor.class_obj, *args[2:4]))
        if hooked is None:
            return executor(*args, **kwargs)
        self._sessions.append(hooked)
        outcome = RunOutcome.ERROR
        try:
            output = executor(*args, **kwargs)
            outcome = RunOutcome.OK
        except BaseException as error:
            outcome = _outcome_of(error)
            raise
        finally:
            self._sessions.remove(hooked)
            hooked.session.close(outcome)
        return output

    def _predict_noise(self, executor: Any, args: Any, kwargs: Any) -> Any:
        """`(x, timestep, model_options, seed)`; the timestep is the sigma."""
        hooked = self._current
        if hooked is None:
            return executor(*args, **kwargs)
        return hooked.session.evaluate(lambda: executor(*args, **kwargs), args[1])

    def _calc_cond_batch(self, executor: Any, args: Any, kwargs: Any) -> Any:
        """`(model, conds, x_in, timestep, model_options)`."""
        if self._current is not None:
            self._current.session.announce(args[1])
        return executor(*args, **kwargs)

    def _apply_model(self, executor: Any, args: Any, kwargs: Any) -> Any:
        """`(x, sigma, c_concat, c_crossattn, control, transformer_options, **)`, answers x0."""
        hooked = self._current
        if hooked is None or hooked.is_inside:
            return executor(*args, **kwargs)
        return hooked.denoise(executor, args, kwargs)

    def _diffusion_model(self, executor: Any, args: Any, kwargs: Any) -> Any:
        """The network's own arguments, answers its raw result."""
        hooked = self._current
        if hooked is None or not hooked.is_inside:
            return executor(*args, **kwargs)
        return hooked.predict(executor, args, kwargs)

    @property
    def _current(self) -> HookedRun | None:
        return self._sessions[-1] if self._sessions else None

    def _hooked(self, guider: Any, sampler: Any, sigmas: Tensor) -> HookedRun:
        network = guider.model_patcher.model.diffusion_model
        options = guider.model_options
        listed = tuple(float(sigma) for sigma in sigmas.tolist())
        schedule = SamplerSchedule(sampler_name(sampler), listed)
        report = RunReport(
            model=type(network).__name__,
            sampler=schedule.sampler,
            evaluations=schedule.calls,
            node_id=self._node_id,
        )
        log = RunLog(report, self._watcher, verbose=self._settings.engine.verbose)
        unreachable = "the model is compiled as a whole" if is_compiled(options) else None
        obstacles = Obstacles(unreachable, schedule.noise)
        opener = RunOpener(network, self._settings, obstacles, log.warn)
        is_full = self._outside_percents(guider, schedule)
        session = RunSession(schedule, log, lambda: opener.open(schedule, is_full))
        other = foreign_cache(options, network)
        if other is not None:
            session.bypass(f"{other} is on the same model")
        is_inside = unreachable is None and wraps_inside(network)
        return HookedRun(session, network, is_inside=is_inside)

    def _outside_percents(self, guider: Any, schedule: SamplerSchedule) -> tuple[bool, ...]:
        """Which evaluations lie outside of the per cents that the user set."""
        settings = self._settings
        if settings.start_percent <= 0 and settings.end_percent >= 1:
            return (False,) * schedule.calls
        to_sigma = guider.model_patcher.get_model_object("model_sampling").percent_to_sigma
        # ComfyUI answers the ends by models that differ: what is not cut off is not asked for.
        start = float(to_sigma(settings.start_percent)) if settings.start_percent > 0 else math.inf
        end = float(to_sigma(settings.end_percent)) if settings.end_percent < 1 else -math.inf
        return tuple(not end <= sigma <= start for sigma in schedule.sigmas)


def _outcome_of(error: BaseException) -> RunOutcome:
    is_stop = type(error).__name__ in _INTERRUPTS or not isinstance(error, Exception)
    return RunOutcome.INTERRUPTED if is_stop else RunOutcome.ERROR


def _guarded(work: Callable[[], HookedRun]) -> HookedRun | None:
    try:
        return work()
    except Exception as error:
        # A ComfyUI that is not as expected: the picture is made as if the node were not there.
        logger.warning("forecache: nothing is skipped: %s: %s", type(error).__name__, error)
        logger.debug("forecache: a run was not hooked", exc_info=True)
        return None
