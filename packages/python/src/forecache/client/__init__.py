"""Where plans come from: a sidecar over gRPC, or a plan file."""

from forecache.client.connection import TlsFiles
from forecache.client.find_sidecar import NoSource, find_sidecar
from forecache.client.plan_file import PlanFileSource
from forecache.client.sidecar_source import SidecarSource

__all__ = ["NoSource", "PlanFileSource", "SidecarSource", "TlsFiles", "find_sidecar"]
