"""The streams of a run: who has features, and of which prompts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from forecache.hosting.branch_state import BranchState
from forecache.hosting.planned_run import PlannedRun
from forecache.hosting.site_work import CallStores
from forecache_comfyui.network_call import StreamKey
from forecache_comfyui.run_opening import BRANCH
from forecache_comfyui.stream_store import StreamStore


class Streams:
    """The streams that took part in the newest evaluation."""

    def __init__(self) -> None:
        self._known: dict[StreamKey, BranchState] = {}
        self._errors: list[float] = []

    @property
    def byte_length(self) -> int:
        """Bytes of history held."""
        return sum(stream.byte_length for stream in self._known.values())

    def of(self, planned: PlannedRun, key: StreamKey) -> BranchState:
        """The stream of this key, with empty histories when it is new."""
        known = self._known.get(key)
        return known or BranchState(BRANCH, planned.sites.stores(planned.store_options))

    def of_prompts(self, prompts: frozenset[object] | None) -> dict[StreamKey, BranchState]:
        """The streams that these prompts had in the evaluation before; None: all."""
        return {
            key: stream
            for key, stream in self._known.items()
            if prompts is None or key.prompt in prompts
        }

    def keep(self, touched: Mapping[StreamKey, BranchState]) -> None:
        """An evaluation is over. Streams that took no part are let go: their prompt is over."""
        self._let_go(self._known.keys() - touched.keys())
        self._known.update(touched)

    def release(self) -> None:
        """Lets go of all features."""
        self._let_go(list(self._known))

    def take_errors(self) -> list[float]:
        """The forecast errors measured since the last time. Waits for the device."""
        errors, self._errors = self._errors, []
        return errors + [error for stream in self._known.values() for error in stream.errors.take()]

    def _let_go(self, keys: Iterable[StreamKey]) -> None:
        for key in keys:
            stream = self._known.pop(key)
            self._errors += stream.errors.take()
            for stores in stream.stores.values():
                for store in stores:
                    store.reset()


def together(streams: Sequence[BranchState]) -> CallStores:
    """The histories of the streams of one network call, by group of sites."""
    first = streams[0].stores
    return {
        group: [
            StreamStore([stream.stores[group][index] for stream in streams])
            for index in range(len(stores))
        ]
        for group, stores in first.items()
    }
