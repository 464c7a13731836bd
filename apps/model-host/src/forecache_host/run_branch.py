"""The branches of a run, checked against the network, with their conditioning on its device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from forecache_host.host_error import invalid_argument
from forecache_host.network import Network
from forecache_host.requests import BeginRun, BranchRequest
from forecache_host.segmented_call import SegmentedCall
from forecache_host.setup_checks import assert_integer, assert_run_setup
from forecache_host.tensor_type import assert_same_type
from forecache_host.token_cache import TokenCaches
from forecache_host.transfer import Transfer

MAX_BATCH = 256
"""Largest batch of a branch."""

MAX_CALLS = 10_000
"""Largest number of calls of a run."""


@dataclass
class RunBranch:
    """One guidance stream. `current`: the call whose `embed` came last. `tokens`: None where
    nothing is cached.
    """

    name: str
    batch: int
    conditioning: Mapping[str, Tensor]
    current: SegmentedCall | None = None
    tokens: TokenCaches | None = None


def open_branches(request: BeginRun, network: Network, transfer: Transfer) -> dict[str, RunBranch]:
    """Checks a run's request and fetches its conditioning."""
    assert_run_setup(request.setup, network.description)
    network.assert_setup(request.setup)
    assert_integer("timesteps.length", len(request.timesteps), 1, MAX_CALLS)
    branches = {}
    for index, branch in enumerate(request.branches):
        name = f"branches[{index}]"
        assert_integer(f"{name}.batch", branch.batch, 1, MAX_BATCH)
        tensors = _conditioning(branch, f"{name}.tensors", network, transfer)
        branches[branch.branch] = RunBranch(branch.branch, branch.batch, tensors)
    return branches


def _conditioning(
    branch: BranchRequest, name: str, network: Network, transfer: Transfer
) -> Mapping[str, Tensor]:
    wanted = network.description.conditioning
    given = [tensor_name for tensor_name, _ in branch.tensors]
    names = [tensor_name for tensor_name, _ in wanted]
    if given != names:
        rule = f"exactly {len(names)}, in this order: {', '.join(names)}"
        raise invalid_argument(name, rule, given)
    tensors = {}
    for index, (tensor_name, tensor) in enumerate(branch.tensors):
        path = f"{name}[{index}].tensor"
        assert_same_type(path, wanted[index][1].with_batch(branch.batch), tensor.type)
        tensors[tensor_name] = transfer.resolve(tensor, path)
    network.assert_conditioning(name, tensors)
    return tensors
