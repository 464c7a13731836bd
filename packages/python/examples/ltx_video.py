"""LTX-Video. The paper has no setting for it: compare with a run in full."""

import torch
from diffusers import LTXPipeline
from diffusers.utils import export_to_video

import forecache

pipe = LTXPipeline.from_pretrained("Lightricks/LTX-Video", torch_dtype=torch.bfloat16)
pipe.to("cuda")
forecache.enable(pipe, policy="taylorseer", interval=4, order=1)

video = pipe(
    prompt="A sailing boat on a calm sea at sunrise, waves breaking gently at the bow",
    negative_prompt="worst quality, inconsistent motion, blurry, jittery, distorted",
    width=704,
    height=480,
    num_frames=161,
    num_inference_steps=50,
).frames[0]
export_to_video(video, "ltx-video.mp4", fps=24)
print(forecache.stats(pipe))
