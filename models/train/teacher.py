"""The bundled model as teacher: vectors of the training texts.

Reads the GGUF itself, so the student learns from what ships. bf16 on the CPU: cosine to F32 above 0.9995 (`--check`).

    python teacher.py --out FOLDER         # FOLDER/pieces.jsonl and pairs.jsonl -> FOLDER/vectors/*.npz
    python teacher.py --out FOLDER --part 1/2 & python teacher.py --out FOLDER --part 2/2    # one process a core
    python teacher.py --check              # compares with the reference vectors
"""

import argparse
import hashlib
import json
import random
import time
from pathlib import Path

import gguf
import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

from reading import words_apart

MODELS = Path(__file__).resolve().parent.parent
BUNDLED = MODELS / "all-minilm-l6-v2-q8_0.gguf"
REFERENCE = MODELS.parent / "crates/embed-gguf/tests/fixtures/minilm_reference.json"
BATCH_TOKENS = 6_000
SHARD = 2_000


def field(reader: gguf.GGUFReader, key: str):
    return reader.fields[key].contents()


def wordpiece(reader: gguf.GGUFReader) -> Tokenizer:
    """The tokenizer of a BERT file, without [CLS] and [SEP]. Words go by index: `##` is put back for continuations."""
    words = field(reader, "tokenizer.ggml.tokens")
    kinds = field(reader, "tokenizer.ggml.token_type")
    control = int(gguf.TokenType.CONTROL)
    vocabulary = {}
    for index, (word, kind) in enumerate(zip(words, kinds)):
        plain = word if kind == control else word[1:] if word.startswith("\u2581") else "##" + word
        vocabulary[plain] = index
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


class Teacher:
    """BERT with mean pooling, over groups of texts of equal length, so that nothing is padded or masked."""

    def __init__(self, path: Path = BUNDLED, dtype: torch.dtype = torch.bfloat16):
        reader = gguf.GGUFReader(path)
        self.tokenizer = wordpiece(reader)
        self.cls = field(reader, "tokenizer.ggml.bos_token_id")
        self.sep = field(reader, "tokenizer.ggml.eos_token_id")
        self.positions = field(reader, "bert.context_length")
        self.blocks = field(reader, "bert.block_count")
        self.heads = field(reader, "bert.attention.head_count")
        self.epsilon = field(reader, "bert.attention.layer_norm_epsilon")
        values = {t.name: gguf.dequantize(t.data, t.tensor_type) for t in reader.tensors}
        self.w = {name: torch.tensor(value, dtype=dtype) for name, value in values.items()}
        for n in range(self.blocks):
            for leaf in ("weight", "bias"):
                self.w[f"blk.{n}.qkv.{leaf}"] = torch.cat([self.w[f"blk.{n}.attn_{part}.{leaf}"] for part in "qkv"])

    def ids(self, texts: list[str]) -> list[list[int]]:
        """Token ids with [CLS] and [SEP], cut to the model's positions."""
        room = self.positions - 2
        return [[self.cls, *e.ids[:room], self.sep] for e in self.tokenizer.encode_batch_fast(texts)]

    def linear(self, x, name):
        return F.linear(x, self.w[name + ".weight"], self.w[name + ".bias"])

    def norm(self, x, name):
        return F.layer_norm(x, x.shape[-1:], self.w[name + ".weight"], self.w[name + ".bias"], self.epsilon)

    @torch.inference_mode()
    def hidden(self, ids: torch.Tensor) -> torch.Tensor:
        """Last hidden states [batch, tokens, width] of ids [batch, tokens]."""
        batch, length = ids.shape
        x = self.w["token_embd.weight"][ids] + self.w["position_embd.weight"][:length] + self.w["token_types.weight"][0]
        x = self.norm(x, "token_embd_norm")
        for n in range(self.blocks):
            block = f"blk.{n}."
            q, k, v = self.linear(x, block + "qkv").view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
            mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, length, -1)
            x = self.norm(x + self.linear(mixed, block + "attn_output"), block + "attn_output_norm")
            up = F.gelu(self.linear(x, block + "ffn_up"))
            x = self.norm(x + self.linear(up, block + "ffn_down"), block + "layer_output_norm")
        return x

    def embed(self, texts: list[str]) -> np.ndarray:
        """Unit vectors [texts, width] in F32, in the order of the texts."""
        ids = self.ids(texts)
        by_length: dict[int, list[int]] = {}
        for index, tokens in enumerate(ids):
            by_length.setdefault(len(tokens), []).append(index)
        out = torch.empty(len(texts), self.w["token_embd.weight"].shape[1])
        for length, members in by_length.items():
            step = max(1, BATCH_TOKENS // length)
            for start in range(0, len(members), step):
                batch = members[start : start + step]
                hidden = self.hidden(torch.tensor([ids[i] for i in batch]))
                out[batch] = F.normalize(hidden.float().mean(dim=1), dim=1)
        return out.numpy()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def load_vectors(folder: Path) -> dict[str, np.ndarray]:
    found = {}
    for shard in sorted(folder.glob("vectors/*.npz")):
        with np.load(shard) as data:
            found.update(zip(data["digests"].tolist(), data["vectors"]))
    return found


def read_jsonl(path: Path) -> list[dict]:
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def embed_corpus(folder: Path, part: int, parts: int, apart: bool) -> None:
    """Embeds what has no vector yet, in shards that a later call goes on from; of `parts`, one part. A folder holds vectors
    of one reading: vectors go by the text as written."""
    teacher = Teacher()
    (folder / "vectors").mkdir(exist_ok=True)
    rows = read_jsonl(folder / "pairs.jsonl") + read_jsonl(folder / "pieces.jsonl")
    random.Random(0).shuffle(rows)  # whatever is done by then is a fair sample
    wanted = (text for row in rows for text in (row["text"], row["query"]) if text is not None)
    texts = {digest(text): text for text in wanted}
    done = load_vectors(folder)
    missing = [key for key in texts if key not in done and int(key[:8], 16) % parts == part - 1]
    for start in range(0, len(missing), SHARD):
        keys, began = missing[start : start + SHARD], time.time()
        read = [words_apart(texts[key]) if apart else texts[key] for key in keys]
        vectors = teacher.embed(read).astype(np.float16)
        np.savez(folder / "vectors" / f"{keys[0]}.npz", digests=np.array(keys), vectors=vectors)
        print(f"{start + len(keys)}/{len(missing)}, {len(keys) / (time.time() - began):.0f} texts/s", flush=True)


def check() -> None:
    cases = json.loads(REFERENCE.read_text("utf-8"))
    reference = np.array([case["vector"] for case in cases])
    for dtype in (torch.float32, torch.bfloat16):
        teacher = Teacher(dtype=dtype)
        texts = [case["text"] for case in cases]
        same = teacher.ids(texts) == [case["tokens"] for case in cases]
        cosine = (teacher.embed(texts) * reference).sum(axis=1)
        print(f"{dtype}: token ids equal: {same}; cosine min {cosine.min():.5f}, mean {cosine.mean():.5f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--part", default="1/1", help="this process's share: one of how many")
    parser.add_argument("--apart", action="store_true", help="names are taken apart, as the app reads them")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    part, parts = map(int, arguments.part.split("/"))
    check() if arguments.check else embed_corpus(arguments.out, part, parts, arguments.apart)


if __name__ == "__main__":
    main()
