"""FLUX.1-dev at the paper's interval and order for it (Table 1): 12 of 50 calls in full."""

import torch
from diffusers import FluxPipeline

import forecache

pipe = FluxPipeline.from_pretrained("black-forest-labs/FLUX.1-dev", torch_dtype=torch.bfloat16)
pipe.to("cuda")
forecache.enable(pipe, policy="taylorseer", interval=5, order=2)

prompt = "A lighthouse on a cliff at dusk, oil painting"
image = pipe(prompt, num_inference_steps=50, generator=torch.manual_seed(0)).images[0]
image.save("flux.png")
print(forecache.stats(pipe))
