"""Wan 2.1 with the interval and order that TaylorSeer's authors release for it."""

import torch
from diffusers import AutoencoderKLWan, WanPipeline
from diffusers.utils import export_to_video

import forecache

model = "Wan-AI/Wan2.1-T2V-1.3B-Diffusers"
vae = AutoencoderKLWan.from_pretrained(model, subfolder="vae", torch_dtype=torch.float32)
pipe = WanPipeline.from_pretrained(model, vae=vae, torch_dtype=torch.bfloat16)
pipe.to("cuda")
forecache.enable(pipe, policy="taylorseer", interval=5, order=1)

prompt = "A cat and a dog baking a cake together in a kitchen"
video = pipe(prompt, height=480, width=832, num_frames=81, num_inference_steps=50).frames[0]
export_to_video(video, "wan21.mp4", fps=16)
print(forecache.stats(pipe))
