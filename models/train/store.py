"""Files between the steps of training: lines of JSON, and vectors by what they are of."""

import hashlib
import json
from pathlib import Path

import numpy as np


def read_jsonl(path: Path) -> list[dict]:
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def load_vectors(folder: Path) -> dict[str, np.ndarray]:
    """The vectors of all shards in `folder`, by the digest of their text."""
    found = {}
    for shard in sorted(folder.glob("*.npz")):
        with np.load(shard) as data:
            found.update(zip(data["digests"].tolist(), data["vectors"]))
    return found
