"""Presets made in ComfyUI: runs of a guider, recorded and made again with forecasts."""
