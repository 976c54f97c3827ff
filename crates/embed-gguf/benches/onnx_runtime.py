"""ONNX Runtime (f32) on the texts of examples/throughput.rs, for comparison.

    pip install onnxruntime onnx onnxscript torch transformers gguf
    python benches/onnx_runtime.py ../../models/descry-code-22m-q8_0.gguf TEXTS.json [--threads N] [--runs N]
    python benches/onnx_runtime.py --check NAME

The weights come from the GGUF (`bert` or `nomic-bert`), so both sides compute the same; vectors are pooled and normalised
inside the graph. Every text alone, and in batches sorted by length and padded. --check compares with the reference
vectors of tests/fixtures/models/NAME.json instead and prints the least cosine.
"""

import json
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import onnxruntime
import timing
import torch
from transformers import BertConfig, BertModel, NomicBertConfig, NomicBertModel, PreTrainedModel

FIXTURES = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "models"

# What stands in a tensor's name in the GGUF, and in transformers.
NAMES = {
    "bert": {
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
    },
    "nomic-bert": {
        "blk.": "layers.",
        "attn_output_norm": "post_attention_layernorm",
        "layer_output_norm": "post_mlp_layernorm",
        "attn_output": "self_attn.o_proj",
        "attn_q.": "self_attn.q_proj.",
        "attn_k.": "self_attn.k_proj.",
        "attn_v.": "self_attn.v_proj.",
        "ffn_gate": "mlp.gate_proj",
        "ffn_up": "mlp.up_proj",
        "ffn_down": "mlp.down_proj",
        "token_embd_norm": "embeddings.LayerNorm",
        "token_embd": "embeddings.word_embeddings",
        "token_types": "embeddings.token_type_embeddings",
    },
}


class Encoder(torch.nn.Module):
    """A model with the pooling and the normalisation that make its output one unit vector for each text."""

    def __init__(self, model: PreTrainedModel, pooling: gguf.PoolingType):
        super().__init__()
        self.model, self.pooling = model, pooling

    def forward(self, input_ids, attention_mask):
        hidden = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        if self.pooling == gguf.PoolingType.CLS:
            return torch.nn.functional.normalize(hidden[:, 0], dim=1)
        mask = attention_mask[..., None].float()
        return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=1)


def weights(reader: gguf.GGUFReader, names: dict[str, str]) -> dict[str, torch.Tensor]:
    """All tensors in f32 by their name in transformers."""
    state = {}
    for tensor in reader.tensors:
        values = torch.from_numpy(gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32))
        # One tensor for all three, in this order.
        parts = zip("qkv", values.chunk(3)) if "attn_qkv" in tensor.name else [("qkv", values)]
        for part, part_values in parts:
            name = tensor.name.replace("attn_qkv", f"attn_{part}")
            for ours, theirs in names.items():
                name = name.replace(ours, theirs)
            state[name] = part_values
    return state


def encoder(path: str) -> Encoder:
    reader = gguf.GGUFReader(path)
    architecture = reader.fields["general.architecture"].contents()
    if architecture not in NAMES:
        sys.exit(f"the architecture {architecture} is not among {', '.join(NAMES)}")
    value = lambda key: reader.fields[f"{architecture}.{key}"].contents()
    shape = {
        "vocab_size": len(reader.fields["tokenizer.ggml.tokens"].data),
        "hidden_size": value("embedding_length"),
        "num_hidden_layers": value("block_count"),
        "num_attention_heads": value("attention.head_count"),
        "intermediate_size": value("feed_forward_length"),
        "max_position_embeddings": value("context_length"),
        "layer_norm_eps": value("attention.layer_norm_epsilon"),
        "attn_implementation": "eager",
    }
    if architecture == "bert":
        model = BertModel(BertConfig(**shape), add_pooling_layer=False)
    else:
        rope = {"rope_type": "default", "rope_theta": value("rope.freq_base")}
        model = NomicBertModel(NomicBertConfig(**shape, rope_parameters=rope))
    model.load_state_dict(weights(reader, NAMES[architecture]))
    pooling = gguf.PoolingType(value("pooling_type"))
    if pooling not in (gguf.PoolingType.MEAN, gguf.PoolingType.CLS):
        sys.exit(f"pooling {pooling.name} is not supported")
    return Encoder(model.eval(), pooling)


def session(model: Encoder, threads: int) -> onnxruntime.InferenceSession:
    # Two tensors: given one for both, the exporter reads the mask as the ids.
    ids, mask = torch.zeros(2, 8, dtype=torch.long), torch.ones(2, 8, dtype=torch.long)
    longest = model.model.config.max_position_embeddings
    batch, length = torch.export.Dim("batch", max=512), torch.export.Dim("length", min=2, max=longest)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        shapes = ({0: batch, 1: length}, {0: batch, 1: length})
        torch.onnx.export(
            model,
            (ids, mask),
            path,
            input_names=["input_ids", "attention_mask"],
            dynamic_shapes=shapes,
            dynamo=True,
            # One file cannot hold 2 GB.
            external_data=True,
            verbose=False,
        )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def run(runtime: onnxruntime.InferenceSession, texts: timing.Texts) -> np.ndarray:
    length = max(map(len, texts))
    ids, mask = np.zeros((2, len(texts), length), np.int64)
    for row, text in enumerate(texts):
        ids[row, : len(text)], mask[row, : len(text)] = text, 1
    return runtime.run(None, {"input_ids": ids, "attention_mask": mask})[0]


def check(name: str) -> None:
    cases = json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))["cases"]
    runtime = session(encoder(str(FIXTURES / f"{name}.gguf")), 1)
    vectors = run(runtime, [case["tokens"] for case in cases])
    expected = np.array([case["vector"] for case in cases])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    print(f"{name}: least cosine {(vectors * expected).sum(1).min():.7f} of {len(cases)}")


def main() -> None:
    if sys.argv[1:2] == ["--check"]:
        return check(sys.argv[2])
    options = timing.arguments(__doc__)
    runtime = session(encoder(options.model), options.threads)
    print(f"ONNX Runtime {onnxruntime.__version__}, f32")
    for size in (1, 4, 16):
        timing.documents(lambda texts: run(runtime, texts), options.texts, size, options.runs)
    timing.query(lambda texts: run(runtime, texts), options.texts)


if __name__ == "__main__":
    main()
