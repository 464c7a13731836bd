"""Feature history, forecasts and gated sums on the model's own device."""

from forecache.torch.feature_memory import Place, cache_bytes
from forecache.torch.gated_sum import Gates
from forecache.torch.history import FeatureHistory
from forecache.torch.weight_table import WeightRow, Weights, WeightTable

__all__ = [
    "FeatureHistory",
    "Gates",
    "Place",
    "WeightRow",
    "WeightTable",
    "Weights",
    "cache_bytes",
]
