"""Which evaluations a ComfyUI sampler makes, and whether it keeps to that."""

from __future__ import annotations

import itertools
from typing import Any

SEVERAL_A_STEP = (
    "heun",
    "heunpp2",
    "exp_heun_2_x0",
    "exp_heun_2_x0_sde",
    "dpm_2",
    "dpm_2_ancestral",
    "dpm_fast",
    "dpm_adaptive",
    "dpmpp_2s_ancestral",
    "dpmpp_2s_ancestral_cfg_pp",
    "dpmpp_sde",
    "dpmpp_sde_gpu",
    "seeds_2",
    "seeds_3",
    "sa_solver_pece",
)
"""ComfyUI's samplers that evaluate the network between the schedule's sigmas, or twice at one."""

STEADY = (
    "euler",
    "euler_cfg_pp",
    "lms",
    "dpmpp_2m",
    "dpmpp_2m_cfg_pp",
    "ipndm",
    "ipndm_v",
    "deis",
    "res_multistep",
    "res_multistep_cfg_pp",
    "gradient_estimation",
    "gradient_estimation_cfg_pp",
    "unipc",
    "unipc_bh2",
)
"""Samplers that evaluate the network once at every sigma but the last."""

NOISY = (
    "euler_ancestral",
    "euler_ancestral_RF",
    "euler_ancestral_cfg_pp",
    "dpmpp_2m_sde",
    "dpmpp_2m_sde_gpu",
    "dpmpp_2m_sde_heun",
    "dpmpp_2m_sde_heun_gpu",
    "dpmpp_3m_sde",
    "dpmpp_3m_sde_gpu",
    "ddpm",
    "lcm",
    "res_multistep_ancestral",
    "res_multistep_ancestral_cfg_pp",
    "er_sde",
    "sa_solver",
)
"""The same with fresh noise between evaluations, which no earlier answer has in it."""

ONE_A_STEP = (*STEADY, *NOISY)
"""Samplers with one evaluation a step."""

PROBATION = 3
"""Evaluations of an unknown sampler that are computed before one is forecast."""

FEWEST_CALLS = 4
"""Shorter runs have nothing to forecast from."""

_TOLERANCE = 1e-3  # relative: some samplers begin at 0.99997 instead of 1


def sampler_name(sampler: Any) -> str:
    """ComfyUI's name of a sampler object: `euler` of a `KSAMPLER` around `sample_euler`."""
    function = getattr(sampler, "sampler_function", None)
    name = getattr(function, "__name__", type(sampler).__name__)
    return str(name).removeprefix("sample_").removesuffix("_function")


class SamplerSchedule:
    """The sigmas of one run; call `i` is the evaluation at `sigmas[i]`.

    sigmas: of the run, on the CPU, one more than calls: the last one is where it ends.
    """

    def __init__(self, sampler: str, sigmas: tuple[float, ...]) -> None:
        self.sampler = sampler
        self.sigmas = sigmas[:-1]

    @property
    def calls(self) -> int:
        """Evaluations of a sampler that makes one a step."""
        return len(self.sigmas)

    @property
    def is_falling(self) -> bool:
        """Whether the sigmas fall from call to call, so that a policy can use them as positions."""
        return all(after < before for before, after in itertools.pairwise(self.sigmas))

    @property
    def refusal(self) -> str | None:
        """Why no run with this sampler and schedule can be forecast, None when it can."""
        if self.sampler in SEVERAL_A_STEP:
            return f"the sampler {self.sampler} evaluates the model several times a step"
        if self.calls < FEWEST_CALLS:
            return f"{self.calls} evaluations are too few: at least {FEWEST_CALLS}"
        return None

    @property
    def noise(self) -> str | None:
        """Why earlier answers of the network say little of the next, None when they do."""
        if self.sampler not in NOISY:
            return None
        return f"the sampler {self.sampler} adds noise between evaluations"

    @property
    def is_known(self) -> bool:
        """Whether the sampler is known to evaluate once a step."""
        return self.sampler in ONE_A_STEP

    def differs_at(self, index: int, sigma: float) -> str | None:
        """How an evaluation departs from the schedule, None when it is the one expected."""
        if index >= self.calls:
            return f"the sampler {self.sampler} makes more evaluations than its schedule has"
        expected = self.sigmas[index]
        if abs(sigma - expected) <= self._tolerance(index):
            return None
        return (
            f"the sampler {self.sampler} evaluates at sigma {sigma:.4g}, "
            f"the schedule has {expected:.4g}"
        )

    def _tolerance(self, index: int) -> float:
        """A thousandth, but never so much that the next sigma would pass for this one."""
        here = self.sigmas[index]
        near = self.sigmas[max(0, index - 1) : index + 2]
        gaps = [abs(each - here) for each in near if each != here]
        return min([_TOLERANCE * abs(here), *(gap / 4 for gap in gaps)]) + 1e-12
