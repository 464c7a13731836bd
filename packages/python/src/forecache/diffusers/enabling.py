"""`enable`, `disable`, `stats` and `enabled`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from forecache.client import PlanFileSource, find_sidecar
from forecache.diffusers.attachment import Attachment, is_compiled, unwrapped
from forecache.diffusers.call_log import CallLog
from forecache.diffusers.caller_seat import CallerSeat
from forecache.diffusers.engine import Engine, grad_reason
from forecache.diffusers.handle import HANDLE, Handle
from forecache.diffusers.layouts import find_layout
from forecache.diffusers.pipeline_calls import watch_calls
from forecache.diffusers.preset_choice import AUTO, choose_policy
from forecache.diffusers.run_finder import RunFinder
from forecache.diffusers.run_opening import RunOpener
from forecache.diffusers.targets import assert_free, handle_of, has_other_cache, transformers_of
from forecache.diffusers.trial import trial_schedule, try_out
from forecache.errors import ForecacheError
from forecache.hosting.call_arguments import parameter_names
from forecache.hosting.layout import ModelLayout
from forecache.hosting.settings import EngineSettings, compile_settings
from forecache.hosting.statistics import Statistics
from forecache.hosting.structure import Structure
from forecache.hosting.trace import Trace
from forecache.plan import Granularity, PlanSource

if TYPE_CHECKING:
    from forecache.calibration import Preset

_OUTSIDE = (Granularity.OUTPUT, Granularity.CHANGE)
_TIMESTEPS = ("timestep", "timesteps", "t")


def enable(  # noqa: PLR0913 # what users type, each by its own name
    target: Any,
    policy: str | None = None,
    *,
    preset: str | PathLike[str] | Preset | None = None,
    granularity: str | None = None,
    sidecar: str | PlanSource | None = None,
    plan: str | PathLike[str] | None = None,
    cache_dtype: str | torch.dtype = "model",
    cache_place: str = "device",
    steps: int | None = None,
    verbose: bool = True,
    trace: str | PathLike[str] | None = None,
    **options: object,
) -> Handle:
    """Makes a Diffusers pipeline, or a transformer alone, skip computation by forecasting features.

    target: a pipeline (all its transformers), or a transformer with `steps`.
    policy: `taylorseer` (default), `fora`, `teacache`, ...: what `forecache policies` lists.
    preset: instead of a policy. A `Preset` or a file (`.json`, or with a slash) needs no sidecar;
        any other text is the name of one that the sidecar has. One of `full_calls=12`,
        `max_error="1%"` and `target_psnr=40` chooses how much is computed.
    options: of the policy, as its own or its peers' names: `interval=5`, `max_order=1`.
    granularity: where forecasts are made: hidden, residual, block, module, output or change.
        Default the policy's own, but `hidden` where that is the paper's `module`, which stores
        every branch of every block.
    sidecar: address of a running sidecar, or a `PlanSource`. Default (also `auto`): the one that
        is found or started.
    plan: file that `forecache plan --json` printed, instead of a sidecar.
    cache_dtype: a torch dtype that features are stored in; default `model`, the model's own.
    cache_place: `device` (default) or `host`.
    steps: calls a branch in a run, for a transformer without a pipeline.
    verbose: a line of log a run at INFO; else at DEBUG.
    trace: file that gets a line of JSON a call.

    Raises ForecacheError for a value that breaks a rule, and for a policy that cannot be applied
    here. For that a run is opened and closed at once; where nobody answers, a warning says so, and
    what the policy's options are worth shows when a run opens.
    """
    given = {
        "granularity": granularity,
        "cache_dtype": cache_dtype,
        "cache_place": cache_place,
        "steps": steps,
        "verbose": verbose,
        "trace": trace,
    }
    choice = choose_policy(policy, preset, options, sidecar, plan)
    settings = compile_settings(choice.policy, given, choice.options)
    transformers = transformers_of(target)
    for name, transformer in transformers.items():
        assert_free(target, name, transformer)
    if isinstance(target, nn.Module) and steps is None:
        raise ForecacheError("steps must be given for a transformer without a pipeline")
    opened = {
        name: _Opened(name, transformer, settings) for name, transformer in transformers.items()
    }
    source = choice.source or _source(sidecar, plan)
    own = None if source is sidecar else source
    engines = {name: each.engine(source) for name, each in opened.items()}
    try:
        schedule = trial_schedule(settings, source, getattr(target, "scheduler", None))
        try_out([each.trial for each in opened.values()], schedule)
    except BaseException:
        if own is not None:
            own.close()
        raise
    attachments = {name: opened[name].attach(engine) for name, engine in engines.items()}
    handle = Handle(engines, attachments, own)
    for transformer in transformers.values():
        transformer.__dict__[HANDLE] = handle
        handle.on_disable(partial(transformer.__dict__.pop, HANDLE, None))
    if not isinstance(target, nn.Module):
        handle.on_disable(watch_calls(target, lambda: handle.pipeline_call(target)))
        setattr(type(target), HANDLE, handle)
    return handle


def disable(target: Any) -> None:
    """Gives a pipeline or transformer back as it was. One that is not enabled stays as it is."""
    handle = handle_of(target)
    if handle is not None:
        handle.disable()


def stats(target: Any) -> Statistics:
    """What was done since `enable`. Raises ForecacheError for what is not enabled."""
    handle = handle_of(target)
    if handle is None:
        raise ForecacheError(f"forecache must be enabled on it, got a {type(target).__name__}")
    return handle.stats()


@contextmanager
def enabled(target: Any, policy: str | None = None, **options: Any) -> Iterator[Handle]:
    """`enable` for the length of a `with` block."""
    handle = enable(target, policy, **options)
    try:
        yield handle
    finally:
        handle.disable()


class _Opened:
    """One transformer on the way to being enabled."""

    def __init__(self, name: str, transformer: nn.Module, settings: EngineSettings) -> None:
        self._transformer = transformer
        self._inner = unwrapped(transformer)
        self._log = CallLog(name, Trace(settings.trace), verbose=settings.verbose)
        self._layout, self._settings = self._reachable(settings)

    def engine(self, source: PlanSource) -> Engine:
        """What takes the transformer's calls."""
        names = parameter_names(self._inner)
        if not names:
            kind = type(self._inner).__name__
            raise ForecacheError(f"transformer must name its arguments, a {kind} does not")
        known = [each for each in _TIMESTEPS if each in names]
        timestep = known[0] if known else ""
        if self._layout is not None:
            timestep = self._layout.timestep
        self._opener = RunOpener(self._inner, self._layout, self._settings, source, names[0])
        self._finder = RunFinder(
            self._opener,
            CallerSeat(),
            self._settings.steps,
            (names[0], timestep),
            lambda: self._attachment.context,
        )
        return Engine(names, self._finder, self._log, lambda given: self._bypass(given, names[0]))

    @property
    def trial(self) -> tuple[RunOpener, CallLog]:
        """What the trial run needs. Only after `engine`."""
        return self._opener, self._log

    def attach(self, engine: Engine) -> Attachment:
        """Puts the engine before the transformer."""
        self._attachment = Attachment(self._transformer, engine)
        return self._attachment

    def _reachable(self, settings: EngineSettings) -> tuple[ModelLayout | None, EngineSettings]:
        """The layout, and the settings that are possible with it."""
        wanted = settings.granularity
        name = type(self._inner).__name__
        if is_compiled(self._transformer):
            if wanted not in (None, *_OUTSIDE):
                raise ForecacheError(
                    f"granularity must be output or change for a compiled transformer, "
                    f"got {wanted.value}: compile its blocks with compile_repeated_blocks() instead"
                )
            return None, settings
        layout = find_layout(self._inner)
        if layout is not None:
            Structure(self._inner, layout)
        elif wanted not in (None, *_OUTSIDE):
            self._log.warn(f"{name} is not known: output is forecast instead of {wanted.value}")
            return None, _with_output(settings)
        return layout, settings

    def _bypass(self, arguments: Mapping[str, Any], input_name: str) -> str | None:
        reason = grad_reason()
        if reason is None and has_other_cache(self._inner):
            return "another cache is enabled"
        if reason is None and getattr(self._inner, "_parallel_config", None) is not None:
            # A rank that decides otherwise than the others would wait for them for ever.
            return "the transformer runs on several devices in parallel"
        if reason is None and not isinstance(arguments.get(input_name), Tensor):
            return f"{input_name} is not a tensor"
        return reason


def _with_output(settings: EngineSettings) -> EngineSettings:
    return replace(settings, granularity=Granularity.OUTPUT)


def _source(sidecar: str | PlanSource | None, plan: str | PathLike[str] | None) -> PlanSource:
    if plan is not None:
        if sidecar is not None:
            raise ForecacheError(
                "sidecar and plan both say where plans come from: give one of them"
            )
        return PlanFileSource(Path(plan))
    if sidecar is None or isinstance(sidecar, str):
        return find_sidecar(None if sidecar == AUTO else sidecar)
    return sidecar
