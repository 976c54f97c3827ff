"""Turns pairs into tokens: what train.py reads.

    python pack.py --corpus CORPUS --model models/all-minilm-l6-v2-f32.gguf      # CORPUS/pairs.jsonl -> CORPUS/pairs.npz
"""

import argparse
from collections import Counter
from pathlib import Path

import numpy as np

from encoder import wordpiece
from text_preprocessing import words_apart
from store import read_jsonl

# Tokens that are kept: somewhat more than training reads.
QUESTION, CODE = 60, 330
STEP = 20_000
KINDS = ["doc-definition", "doc-app", "name", "inline", "heading"]


def weights(rows: list[dict], packages: list[str]) -> list[float]:
    """How often a package is drawn: large ones less than their size says, and those of common languages less."""
    size = Counter(row["package"] for row in rows)
    by_language = Counter(row["language"] for row in rows)
    languages = {package: Counter() for package in packages}
    for row in rows:
        languages[row["package"]][row["language"]] += 1
    main = {package: counted.most_common(1)[0][0] for package, counted in languages.items()}
    return [min(size[p], 4000) ** 0.7 / by_language[main[p]] ** 0.35 for p in packages]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True, help="the model that training begins with")
    arguments = parser.parse_args()
    tokenizer = wordpiece(arguments.model)
    rows = read_jsonl(arguments.corpus / "pairs.jsonl")
    packages = sorted({row["package"] for row in rows})
    number = {package: at for at, package in enumerate(packages)}

    def tokens(key: str, most: int) -> tuple[np.ndarray, np.ndarray]:
        """All texts' ids laid end to end, and where each begins."""
        parts, lengths = [], []
        for start in range(0, len(rows), STEP):
            read = [words_apart(row[key]) for row in rows[start : start + STEP]]
            found = [np.array(e.ids[:most], np.uint16) for e in tokenizer.encode_batch_fast(read)]
            lengths += map(len, found)
            parts.append(np.concatenate(found))
        return np.concatenate(parts), np.concatenate([[0], np.cumsum(lengths)])

    question, question_at = tokens("question", QUESTION)
    code, code_at = tokens("code", CODE)
    np.savez(
        arguments.corpus / "pairs.npz",
        question=question,
        question_at=question_at,
        code=code,
        code_at=code_at,
        package=np.array([number[row["package"]] for row in rows], np.uint16),
        kind=np.array([KINDS.index(row["kind"]) for row in rows], np.uint8),
        held_out=np.array([row["held_out"] for row in rows]),
        weight=np.array(weights(rows, packages)),
    )
    print(f"{len(rows)} pairs of {len(packages)} packages; tokens: {len(question)} of questions, {len(code)} of code")


if __name__ == "__main__":
    main()
