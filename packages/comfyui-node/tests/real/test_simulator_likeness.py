"""Where a real ComfyUI is at hand: the simulator's runs are seen by wrappers exactly as its own."""

from __future__ import annotations

from typing import Any

import pytest
from comfy_host import ComfyHost, SampleRun
from simulated_host import SimulatedHost
from simulated_samplers import SAMPLERS
from wrapper_spy import Spy, spied

SIMULATED = SimulatedHost()
RUNS = {
    "plain": SampleRun(),
    "guided": SampleRun(cfg=3.0),
    "split": SampleRun(cfg=3.0, split=True),
    "prompts of different length": SampleRun(cfg=3.0, positive_tokens=8),
    "a batch of two": SampleRun(cfg=3.0, batch=2),
    "dual": SampleRun(cfg=3.0, dual=True),
    "areas": SampleRun(areas=True),
    "another prompt": SampleRun(cfg=3.0, switch_at=0.5),
    "windows": SampleRun(windows=3),
    "half the noise": SampleRun(denoise=0.5),
    "first part": SampleRun(last_step=5),
    "second part": SampleRun(first_step=5),
    **{name: SampleRun(sampler=name) for name in sorted(SAMPLERS)},
}


@pytest.fixture
def real(host: ComfyHost) -> ComfyHost:
    """A ComfyUI that is not ours."""
    if host.name == SIMULATED.name:
        pytest.skip("COMFYUI_ROOT names no ComfyUI to compare the simulator with")
    return host


@pytest.mark.parametrize("kind", ["flux", "hunyuan-video", "wan", "sd3", "hidream"])
def test_wrappers_see_the_same(real: ComfyHost, kind: str) -> None:
    if kind not in real.kinds:
        pytest.skip(f"{real.name} has no tiny {kind}")
    is_video = kind in ("hunyuan-video", "wan")
    compared = 0
    for name, run in RUNS.items():
        is_sampler = name == run.sampler
        if (is_sampler and name not in real.can) or (run.windows and not is_video):
            continue
        assert facts(spied(kind, run, real)) == facts(spied(kind, run)), name
        compared += 1
    assert compared > 15


def facts(spy: Spy) -> dict[str, Any]:
    """What of a run does not depend on the network's numbers. Prompts are numbered as they come."""
    numbers: dict[object, int] = {}
    return {
        "wrappers": spy.entered,
        "sigmas in the schedule": len(spy.args["outer_sample"][0][3]),
        "conditions": [options["cond_or_uncond"] for options in spy.options],
        "prompts": [
            [numbers.setdefault(each, len(numbers)) for each in options["uuids"]]
            for options in spy.options
        ],
        "rows": [args[0].shape[0] for args in spy.args["apply_model"]],
        "sigma's shape": [tuple(options["sigmas"].shape) for options in spy.options],
        "in a window": ["context_window" in options for options in spy.options],
    }
