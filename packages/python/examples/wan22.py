"""Wan 2.2: each of the two transformers forecasts on its own steps, from its own history."""

import torch
from diffusers import AutoencoderKLWan, WanPipeline
from diffusers.utils import export_to_video

import forecache

model = "Wan-AI/Wan2.2-T2V-A14B-Diffusers"
vae = AutoencoderKLWan.from_pretrained(model, subfolder="vae", torch_dtype=torch.float32)
pipe = WanPipeline.from_pretrained(model, vae=vae, torch_dtype=torch.bfloat16)
pipe.enable_model_cpu_offload()
forecache.enable(pipe, policy="taylorseer", interval=4, order=1)

prompt = "A cat and a dog baking a cake together in a kitchen"
video = pipe(prompt, height=480, width=832, num_frames=81, num_inference_steps=40).frames[0]
export_to_video(video, "wan22.mp4", fps=16)
print(forecache.stats(pipe))
