"""CALC_COND_BATCH: from the prompts of an evaluation to calls of the network."""

from __future__ import annotations

from typing import Any

import torch
from prompts import Entry, can_share, cut, entry
from torch import Tensor
from wrapper_executor import WrapperExecutor, WrappersMP, copied, wrappers_in

Conds = list[list[dict[str, Any]] | None]


def calc_cond_batch(
    model: Any, conds: Conds, x_in: Tensor, timestep: Tensor, model_options: dict[str, Any]
) -> list[Tensor]:
    """x0 of every condition; window by window where there are context windows."""
    windows = model_options.get("context_handler")
    if windows is None or not windows.should_use_context(x_in):
        return wrapped(model, conds, x_in, timestep, model_options)
    answer: list[Tensor] = windows.execute(wrapped, model, conds, x_in, timestep, model_options)
    return answer


def wrapped(
    model: Any, conds: Conds, x_in: Tensor, timestep: Tensor, model_options: dict[str, Any]
) -> list[Tensor]:
    """The same for the whole latent or one window of it, inside the wrappers."""
    wrappers = wrappers_in(model_options["transformer_options"], WrappersMP.CALC_COND_BATCH)
    executor = WrapperExecutor(_calc_cond_batch, None, wrappers)
    answer: list[Tensor] = executor.execute(model, conds, x_in, timestep, model_options)
    return answer


def _calc_cond_batch(
    model: Any, conds: Conds, x_in: Tensor, timestep: Tensor, model_options: dict[str, Any]
) -> list[Tensor]:
    sums = [torch.zeros_like(x_in) for _ in conds]
    counts = [torch.full_like(x_in, 1e-37) for _ in conds]
    waiting = [
        (asked, index)
        for index, part in enumerate(conds)
        for cond in part or ()
        if (asked := entry(cond, x_in, timestep)) is not None
    ]
    while waiting:
        first = waiting[0][0]
        # The newest comes first in a batch: [1, 0] for a positive and a negative prompt.
        batch = [each for each in waiting if can_share(each[0], first)][::-1]
        if not model.has_memory:
            batch = batch[:1]
        waiting = [each for each in waiting if all(each is not taken for taken in batch)]
        for (asked, index), x0 in zip(
            batch, _call(model, batch, timestep, model_options), strict=True
        ):
            for total, more in ((sums[index], x0), (counts[index], torch.ones_like(x0))):
                part = total if asked.area is None else cut(total, asked.area)
                part += more
    return [total / count for total, count in zip(sums, counts, strict=True)]


def _call(
    model: Any,
    batch: list[tuple[Entry, int]],
    timestep: Tensor,
    model_options: dict[str, Any],
) -> tuple[Tensor, ...]:
    """One call of the network with the rows of several prompts."""
    entries = [asked for asked, _index in batch]
    options = copied(model_options["transformer_options"])
    options["cond_or_uncond"] = [index for _asked, index in batch]
    options["uuids"] = [asked.prompt for asked in entries]
    options["sigmas"] = timestep
    x = torch.cat([asked.x for asked in entries])
    sigma = torch.cat([timestep] * len(batch))
    c: dict[str, Any] = {
        name: torch.cat([asked.inputs[name] for asked in entries]) for name in entries[0].inputs
    }
    c["transformer_options"] = options
    control = entries[0].control
    if control is not None:
        c["control"] = control.get_control(x, sigma, c, len(batch), options)
    around = model_options.get("model_function_wrapper")
    if around is None:
        x0 = model.apply_model(x, sigma, **c)
    else:
        given = {"input": x, "timestep": sigma, "c": c}
        x0 = around(model.apply_model, {**given, "cond_or_uncond": options["cond_or_uncond"]})
    chunks: tuple[Tensor, ...] = x0.chunk(len(batch))
    return chunks
