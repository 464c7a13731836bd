"""Stable Diffusion 3.5 medium. The paper has no setting for it: compare with a run in full."""

import torch
from diffusers import StableDiffusion3Pipeline

import forecache

pipe = StableDiffusion3Pipeline.from_pretrained(
    "stabilityai/stable-diffusion-3.5-medium", torch_dtype=torch.bfloat16
)
pipe.to("cuda")
forecache.enable(pipe, policy="taylorseer", interval=3, order=1)

prompt = "A capybara holding a sign that reads Hello World"
image = pipe(prompt, num_inference_steps=40, generator=torch.manual_seed(0)).images[0]
image.save("stable-diffusion-3.png")
print(forecache.stats(pipe))
