"""One module's feature of one call, for a policy that decides from how it changes."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from forecache.errors import ForecacheError
from forecache.hosting.layout import Branch
from forecache.hosting.site_work import Recorder
from forecache.hosting.structure import BlockCall, BlockPlace


class FeatureWatch(Recorder):
    """Copies the output of one branch by a forward hook that lives as long as its block's call.

    feature: the copy, once the call is committed; None before.
    """

    def __init__(self, place: BlockPlace, branch: Branch) -> None:
        self._index, self._branch = place.index, branch
        self._handle: Any = None
        self._seen: Tensor | None = None
        self._error: Exception | None = None
        self.feature: Tensor | None = None

    def enter(self, call: BlockCall) -> None:
        if call.place.index != self._index:
            return

        def keep(_module: nn.Module, _args: Any, output: Any) -> None:
            # Inside the user's block: what fails here is told when the block is done.
            try:
                self._seen = self._branch.select(output, call.arguments).detach().clone()
            except Exception as error:
                self._error = error

        module = call.place.block.get_submodule(self._branch.module)
        self._handle = module.register_forward_hook(keep)

    def leave(self, call: BlockCall, output: Any) -> None:
        self._detach()
        if self._error is not None:
            raise self._error

    def commit(self) -> None:
        if self._seen is None:
            raise ForecacheError(f"{self._branch.module} must be called by its block, it was not")
        self.feature = self._seen

    def abort(self) -> None:
        self._detach()
        self.feature = self._seen = None

    def _detach(self) -> None:
        if self._handle is not None:
            self._handle.remove()
            self._handle = None
