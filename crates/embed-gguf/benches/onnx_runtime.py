"""ONNX Runtime (f32) on the texts of examples/throughput.rs, for comparison.

    pip install onnxruntime onnx onnxscript torch transformers gguf
    python benches/onnx_runtime.py ../../models/all-minilm-l6-v2-q8_0.gguf TEXTS.json [THREADS]

TEXTS.json is a list of lists of token ids, as `throughput --ids` writes them. The weights come from the GGUF, so both
sides compute the same; vectors are mean-pooled and normalised inside the graph. Every text alone, and in batches sorted
by length and padded, whichever is faster.
"""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import gguf
import numpy as np
import onnxruntime
import torch
from transformers import BertConfig, BertModel

NAMES = {
    "blk.": "encoder.layer.",
    "attn_output_norm": "attention.output.LayerNorm",
    "layer_output_norm": "output.LayerNorm",
    "attn_output": "attention.output.dense",
    "attn_q": "attention.self.query",
    "attn_k": "attention.self.key",
    "attn_v": "attention.self.value",
    "ffn_up": "intermediate.dense",
    "ffn_down": "output.dense",
    "token_embd_norm": "embeddings.LayerNorm",
    "token_embd": "embeddings.word_embeddings",
    "position_embd": "embeddings.position_embeddings",
    "token_types": "embeddings.token_type_embeddings",
}


class Encoder(torch.nn.Module):
    def __init__(self, model: BertModel):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        hidden = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        mask = attention_mask[..., None].float()
        return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=1)


def encoder(path: str) -> Encoder:
    reader = gguf.GGUFReader(path)
    number = lambda key: reader.fields[f"bert.{key}"].contents()
    config = BertConfig(
        vocab_size=len(reader.fields["tokenizer.ggml.tokens"].data),
        hidden_size=number("embedding_length"),
        num_hidden_layers=number("block_count"),
        num_attention_heads=number("attention.head_count"),
        intermediate_size=number("feed_forward_length"),
        max_position_embeddings=number("context_length"),
        layer_norm_eps=1e-12,
        attn_implementation="eager",
    )
    state = {}
    for tensor in reader.tensors:
        name = tensor.name
        for ours, theirs in NAMES.items():
            name = name.replace(ours, theirs)
        state[name] = torch.from_numpy(gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32))
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(state)
    return Encoder(model.eval())


def session(model: Encoder, threads: int) -> onnxruntime.InferenceSession:
    ids = torch.ones(2, 8, dtype=torch.long)
    batch, length = torch.export.Dim("batch", max=512), torch.export.Dim("length", min=2, max=512)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        shapes = ({0: batch, 1: length}, {0: batch, 1: length})
        torch.onnx.export(
            model, (ids, ids), path, input_names=["input_ids", "attention_mask"], dynamic_shapes=shapes, dynamo=True
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def run(runtime: onnxruntime.InferenceSession, texts: list[list[int]]) -> np.ndarray:
    length = max(map(len, texts))
    ids, mask = np.zeros((2, len(texts), length), np.int64)
    for row, text in enumerate(texts):
        ids[row, : len(text)], mask[row, : len(text)] = text, 1
    return runtime.run(None, {"input_ids": ids, "attention_mask": mask})[0]


def main() -> None:
    path, texts, *threads = sys.argv[1:]
    texts = sorted(json.loads(Path(texts).read_text("utf-8")), key=len)
    runtime = session(encoder(path), int(threads[0]) if threads else 2)
    tokens = sum(map(len, texts))
    for size in (1, 4, 16):
        best = (float("inf"), float("inf"))
        for _ in range(3):
            wall, busy = time.perf_counter(), cpu()
            for first in range(0, len(texts), size):
                run(runtime, texts[first : first + size])
            best = (min(best[0], time.perf_counter() - wall), min(best[1], cpu() - busy))
        print(f"{len(texts)} texts, {tokens} tokens, {size} at once: {tokens / best[0]:.0f} tokens/s, {tokens / best[1]:.0f} tokens/CPU-s")
    query = texts[0][:11] + [102]
    times = []
    for _ in range(201):
        wall = time.perf_counter()
        run(runtime, [query])
        times.append(time.perf_counter() - wall)
    times.sort()
    print(f"query of {len(query)} tokens: least {times[0] * 1e3:.2f} ms, p50 {times[100] * 1e3:.2f} ms")


if __name__ == "__main__":
    main()
