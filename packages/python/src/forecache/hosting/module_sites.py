"""Every branch of every block: the paper's granularity.

head input = P + sum_s gate_s * (sum_j w_j F_js)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from forecache.errors import ForecacheError
from forecache.hosting.feature_store import SiteStore
from forecache.hosting.layout import Branch
from forecache.hosting.site_work import Applier, CallJob, Recorder
from forecache.hosting.structure import BlockCall, Structure

MODULE = "module"


class ModuleRecorder(Recorder):
    """Stores the branches' outputs before their gates, by forward hooks that live as long as their
    block's call.
    """

    def __init__(self, structure: Structure, store: SiteStore, job: CallJob) -> None:
        self._store, self._job = store, job
        self._next = 0
        self._handles: list[Any] = []
        self._error: Exception | None = None
        self._sites = structure.sites
        store.begin(job.index)

    def enter(self, call: BlockCall) -> None:
        for offset, branch in enumerate(call.place.branches):
            module = call.place.block.get_submodule(branch.module)
            hook = self._hook(self._next + offset, branch, call)
            self._handles.append(module.register_forward_hook(hook))

    def leave(self, call: BlockCall, output: Any) -> None:
        self._detach()
        self._next += len(call.place.branches)
        if self._error is not None:
            raise self._error

    def commit(self) -> None:
        if self._next != self._sites:
            raise ForecacheError(f"sites must all be computed ({self._sites}), got {self._next}")
        self._store.commit()

    def abort(self) -> None:
        self._detach()
        self._store.abort()

    def _hook(
        self, site: int, branch: Branch, call: BlockCall
    ) -> Callable[[nn.Module, Any, Any], None]:
        def store(_module: nn.Module, _args: Any, output: Any) -> None:
            # Inside the user's block: what fails here is told when the block is done.
            try:
                feature = branch.select(output, call.arguments)
                self._store.write(site, feature, feature.dtype)
                if site == 0:
                    self._job.samples.append((MODULE, feature))
            except Exception as error:
                self._error = error

        return store

    def _detach(self) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles.clear()


class ModuleApplier(Applier):
    """One gated sum at the head. Gates come from the run's table, else from what the blocks are
    given.
    """

    def __init__(
        self,
        structure: Structure,
        store: SiteStore,
        weights: tuple[float, ...],
        gates: Any = None,
    ) -> None:
        self._layout = structure.layout
        self._store, self._weights = store, weights
        self._gates = gates
        self._own: list[Tensor | None] = []

    def skips(self, call: BlockCall) -> bool:
        if self._gates is None:
            block = call.place.block
            assert self._layout.block_modulation is not None
            modulation = self._layout.block_modulation(block, call.arguments)
            self._own += self._layout.gates(block, modulation)
        return True

    def head(self, hidden: Tensor) -> Tensor:
        gates = self._own if self._gates is None else self._gates
        tokens = hidden.flatten(1, -2)
        return self._store.history.gated_sum(self._weights, gates, tokens).view(hidden.shape)
