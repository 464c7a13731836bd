"""What the nodes hand to the engine."""

from __future__ import annotations

import pytest
from fake_sources import NobodySource

from forecache.errors import ForecacheError
from forecache_comfyui.settings import compile_node_settings


@pytest.mark.parametrize("percents", [(0.5, 0.5), (-0.1, 1.0), (0.2, 1.1), (0.9, 0.1)])
def test_percents_are_in_order(percents: tuple[float, float]) -> None:
    with pytest.raises(ForecacheError) as caught:
        compile_node_settings("fora", {}, NobodySource(), percents=percents)
    start, end = percents
    assert str(caught.value) == (
        f"start_percent and end_percent must be 0 <= start < end <= 1, got {start} and {end}"
    )


def test_an_unknown_granularity_is_named() -> None:
    with pytest.raises(ForecacheError, match=r"granularity must be one of .*, got 'layer'"):
        compile_node_settings("fora", {}, NobodySource(), granularity="layer")


def test_the_mask_of_the_percents_joins_the_users() -> None:
    settings = compile_node_settings("fora", {"step_mask": "0010"}, NobodySource())
    spec = settings.policy_for(4, (True, False, False, False))
    assert spec.options == {"step_mask": "1010"}
    assert settings.policy_for(4, (False,) * 4).options == {"step_mask": "0010"}


def test_a_mask_of_another_length_is_left_to_the_sidecar() -> None:
    settings = compile_node_settings("fora", {"step_mask": "01"}, NobodySource())
    assert settings.policy_for(4, (True,) * 4).options == {"step_mask": "01"}
