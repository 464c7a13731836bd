"""HunyuanVideo at the paper's interval and order for it (Table 2): 10 of 50 calls in full."""

import torch
from diffusers import HunyuanVideoPipeline, HunyuanVideoTransformer3DModel
from diffusers.utils import export_to_video

import forecache

model = "hunyuanvideo-community/HunyuanVideo"
transformer = HunyuanVideoTransformer3DModel.from_pretrained(
    model, subfolder="transformer", torch_dtype=torch.bfloat16
)
pipe = HunyuanVideoPipeline.from_pretrained(
    model, transformer=transformer, torch_dtype=torch.float16
)
pipe.vae.enable_tiling()
pipe.to("cuda")
forecache.enable(pipe, policy="taylorseer", interval=5, order=1, warmup=1)

prompt = "A cat walks on the grass, realistic"
video = pipe(prompt, height=480, width=640, num_frames=65, num_inference_steps=50).frames[0]
export_to_video(video, "hunyuan-video.mp4", fps=15)
print(forecache.stats(pipe))
