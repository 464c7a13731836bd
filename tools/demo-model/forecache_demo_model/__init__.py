"""Training and export of the embedded demo model, a small diffusion transformer."""
