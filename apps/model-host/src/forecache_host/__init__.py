"""The Python model host: serves a Diffusers transformer over `model_host.proto`."""

__version__ = "0.1.0"
