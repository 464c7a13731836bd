"""FramePack: every section of the video is a run of its own, with its own warm-up.

Interval and order are those that TaylorSeer's authors recommend for it.
"""

import torch
from diffusers import HunyuanVideoFramepackPipeline, HunyuanVideoFramepackTransformer3DModel
from diffusers.utils import export_to_video, load_image
from transformers import SiglipImageProcessor, SiglipVisionModel

import forecache

redux = "lllyasviel/flux_redux_bfl"
pipe = HunyuanVideoFramepackPipeline.from_pretrained(
    "hunyuanvideo-community/HunyuanVideo",
    transformer=HunyuanVideoFramepackTransformer3DModel.from_pretrained(
        "lllyasviel/FramePackI2V_HY", torch_dtype=torch.bfloat16
    ),
    feature_extractor=SiglipImageProcessor.from_pretrained(redux, subfolder="feature_extractor"),
    image_encoder=SiglipVisionModel.from_pretrained(
        redux, subfolder="image_encoder", torch_dtype=torch.float16
    ),
    torch_dtype=torch.float16,
)
pipe.vae.enable_tiling()
pipe.to("cuda")
forecache.enable(pipe, policy="taylorseer", interval=4, order=1)

image = load_image(
    "https://huggingface.co/datasets/huggingface/documentation-images/resolve/main/"
    "diffusers/penguin.png"
)
prompt = "A penguin dancing in the snow"
video = pipe(image, prompt=prompt, height=832, width=480, num_inference_steps=30).frames[0]
export_to_video(video, "framepack.mp4", fps=30)
print(forecache.stats(pipe))
