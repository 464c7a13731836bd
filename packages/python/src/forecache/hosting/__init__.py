"""What every host with torch shares: the sites of a transformer, decisions, statistics.

Nothing here knows Diffusers or ComfyUI: these bring the layouts of their model classes and say
which call of which run is made.
"""
