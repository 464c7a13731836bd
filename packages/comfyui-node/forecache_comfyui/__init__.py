"""forecache for ComfyUI: the engine behind the nodes. `nodes` is what ComfyUI loads."""
