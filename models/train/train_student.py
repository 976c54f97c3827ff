"""Trains the instant tier's model on the teacher's vectors and writes its GGUF.

    python teacher.py --corpus CORPUS --descry DESCRY
    python train_student.py --corpus CORPUS                   # models/descry-code-22m-instant.gguf

Loss: of texts, 1 - cosine to the teacher's vector + CONTRAST x contrastive in the batch (each text against its own teacher
vector among the batch's); of pairs, ASK x contrastive in the batch between the teacher's vectors of questions and the student's
of code, so many pairs of each package in a batch that most wrong answers are of the same package. Keeps the epoch that is best
on held-out packages, and reports on other held-out packages.
"""

import argparse
import hashlib
import json
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from encoder import BUNDLED, MODELS, Encoder, wordpiece
from text_preprocessing import words_apart
from store import digest, load_vectors, read_jsonl
from student import Bags, Student, write

SEED = 7
# Words that get a token of their own: as many as 12 MB hold, of so many packages and tokens.
WORDS, PACKAGES, LONGEST = 12_000, 3, 8
SIF = 1e-3
TEMPERATURE = 1 / 20
CONTRAST = 0.5
# Pairs of one package in a batch, and those of a held-out package that are candidates together.
OF_PACKAGE, CANDIDATES = 32, 600
OUT = MODELS / "descry-code-22m-instant.gguf"


@dataclass
class Side:
    """Texts with the teacher's vectors of them, and pairs with the teacher's vectors of their questions."""

    texts: Bags
    targets: torch.Tensor
    code: Bags
    questions: torch.Tensor
    packages: np.ndarray
    """Of the pairs: the number of the package."""


def side_of(package: str, held_out: bool) -> str:
    """Held-out packages are of two halves: one stops the training, the other measures."""
    if not held_out:
        return "train"
    return "test" if hashlib.sha256(package.encode()).digest()[1] % 2 == 0 else "develop"


def load(folder: Path) -> tuple[list[dict], list[dict]]:
    """The texts and the pairs that the teacher has read, with its vectors."""
    vectors = load_vectors(folder / "vectors")

    def known(name: str, key: str) -> list[dict]:
        rows = read_jsonl(folder / f"{name}.jsonl")
        return [row | {"vector": vectors[digest(row[key])]} for row in rows if digest(row[key]) in vectors]

    return known("texts", "text"), known("pairs", "question")


def encode(tokenizer, texts: list[str]):
    """Encodings, a part of the texts at a time."""
    for start in range(0, len(texts), 4_000):
        yield from tokenizer.encode_batch_fast([words_apart(text) for text in texts[start : start + 4_000]])


def frequent_words(tokenizer, texts: list[dict], pairs: list[dict]) -> list[str]:
    """Words of the training texts that are several tokens, those that most texts have first."""
    rows = [(row["package"], row.get("text", row.get("code"))) for row in [*texts, *pairs] if not row["held_out"]]
    counts, packages = Counter(), defaultdict(set)
    for (package, _), encoding in zip(rows, encode(tokenizer, [text for _, text in rows])):
        words = [[]]
        for token in encoding.tokens:
            if token.startswith("##"):
                words[-1].append(token[2:])
            else:
                words.append([token])
        for word in {"".join(word) for word in words if 1 < len(word) <= LONGEST}:
            counts[word] += 1
            packages[word].add(package)
    wide = [word for word in counts if len(packages[word]) >= PACKAGES]
    return sorted(wide, key=lambda word: (-counts[word], word))[:WORDS]


def prepare(tokenizer, texts: list[dict], pairs: list[dict]) -> dict[str, Side]:
    def bags(texts: list[str]) -> Bags:
        return Bags([encoding.ids for encoding in encode(tokenizer, texts)])

    def stacked(rows: list[dict]) -> torch.Tensor:
        return F.normalize(torch.from_numpy(np.stack([row["vector"] for row in rows]).astype(np.float32)), dim=1)

    sides = {}
    for name in ("train", "develop", "test"):
        t, p = ([row for row in rows if side_of(row["package"], row["held_out"]) == name] for rows in (texts, pairs))
        p.sort(key=lambda row: row["package"])
        packages = np.unique([row["package"] for row in p], return_inverse=True)[1]
        code = bags([row["code"] for row in p])
        sides[name] = Side(bags([row["text"] for row in t]), stacked(t), code, stacked(p), packages)
        print(f"{name}: {len(t)} texts, {len(p)} pairs", flush=True)
    return sides


@torch.inference_mode()
def token_states(teacher: Encoder, tokens: list[list[int]]) -> torch.Tensor:
    """The mean of the teacher's last hidden states of each token's ids, alone between [CLS] and [SEP]: [tokens, width]."""
    states = torch.empty(len(tokens), teacher.w["token_embd.weight"].shape[1])
    for length in {len(ids) for ids in tokens}:
        rows = [row for row, ids in enumerate(tokens) if len(ids) == length]
        for part in torch.tensor(rows).split(2_000):
            ids = torch.tensor([[teacher.cls, *tokens[row], teacher.sep] for row in part.tolist()])
            hidden = teacher.hidden(ids, torch.ones_like(ids, dtype=torch.bool))
            states[part] = hidden[:, 1:-1].mean(1)
    return states


def untrained(states: torch.Tensor, bags: Bags, width: int) -> Student:
    """The start: principal components of the tokens' states, weights a / (a + p(t)) (SIF)."""
    share = np.bincount(bags.tokens, bags.counts, minlength=len(states))
    share = torch.from_numpy(share / share.sum()).float()
    weights = SIF / (SIF + share)
    used = (weights * share)[:, None]
    centre = (states * used).sum(0) / used.sum()
    centred = states - centre
    basis = torch.linalg.svd(centred * used.sqrt(), full_matrices=False)[2][:width]
    return Student(centred @ basis.T, weights, basis.T.contiguous(), centre)


def contrastive(ours: torch.Tensor, theirs: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(ours @ theirs.T / TEMPERATURE, torch.arange(len(ours)))


def cosine(student: Student, side: Side) -> float:
    return float((torch.from_numpy(student.embed(side.texts)) * side.targets).sum(1).mean())


def reciprocal_rank(questions: torch.Tensor, documents: torch.Tensor, packages: np.ndarray) -> float:
    """MRR@10 of each question's own document among those of its package."""
    total = 0.0
    for package in np.unique(packages):
        rows = np.flatnonzero(packages == package)[:CANDIDATES]
        scores = questions[rows] @ documents[rows].T
        ranks = 1 + (scores > scores.diagonal()[:, None]).sum(1)
        total += float(torch.where(ranks <= 10, 1 / ranks, 0.0).mean()) * len(rows)
    return total / sum(min(CANDIDATES, count) for count in np.bincount(packages))


def rank_of(student: Student, side: Side) -> float:
    return reciprocal_rank(side.questions, torch.from_numpy(student.embed(side.code)), side.packages)


def in_packages(packages: np.ndarray, size: int, rng):
    """Without end: rows of `size` pairs, OF_PACKAGE of a package; over time every pair as often as any other."""
    rows = [np.flatnonzero(packages == package) for package in np.unique(packages)]
    while True:
        parts = [part for of in rows for part in np.array_split(rng.permutation(of), -(-len(of) // OF_PACKAGE))]
        order, together = rng.permutation(len(parts)), size // OF_PACKAGE
        for start in range(0, len(order) - together + 1, together):
            yield np.concatenate([parts[at] for at in order[start : start + together]])


def embed_noisy(student: Student, bags: Bags, rows: np.ndarray, drop: float, rng) -> torch.Tensor:
    """The student's vectors with a share of the distinct tokens left out: the table must not learn texts by heart."""
    tokens, counts, offsets = bags.batch(rows)
    keep = torch.from_numpy((rng.random(len(tokens)) >= drop).astype(np.float32))
    return student(tokens, counts * keep, offsets)


def train(student: Student, sides: dict[str, Side], arguments) -> None:
    rng, side = np.random.default_rng(SEED), sides["train"]
    groups = [
        {"params": [student.table], "lr": arguments.rate},
        {"params": [student.log_weights], "lr": 5 * arguments.rate},
        {"params": [student.map, student.bias], "lr": arguments.rate},
    ]
    optimiser = torch.optim.Adam(groups, fused=True)
    of_epoch = len(side.code) // arguments.pairs
    steps = arguments.epochs * of_epoch
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: min(1, (s + 1) / 50) * max(0.02, 1 - s / steps))
    asked = in_packages(side.packages, arguments.pairs, rng)
    best, kept, began = 0.0, student.state_dict(), time.time()
    for epoch in range(arguments.epochs):
        total = 0.0
        for _ in range(of_epoch):
            rows = rng.choice(len(side.texts), arguments.texts, replace=False)
            ours, theirs = embed_noisy(student, side.texts, rows, arguments.drop, rng), side.targets[rows]
            loss = (1 - (ours * theirs).sum(1)).mean() + CONTRAST * contrastive(ours, theirs)
            rows = next(asked)
            code = embed_noisy(student, side.code, rows, arguments.drop, rng)
            loss = loss + arguments.ask * contrastive(side.questions[rows], code)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        near, found = cosine(student, sides["develop"]), rank_of(student, sides["develop"])
        times = f"{time.time() - began:.0f} s"
        print(f"epoch {epoch + 1}: loss {total / of_epoch:.4f}, cosine {near:.4f}, MRR@10 {found:.4f}, {times}", flush=True)
        if found > best:
            best, kept = found, {name: value.clone() for name, value in student.state_dict().items()}
    student.load_state_dict(kept)


def report(student: Student, side: Side) -> str:
    """On the half of the held-out packages that nothing was chosen by."""
    documents = torch.from_numpy(student.embed(side.code))
    scores = side.questions @ documents.T
    own = scores.diagonal()
    others = scores[~torch.eye(len(scores), dtype=torch.bool)]
    figures = {
        "texts": len(side.texts),
        "cosine": round(cosine(student, side), 4),
        "pairs": len(side.questions),
        "MRR@10": round(reciprocal_rank(side.questions, documents, side.packages), 4),
        "own": f"{own.mean():.3f}/{own.std():.3f}",
        "others": f"{others.mean():.3f}/{others.std():.3f}",
    }
    return json.dumps(figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--texts", type=int, default=256, help="in a batch")
    parser.add_argument("--pairs", type=int, default=512, help="in a batch")
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--ask", type=float, default=0.5)
    parser.add_argument("--drop", type=float, default=0.1)
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    plain = wordpiece(BUNDLED)
    texts, pairs = load(arguments.corpus)
    words = frequent_words(plain, texts, pairs)
    tokens = [[token] for token in range(plain.get_vocab_size())]
    tokens += [encoding.ids for encoding in plain.encode_batch_fast(words)]
    sides = prepare(wordpiece(BUNDLED, words), texts, pairs)
    student = untrained(token_states(Encoder(BUNDLED), tokens), sides["train"].texts, arguments.width)
    print("start", report(student, sides["test"]), flush=True)
    train(student, sides, arguments)
    sha256 = hashlib.sha256(BUNDLED.read_bytes()).hexdigest()
    write(student, arguments.out, BUNDLED, sha256, "descry-code-22m instant", words)
    print("trained", report(student, sides["test"]))
    bytes_ = arguments.out.read_bytes()
    print(f"{arguments.out.name}: {len(bytes_)} bytes, SHA-256 {hashlib.sha256(bytes_).hexdigest()}")


if __name__ == "__main__":
    main()
