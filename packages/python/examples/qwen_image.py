"""Qwen-Image. The paper has no setting for it: compare with a run in full."""

import torch
from diffusers import QwenImagePipeline

import forecache

pipe = QwenImagePipeline.from_pretrained("Qwen/Qwen-Image", torch_dtype=torch.bfloat16)
pipe.to("cuda")
forecache.enable(pipe, policy="taylorseer", interval=4, order=1)

image = pipe(
    prompt="A bookshop window with a handwritten sign that reads Open",
    negative_prompt=" ",
    true_cfg_scale=4.0,
    num_inference_steps=50,
    generator=torch.manual_seed(0),
).images[0]
image.save("qwen-image.png")
print(forecache.stats(pipe))
