"""PixArt-alpha, 20 steps. The paper has no setting for it: compare with a run in full."""

import torch
from diffusers import PixArtAlphaPipeline

import forecache

pipe = PixArtAlphaPipeline.from_pretrained(
    "PixArt-alpha/PixArt-XL-2-1024-MS", torch_dtype=torch.float16
)
pipe.to("cuda")
forecache.enable(pipe, policy="taylorseer", interval=3, order=1)

prompt = "A small cactus with a happy face in the Sahara desert"
image = pipe(prompt, num_inference_steps=20, generator=torch.manual_seed(0)).images[0]
image.save("pixart.png")
print(forecache.stats(pipe))
