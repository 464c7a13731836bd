"""The nodes as ComfyUI shows them, and what they share."""
