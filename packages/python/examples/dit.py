"""DiT-XL/2 at the paper's interval and order for it (Table 3), with its 50 steps of DDIM."""

import torch
from diffusers import DDIMScheduler, DiTPipeline

import forecache

pipe = DiTPipeline.from_pretrained("facebook/DiT-XL-2-256", torch_dtype=torch.float16)
pipe.scheduler = DDIMScheduler.from_config(pipe.scheduler.config)
pipe.to("cuda")
forecache.enable(pipe, policy="taylorseer", granularity="module", interval=3, order=3, warmup=2)

labels = pipe.get_label_ids(["white shark", "umbrella"])
images = pipe(labels, num_inference_steps=50, generator=torch.manual_seed(0)).images
images[0].save("dit.png")
print(forecache.stats(pipe))
