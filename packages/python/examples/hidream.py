"""HiDream-I1 at the paper's interval and order for it (Table 5)."""

import torch
from diffusers import HiDreamImagePipeline
from transformers import AutoTokenizer, LlamaForCausalLM

import forecache

llama = "meta-llama/Meta-Llama-3.1-8B-Instruct"
text_encoder = LlamaForCausalLM.from_pretrained(
    llama, output_hidden_states=True, output_attentions=True, torch_dtype=torch.bfloat16
)
pipe = HiDreamImagePipeline.from_pretrained(
    "HiDream-ai/HiDream-I1-Full",
    tokenizer_4=AutoTokenizer.from_pretrained(llama),
    text_encoder_4=text_encoder,
    torch_dtype=torch.bfloat16,
)
pipe.enable_model_cpu_offload()
forecache.enable(pipe, policy="taylorseer", interval=4, order=2)

image = pipe("A fox reading a newspaper", guidance_scale=5.0, num_inference_steps=50).images[0]
image.save("hidream.png")
print(forecache.stats(pipe))
