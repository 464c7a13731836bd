"""CogVideoX. The paper has no setting for it: compare with a run in full."""

import torch
from diffusers import CogVideoXPipeline
from diffusers.utils import export_to_video

import forecache

pipe = CogVideoXPipeline.from_pretrained("THUDM/CogVideoX-5b", torch_dtype=torch.bfloat16)
pipe.vae.enable_tiling()
pipe.enable_model_cpu_offload()
forecache.enable(pipe, policy="taylorseer", interval=4, order=1)

prompt = "A panda playing a small guitar in a bamboo forest"
video = pipe(prompt, guidance_scale=6.0, num_inference_steps=50).frames[0]
export_to_video(video, "cogvideox.mp4", fps=8)
print(forecache.stats(pipe))
