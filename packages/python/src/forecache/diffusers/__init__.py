"""The hook for Diffusers: pipelines and transformers that skip computation."""

from forecache.diffusers.enabling import disable, enable, enabled, stats
from forecache.diffusers.handle import Handle
from forecache.hosting.statistics import Statistics

__all__ = ["Handle", "Statistics", "disable", "enable", "enabled", "stats"]
