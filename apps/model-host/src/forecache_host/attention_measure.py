"""What an attention measures of its tokens for ToCa and DuCa."""

from __future__ import annotations

import torch
from diffusers.models.attention_processor import Attention
from torch import Tensor

QUERIES_AT_ONCE = 1024
"""Rows of an attention map that are in memory at one time."""


def attention_measure(attention: Attention, tokens: Tensor, measure: str) -> Tensor:
    """`[batch, tokens]` in float32.

    `influence`: the attention that a token receives, the mean over heads and queries of the
    softmax; sums to 1 over the tokens (ToCa, arXiv 2410.05317, eq. 5). `value-norm`: the mean over
    heads of its value's L2 norm (DuCa, arXiv 2412.18911). The attention itself is computed
    elsewhere, with its own kernel: its bits do not change because somebody measures.
    """
    if measure == "value-norm":
        norms: Tensor = _heads(attention, attention.to_v(tokens)).float().norm(dim=-1)
        return norms.mean(dim=1)
    query = _heads(attention, attention.to_q(tokens))
    key = _heads(attention, attention.to_k(tokens))
    query = query if attention.norm_q is None else attention.norm_q(query)
    key = key if attention.norm_k is None else attention.norm_k(key)
    return _received(query.float() * query.shape[-1] ** -0.5, key.float())


def _received(query: Tensor, key: Tensor) -> Tensor:
    batch, heads, count, _ = query.shape
    received = torch.zeros(batch, key.shape[2], device=key.device)
    for part in torch.split(query, QUERIES_AT_ONCE, dim=2):
        weights = (part @ key.transpose(-1, -2)).softmax(dim=-1)
        received += weights.sum(dim=(1, 2))
    return received / (heads * count)


def _heads(attention: Attention, projected: Tensor) -> Tensor:
    """`[batch, heads, tokens, width of a head]`"""
    batch, tokens, width = projected.shape
    heads: int = attention.heads
    return projected.reshape(batch, tokens, heads, width // heads).transpose(1, 2)
