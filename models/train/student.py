"""The student: a static embedding that imitates the teacher, and its GGUF.

A text's WordPiece ids t_1..t_n (no [CLS], no [SEP], no cut) give

    v = sum_i w[t_i] * E[t_i] / max(sum_i w[t_i], EPSILON),   y = normalise(M v + b)

and a text without ids gives normalise(b).
"""

from pathlib import Path

import gguf
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

ARCH = "descry-static"
EPSILON = 1e-9
TOKENIZER_IDS = ("bos", "eos", "unknown", "seperator", "padding", "mask")


class Bags:
    """Texts as bags of token ids with counts, laid end to end."""

    def __init__(self, ids: list[list[int]]):
        unique = [np.unique(np.array(tokens, dtype=np.int64), return_counts=True) for tokens in ids]
        self.lengths = np.array([len(tokens) for tokens, _ in unique])
        self.starts = np.concatenate([[0], np.cumsum(self.lengths)])
        self.tokens = np.concatenate([tokens for tokens, _ in unique])
        self.counts = np.concatenate([counts for _, counts in unique]).astype(np.float32)

    def __len__(self) -> int:
        return len(self.lengths)

    def batch(self, rows: np.ndarray):
        """(tokens, counts, offsets) of some texts, as `embedding_bag` takes them."""
        spans = [np.arange(self.starts[row], self.starts[row + 1]) for row in rows]
        at = np.concatenate(spans)
        offsets = np.concatenate([[0], np.cumsum(self.lengths[rows])[:-1]])
        return torch.from_numpy(self.tokens[at]), torch.from_numpy(self.counts[at]), torch.from_numpy(offsets)


class Student(nn.Module):
    def __init__(self, table: torch.Tensor, weights: torch.Tensor, linear: torch.Tensor, bias: torch.Tensor):
        super().__init__()
        self.table = nn.Parameter(table)
        self.log_weights = nn.Parameter(weights.clamp_min(1e-6).log())
        self.map = nn.Parameter(linear)
        self.bias = nn.Parameter(bias)

    def forward(self, tokens, counts, offsets) -> torch.Tensor:
        """Unit vectors [texts, width] of bags."""
        weights = self.log_weights[tokens].exp() * counts
        pooled = F.embedding_bag(tokens, self.table, offsets, mode="sum", per_sample_weights=weights)
        total = F.embedding_bag(tokens, self.log_weights.exp()[:, None], offsets, mode="sum", per_sample_weights=counts)
        return F.normalize(F.linear(pooled / total.clamp_min(EPSILON), self.map, self.bias), dim=1)

    @torch.inference_mode()
    def embed(self, bags: Bags, step: int = 2048) -> np.ndarray:
        rows = np.arange(len(bags))
        return np.concatenate([self(*bags.batch(rows[i : i + step])).numpy() for i in range(0, len(rows), step)])


def write(student: Student, path: Path, teacher: Path, teacher_sha256: str, name: str, words: list[str]) -> None:
    """Writes the student's GGUF, with the tokenizer of the teacher's file and words that are one token besides."""
    source = gguf.GGUFReader(teacher)
    writer = gguf.GGUFWriter(path, ARCH)
    writer.add_name(name)
    writer.add_license("apache-2.0")
    writer.add_uint32(f"{ARCH}.embedding_length", student.map.shape[0])
    writer.add_uint32(f"{ARCH}.table_length", student.map.shape[1])
    writer.add_string(f"{ARCH}.teacher", source.fields["general.name"].contents())
    writer.add_string(f"{ARCH}.teacher_sha256", teacher_sha256)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    copy_tokenizer(source, writer, words)
    q8_0 = gguf.GGMLQuantizationType.Q8_0
    with torch.no_grad():
        writer.add_tensor("token_embd.weight", gguf.quants.quantize(student.table.numpy(), q8_0), raw_dtype=q8_0)
        weights = student.log_weights.exp()
        writer.add_tensor("token_weight", (weights / weights.max()).numpy())
        writer.add_tensor("map.weight", student.map.numpy().astype(np.float16))
        writer.add_tensor("map.bias", student.bias.numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def copy_tokenizer(source: gguf.GGUFReader, writer: gguf.GGUFWriter, words: list[str]) -> None:
    def value(key: str):
        return source.fields[f"tokenizer.ggml.{key}"].contents()

    writer.add_tokenizer_model(value("model"))
    writer.add_tokenizer_pre(value("pre"))
    writer.add_token_list([*value("tokens"), *(f"\u2581{word}" for word in words)])
    writer.add_token_types([*value("token_type"), *([gguf.TokenType.NORMAL] * len(words))])
    for name in TOKENIZER_IDS:
        writer.add_uint32(f"tokenizer.ggml.{name}_token_id", value(f"{name}_token_id"))
    for name in ("add_bos_token", "add_eos_token", "add_sep_token", "normalizer.lowercase"):
        writer.add_bool(f"tokenizer.ggml.{name}", value(name))


class StoredStudent:
    """The student as its file says, in numpy: what the Rust loader has to reproduce."""

    def __init__(self, path: Path):
        reader = gguf.GGUFReader(path)
        tensors = {t.name: gguf.dequantize(t.data, t.tensor_type).astype(np.float32) for t in reader.tensors}
        self.table = tensors["token_embd.weight"]
        self.weights = tensors["token_weight"]
        self.map = tensors["map.weight"]
        self.bias = tensors["map.bias"]

    def vector(self, ids: list[int]) -> np.ndarray:
        weights = self.weights[ids]
        mean = weights @ self.table[ids] / max(weights.sum(), EPSILON)
        out = self.map @ mean + self.bias
        return out / np.linalg.norm(out)
