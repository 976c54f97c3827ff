"""BERT with mean pooling in torch, from a GGUF: the model that is trained, and the teacher of the student."""

from pathlib import Path

import gguf
import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

from bundle_model import gguf_name

MODELS = Path(__file__).resolve().parent.parent
BUNDLED = MODELS / "descry-code-22m-q8_0.gguf"
ROUND = 16  # lengths of batches are multiples of it


def field(reader: gguf.GGUFReader, key: str):
    return reader.fields[key].contents()


def wordpiece(path: Path, words: list[str] | None = None) -> Tokenizer:
    """The tokenizer of a BERT file, without [CLS] and [SEP], with more words that are one token if they are asked for.

    Words go by index: `##` is put back for continuations.
    """
    reader = gguf.GGUFReader(path)
    tokens, kinds = field(reader, "tokenizer.ggml.tokens"), field(reader, "tokenizer.ggml.token_type")
    control = int(gguf.TokenType.CONTROL)
    vocabulary = {}
    for index, (token, kind) in enumerate(zip(tokens, kinds)):
        plain = token if kind == control else token[1:] if token.startswith("\u2581") else "##" + token
        vocabulary[plain] = index
    for index, word in enumerate(words or [], len(tokens)):
        vocabulary[word] = index
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


class Encoder:
    """The weights `w` under GGUF's names, in F32, and what BERT does with them."""

    def __init__(self, path: Path, device: str = "cpu"):
        reader = gguf.GGUFReader(path)
        self.device = device
        self.cls = field(reader, "tokenizer.ggml.bos_token_id")
        self.sep = field(reader, "tokenizer.ggml.eos_token_id")
        self.blocks = field(reader, "bert.block_count")
        self.heads = field(reader, "bert.attention.head_count")
        self.epsilon = field(reader, "bert.attention.layer_norm_epsilon")
        values = {t.name: gguf.dequantize(t.data, t.tensor_type) for t in reader.tensors}
        self.w = {name: torch.tensor(value, dtype=torch.float32, device=device) for name, value in values.items()}

    def linear(self, x, name):
        return F.linear(x, self.w[name + ".weight"], self.w[name + ".bias"])

    def norm(self, x, name):
        return F.layer_norm(x, x.shape[-1:], self.w[name + ".weight"], self.w[name + ".bias"], self.epsilon)

    def hidden(self, ids: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        """Last hidden states [batch, tokens, width] of ids [batch, tokens], of which `real` are no padding."""
        batch, length = ids.shape
        x = self.w["token_embd.weight"][ids] + self.w["position_embd.weight"][:length] + self.w["token_types.weight"][0]
        x = self.norm(x, "token_embd_norm")

        def heads(part: str):
            return self.linear(x, part).view(batch, length, self.heads, -1).transpose(1, 2)

        for n in range(self.blocks):
            block = f"blk.{n}."
            q, k, v = (heads(f"{block}attn_{part}") for part in "qkv")
            mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=real[:, None, None, :])
            mixed = mixed.transpose(1, 2).reshape(batch, length, -1)
            x = self.norm(x + self.linear(mixed, block + "attn_output"), block + "attn_output_norm")
            up = F.gelu(self.linear(x, block + "ffn_up"))
            x = self.norm(x + self.linear(up, block + "ffn_down"), block + "layer_output_norm")
        return x

    def embed(self, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Unit vectors [batch, width] of padded ids with [CLS] and [SEP]."""
        real = torch.arange(ids.shape[1], device=ids.device)[None] < lengths[:, None]
        hidden = self.hidden(ids, real)
        return F.normalize((hidden.float() * real[..., None]).sum(1), dim=-1)

    def padded(self, texts: list[np.ndarray], most: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Ids without special tokens, cut to `most` with them, as (ids, lengths)."""
        lengths = np.array([min(len(text), most - 2) + 2 for text in texts])
        ids = np.zeros((len(texts), -(-lengths.max() // ROUND) * ROUND), np.int64)
        ids[:, 0] = self.cls
        for row, text, length in zip(ids, texts, lengths):
            row[1 : length - 1] = text[: length - 2]
            row[length - 1] = self.sep
        return torch.from_numpy(ids), torch.from_numpy(lengths)

    def save(self, path: Path) -> None:
        """The weights in F16, under the names of Hugging Face."""
        parts = ["weight", "bias"]
        roots = ["word_embeddings", "token_type_embeddings", "position_embeddings", "LayerNorm"]
        names = [f"embeddings.{root}.{part}" for root in roots for part in parts]
        inner = ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"]
        inner += ["attention.output.LayerNorm", "intermediate.dense", "output.dense", "output.LayerNorm"]
        names += [f"encoder.layer.{n}.{root}.{part}" for n in range(self.blocks) for root in inner for part in parts]
        found = {name: self.w[gguf_name(name)] for name in names if gguf_name(name) in self.w}
        save_file({name: value.detach().half().cpu().contiguous() for name, value in found.items()}, path)
