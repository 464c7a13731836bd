"""The node that says who decides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from comfy_api.latest import io

from forecache.errors import ForecacheError
from forecache_comfyui.nodes.advanced_inputs import SIDECAR_TYPE
from forecache_comfyui.nodes.inputs import CATEGORY
from forecache_comfyui.nodes.sources import SidecarChoice, source_for

_ADDRESS = (
    "unix:/path or host:port of a running `forecache serve`. Empty: the environment variable "
    "FORECACHE_SIDECAR, else the default socket if a sidecar answers there. None is ever started."
)
_PLAN = (
    "A file that `forecache plan --json` wrote, for exactly the number of evaluations of the "
    "sampler. It decides alone: no sidecar is needed, and policy, interval and order do not count."
)
_DEADLINE = (
    "Milliseconds to wait for one decision, after which the rest of the run is computed. Default "
    "50. Policies with an interval ask once a run only."
)
_TLS = "PEM file for a connection with TLS: {}. Default none; all three empty is no TLS."


class ForecacheSidecar(io.ComfyNode):  # type: ignore[misc] # ComfyUI has no types
    """Address, plan file, patience and TLS files."""

    @classmethod
    def define_schema(cls) -> Any:
        """What ComfyUI shows."""
        return io.Schema(
            node_id="ForecacheSidecar",
            display_name="Forecache Sidecar",
            category=CATEGORY,
            description="Which sidecar, or which plan file, decides for a Forecache (Advanced) "
            "node. No picture ever goes there: a few numbers do.",
            inputs=[
                io.String.Input("address", default="", tooltip=_ADDRESS),
                io.String.Input("plan_file", default="", tooltip=_PLAN),
                io.Int.Input("deadline_ms", default=50, min=1, max=60000, tooltip=_DEADLINE),
                *_tls_inputs(),
            ],
            outputs=[io.Custom(SIDECAR_TYPE).Output("sidecar", display_name="sidecar")],
        )

    @classmethod
    def fingerprint_inputs(cls, plan_file: str, **_others: Any) -> float:
        """A plan file that was written anew counts as another one."""
        try:
            return Path(plan_file).expanduser().stat().st_mtime if plan_file else 0.0
        except OSError:
            return 0.0

    @classmethod
    def execute(
        cls,
        address: str,
        plan_file: str,
        deadline_ms: int,
        tls_root: str,
        tls_certificate: str,
        tls_key: str,
    ) -> Any:
        """Checks addresses and files here, where the mistake is shown on the node."""
        choice = SidecarChoice(
            address=address.strip(),
            plan_file=plan_file.strip(),
            deadline_ms=deadline_ms,
            tls_root=tls_root.strip(),
            tls_certificate=tls_certificate.strip(),
            tls_key=tls_key.strip(),
        )
        if choice.plan_file and choice.tls is not None:
            raise ForecacheError("plan_file needs no TLS files: nothing is connected")
        source_for(choice)
        return io.NodeOutput(choice)


def _tls_inputs() -> list[Any]:
    meanings = {
        "tls_root": "certificates that sign the sidecar's",
        "tls_certificate": "this client's certificate, together with its key",
        "tls_key": "this client's key",
    }
    return [
        io.String.Input(name, default="", tooltip=_TLS.format(meaning))
        for name, meaning in meanings.items()
    ]
