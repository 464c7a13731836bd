"""What users type."""

from __future__ import annotations

import numpy as np
import pytest

from forecache.errors import ForecacheError
from forecache.options import compile_options
from forecache.plan import Granularity, PolicySpec


def test_values_become_the_text_that_the_sidecar_reads():
    given = {
        "interval": 5,
        "order": np.int64(2),
        "threshold": 0.08,
        "small": 1e-05,
        "window": True,
        "motion": False,
        "coefficients": [1, 2.5, -3],
        "step_mask": [1, 1, 0, 1],
        "ratios": np.array([1.0, 0.5]),
        "word": Granularity.HIDDEN,
        "text": "auto",
        "nothing": None,
    }
    assert compile_options("x", given).policy_for(10, 10).options == {
        "interval": "5",
        "order": "2",
        "threshold": "0.08",
        "small": "1e-05",
        "window": "on",
        "motion": "off",
        "coefficients": "1,2.5,-3",
        "step_mask": "1101",
        "ratios": "1.0,0.5",
        "word": "hidden",
        "text": "auto",
    }


def test_the_defaults_of_diffusers_are_understood():
    given = {
        "cache_interval": 5,
        "disable_cache_before_step": 3,
        "disable_cache_after_step": None,
        "max_order": 1,
        "taylor_factors_dtype": "bfloat16",
        "skip_predict_identifiers": None,
        "cache_identifiers": None,
        "use_lite_mode": False,
    }
    compiled = compile_options("taylorseer", given)
    expected = {"cache_interval": "5", "disable_cache_before_step": "3", "max_order": "1"}
    assert compiled.policy_for(50, 50) == PolicySpec("taylorseer", expected)
    assert compiled.cache_dtype == "bfloat16"


@pytest.mark.parametrize(
    ("given", "steps", "calls", "tail"),
    [
        ({"disable_cache_after_step": 45}, 50, 50, "5"),
        ({"disable_cache_after_step": 50}, 50, 50, "0"),
        ({"disable_cache_after_step": 99}, 50, 50, "0"),
        # Heun: 4 steps make 7 calls, step 2 begins with call 4.
        ({"disable_cache_after_step": 2}, 4, 7, "3"),
        ({"last_enhance": 6}, 4, 7, "1"),
        ({"tail": 2}, 4, 7, "2"),
    ],
)
def test_the_end_of_a_run_is_counted_from_its_calls(given, steps, calls, tail):
    assert compile_options("fora", given).policy_for(steps, calls).options == {"tail": tail}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"tail": 1, "disable_cache_after_step": 4},
            "tail and disable_cache_after_step are the same option: give one of them",
        ),
        (
            {"cache_dtype": "a", "taylor_factors_dtype": "b"},
            "cache_dtype and taylor_factors_dtype are the same option: give one of them",
        ),
        (
            {"use_lite_mode": True},
            "use_lite_mode means nothing to forecache: the last block's output alone is "
            "granularity='hidden'",
        ),
        (
            {"cache_identifiers": ["a"]},
            "cache_identifiers means nothing to forecache: sites are chosen by granularity",
        ),
        (
            {"disable_cache_after_step": -2},
            "disable_cache_after_step must be an integer >= 0, got -2",
        ),
        (
            {"interval": {}},
            "interval must be a text, a number, True, False or a list of numbers, got {}",
        ),
    ],
)
def test_what_cannot_mean_anything_is_an_error(given, message):
    with pytest.raises(ForecacheError) as caught:
        compile_options("taylorseer", given)
    assert str(caught.value) == message


def test_fewer_steps_belongs_to_the_pipeline():
    with pytest.raises(ForecacheError) as caught:
        compile_options("fewer-steps", {"steps": 10})
    assert str(caught.value) == (
        "policy must be one that a pipeline's own steps leave room for, got fewer-steps: "
        "give the pipeline fewer num_inference_steps"
    )
