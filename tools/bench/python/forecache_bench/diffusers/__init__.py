"""forecache in Diffusers beside its peers: Diffusers' own, cache-dit, the authors' recursion."""
