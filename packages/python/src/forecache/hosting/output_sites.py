"""The network's result, or its difference to the network's input: nothing of the network is
computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import torch
from torch import Tensor

from forecache.hosting.feature_store import FeatureStore, SiteStore
from forecache.hosting.network_sites import Invocation, LateDecision, StoreOptions
from forecache.hosting.site_work import CallJob, Does, ForecastImpossible, Stores, Work
from forecache.plan import Granularity

Form = Callable[[Tensor], Any]


class OutputSites:
    """`output`: the returned tensor. `change`: the returned tensor minus the first argument, of
    the same shape.
    """

    features = 1

    def __init__(self, granularity: Granularity, input_name: str) -> None:
        self.granularity = granularity
        self.groups: tuple[str, ...] = (granularity.value,)
        self._input = input_name
        # By `return_dict`: a pipeline and its callback may ask for different answers.
        self._forms: dict[object, Form] = {}
        self._dtype = torch.float32

    def refusal(self, _arguments: Mapping[str, Any]) -> str | None:
        """Nothing inside is touched, so nothing is refused."""
        return None

    def stores(self, options: StoreOptions) -> Stores:
        """One history of one feature."""
        store = FeatureStore(1, options.slots, dtype=options.dtype, place=options.place)
        return {self.groups[0]: [store]}

    def run(self, call: Invocation, job: CallJob, work: Work | LateDecision) -> Any:
        """Computes and stores, or forecasts without the network."""
        if isinstance(work, LateDecision):
            raise ForecastImpossible(f"{self.groups[0]} is decided before the network is called")
        wanted = work[self.groups[0]]
        store = job.stores[self.groups[0]][0]
        if wanted.does is Does.FORECAST:
            try:
                return self._form(job)(self._forecast(store, wanted.weights, job))
            except Exception as error:
                raise ForecastImpossible(f"{type(error).__name__}: {error}") from error
        output = call()
        if wanted.does is Does.STORE:
            try:
                self._record(store, output, job)
            except Exception as error:
                store.abort()
                job.trouble = f"features were not stored: {error}"
        return output

    def _forecast(self, store: SiteStore, weights: tuple[float, ...], job: CallJob) -> Tensor:
        if self.granularity is Granularity.OUTPUT:
            return store.history.forecast(0, weights)
        change = store.forecast(0, weights, like=torch.empty(0, dtype=torch.float32))
        forecast: Tensor = job.arguments[self._input].float() + change
        return forecast.to(self._dtype)

    def _record(self, store: SiteStore, output: Any, job: CallJob) -> None:
        tensor = only_tensor(output)
        feature = tensor
        if self.granularity is Granularity.CHANGE:
            given = job.arguments[self._input]
            if given.shape != tensor.shape:
                shapes = f"{list(given.shape)} and {list(tensor.shape)}"
                raise ForecastImpossible(
                    f"change needs input and output of one shape, got {shapes}"
                )
            feature = tensor.float() - given.float()
        store.begin(job.index)
        store.write(0, feature, tensor.dtype)
        store.commit()
        self._forms[job.arguments.get("return_dict", True)] = _form_of(output)
        self._dtype = tensor.dtype
        job.samples.append((self.groups[0], feature))

    def _form(self, job: CallJob) -> Form:
        form = self._forms.get(job.arguments.get("return_dict", True))
        if form is None:
            raise ForecastImpossible("no call has answered in this form yet")
        return form


def only_tensor(output: Any) -> Tensor:
    """The one tensor of a transformer's answer. Raises ForecastImpossible for any other answer."""
    values = [output]
    if is_dataclass(output) and not isinstance(output, type):
        values = [getattr(output, each.name) for each in fields(output)]
    elif isinstance(output, tuple | list):
        values = list(output)
    present = [value for value in values if value is not None]
    if len(present) != 1 or not isinstance(present[0], Tensor):
        raise ForecastImpossible(f"the output must be one tensor, got {type(output).__name__}")
    tensor: Tensor = present[0]
    return tensor


def _form_of(output: Any) -> Form:
    """How an answer is made from its tensor."""
    if isinstance(output, Tensor):
        return lambda tensor: tensor
    if isinstance(output, tuple | list):
        kind = type(output)
        return lambda tensor: kind([tensor])
    kind = type(output)
    name = next(each.name for each in fields(output) if getattr(output, each.name) is not None)
    return lambda tensor: kind(**{name: tensor})
