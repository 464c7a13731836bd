"""The words of `forecache.plan` and the constants of the proto enums, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Generic, TypeVar

from forecache._generated.forecache.v1 import cache_pb2, plan_pb2
from forecache.client.malformed import MalformedAnswerError
from forecache.plan import ActionKind, Granularity, ProbeKind, RunOutcome

Word = TypeVar("Word", bound=Enum)


class EnumWords(Generic[Word]):
    """A proto enum in our words.

    unspecified: the word of a field that was not set; None rejects such a field.
    """

    def __init__(self, constants: Mapping[Word, int], unspecified: Word | None = None) -> None:
        self._constants = dict(constants)
        self._words = {constant: word for word, constant in constants.items()}
        if unspecified is not None:
            self._words[0] = unspecified

    def encode(self, word: Word) -> int:
        """The constant of a word."""
        return self._constants[word]

    def decode(self, constant: int, name: str) -> Word:
        """The word of a constant. Raises MalformedAnswerError for one that nobody knows."""
        word = self._words.get(constant)
        if word is None:
            raise MalformedAnswerError(name, "a constant of forecache.v1", constant)
        return word


ACTION_KINDS = EnumWords(
    {
        ActionKind.FULL: plan_pb2.ACTION_KIND_FULL,
        ActionKind.FORECAST: plan_pb2.ACTION_KIND_FORECAST,
        ActionKind.REUSE: plan_pb2.ACTION_KIND_REUSE,
        ActionKind.PARTIAL: plan_pb2.ACTION_KIND_PARTIAL,
    },
    unspecified=ActionKind.FULL,
)

GRANULARITIES = EnumWords(
    {
        Granularity.MODULE: plan_pb2.GRANULARITY_MODULE,
        Granularity.BLOCK: plan_pb2.GRANULARITY_BLOCK,
        Granularity.RESIDUAL: plan_pb2.GRANULARITY_RESIDUAL,
        Granularity.HIDDEN: plan_pb2.GRANULARITY_HIDDEN,
        Granularity.OUTPUT: plan_pb2.GRANULARITY_OUTPUT,
        Granularity.CHANGE: plan_pb2.GRANULARITY_CHANGE,
    }
)

PROBE_KINDS = EnumWords(
    {
        ProbeKind.MODULATED_INPUT_CHANGE: plan_pb2.PROBE_KIND_MODULATED_INPUT_CHANGE,
        ProbeKind.CONDITIONING_CHANGE: plan_pb2.PROBE_KIND_CONDITIONING_CHANGE,
        ProbeKind.INPUT_CHANGE: plan_pb2.PROBE_KIND_INPUT_CHANGE,
        ProbeKind.FIRST_BLOCKS_CHANGE: plan_pb2.PROBE_KIND_FIRST_BLOCKS_CHANGE,
        ProbeKind.OUTPUT_RATE: plan_pb2.PROBE_KIND_OUTPUT_RATE,
        ProbeKind.FEATURE_CHANGE: plan_pb2.PROBE_KIND_FEATURE_CHANGE,
        ProbeKind.FEATURE_MOTION: plan_pb2.PROBE_KIND_FEATURE_MOTION,
        ProbeKind.FEATURE_GRAM: plan_pb2.PROBE_KIND_FEATURE_GRAM,
    }
)

RUN_OUTCOMES = EnumWords(
    {
        RunOutcome.OK: cache_pb2.RUN_OUTCOME_OK,
        RunOutcome.INTERRUPTED: cache_pb2.RUN_OUTCOME_INTERRUPTED,
        RunOutcome.ERROR: cache_pb2.RUN_OUTCOME_ERROR,
    }
)

TOKEN_SCORES: Mapping[int, str] = {
    plan_pb2.TOKEN_SCORE_UNSPECIFIED: "influence",
    plan_pb2.TOKEN_SCORE_INFLUENCE: "influence",
    plan_pb2.TOKEN_SCORE_VALUE_NORM: "value-norm",
    plan_pb2.TOKEN_SCORE_RANDOM: "random",
}
"""`TokenCache.score` by constant."""

SITE_KINDS: Mapping[str, plan_pb2.SiteKind.ValueType] = {
    "attention": plan_pb2.SITE_KIND_ATTENTION,
    "cross-attention": plan_pb2.SITE_KIND_CROSS_ATTENTION,
    "mlp": plan_pb2.SITE_KIND_MLP,
    "single": plan_pb2.SITE_KIND_SINGLE,
}
"""The constant of `SiteShape.kind`."""
