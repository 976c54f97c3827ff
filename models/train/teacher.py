"""The bundled model's vectors of the training texts and questions, which its student learns from.

The program itself embeds, as it is the fastest way on a CPU (`cargo build --release -p descry-cli`). Names are taken apart, as
the app reads them. Goes on where it stopped.

    python teacher.py --corpus CORPUS --descry target/release/descry      # CORPUS/vectors/*.npz
"""

import argparse
import json
import random
import subprocess
import time
from pathlib import Path

import numpy as np

from encoder import BUNDLED
from pack import KINDS
from text_preprocessing import words_apart
from store import digest, load_vectors, read_jsonl

SHARD = 1_000


def embed(descry: Path, model: Path, texts: list[str], role: str) -> np.ndarray:
    """Vectors [texts, width] by the program."""
    command = [descry, "embed", "--model", model, "--as", role, "--json"]
    lines = "".join(json.dumps(words_apart(text)) + "\n" for text in texts)
    answer = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8", check=True)
    return np.array([json.loads(line)["vector"] for line in answer.stdout.splitlines()], np.float16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--descry", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=BUNDLED)
    parser.add_argument("--texts", type=int, help="only so many texts, a fair sample")
    parser.add_argument("--questions", type=int, help="only so many questions")
    parser.add_argument("--kinds", nargs="+", default=KINDS, help="only questions of these kinds of pairs")
    arguments = parser.parse_args()
    folder = arguments.corpus / "vectors"
    folder.mkdir(exist_ok=True)
    done = load_vectors(folder)
    # Questions first: they are short.
    files = [("pairs", "question", "query", arguments.questions), ("texts", "text", "document", arguments.texts)]
    for name, key, role, most in files:
        rows = read_jsonl(arguments.corpus / f"{name}.jsonl")
        rows = [row for row in rows if row.get("kind") in [None, *arguments.kinds]]
        random.Random(0).shuffle(rows)
        wanted = {digest(row[key]): row[key] for row in rows[:most]}
        missing = [(key, text) for key, text in wanted.items() if key not in done]
        for start in range(0, len(missing), SHARD):
            (digests, texts), began = zip(*missing[start : start + SHARD]), time.time()
            vectors = embed(arguments.descry, arguments.model, texts, role)
            np.savez(folder / f"{digests[0]}.npz", digests=np.array(digests), vectors=vectors)
            print(f"{name}: {start + len(texts)}/{len(missing)}, {len(texts) / (time.time() - began):.0f}/s", flush=True)


if __name__ == "__main__":
    main()
