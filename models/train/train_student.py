"""Trains the instant tier's model on the teacher's vectors and writes its GGUF.

    python teacher.py --corpus CORPUS --descry DESCRY
    python train_student.py --corpus CORPUS                   # models/descry-code-22m-instant.gguf
    python train_student.py --corpus CORPUS --start FILE      # goes on from another student

Loss: of texts, 1 - cosine to the teacher's vector + CONTRAST x contrastive in the batch (each text against its own teacher
vector among the batch's); of pairs, ASK x contrastive in the batch between the teacher's vectors of questions and the student's
of code, so many pairs of each package in a batch that most wrong answers are of the same package. Keeps the epoch that is best
on held-out packages, and reports on other held-out packages.
"""

import argparse
import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from encoder import BUNDLED, MODELS, Encoder, wordpiece
from reading import words_apart
from store import digest, load_vectors, read_jsonl
from student import Bags, StoredStudent, Student, write

SEED = 7
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


def load(folder: Path, tokenizer) -> dict[str, Side]:
    vectors = load_vectors(folder / "vectors")

    def known(name: str, key: str) -> list[dict]:
        rows = read_jsonl(folder / f"{name}.jsonl")
        return [row | {"vector": vectors[digest(row[key])]} for row in rows if digest(row[key]) in vectors]

    def bags(texts: list[str]) -> Bags:
        return Bags([e.ids for e in tokenizer.encode_batch_fast([words_apart(text) for text in texts])])

    def stacked(rows: list[dict]) -> torch.Tensor:
        return F.normalize(torch.from_numpy(np.stack([row["vector"] for row in rows]).astype(np.float32)), dim=1)

    texts, pairs, sides = known("texts", "text"), known("pairs", "question"), {}
    for name in ("train", "develop", "test"):
        t, p = ([row for row in rows if side_of(row["package"], row["held_out"]) == name] for rows in (texts, pairs))
        p.sort(key=lambda row: row["package"])
        packages = np.unique([row["package"] for row in p], return_inverse=True)[1]
        code = bags([row["code"] for row in p])
        sides[name] = Side(bags([row["text"] for row in t]), stacked(t), code, stacked(p), packages)
        print(f"{name}: {len(t)} texts, {len(p)} pairs", flush=True)
    return sides


@torch.inference_mode()
def token_states(teacher: Encoder) -> torch.Tensor:
    """The teacher's last hidden state of the middle token of `[CLS] t [SEP]`, for each token t: [vocabulary, width]."""
    count = teacher.w["token_embd.weight"].shape[0]
    ids = torch.tensor([[teacher.cls, token, teacher.sep] for token in range(count)])
    return torch.cat([teacher.hidden(part, torch.ones_like(part, dtype=torch.bool))[:, 1] for part in ids.split(2000)])


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


def stored_student(path: Path) -> Student:
    """The student of a file, to go on from."""
    stored = StoredStudent(path)
    return Student(*(torch.tensor(part) for part in (stored.table, stored.weights, stored.map, stored.bias)))


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
    parser.add_argument("--start", type=Path, help="a student to go on from; its width is kept")
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--texts", type=int, default=256, help="in a batch")
    parser.add_argument("--pairs", type=int, default=512, help="in a batch")
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--ask", type=float, default=0.5)
    parser.add_argument("--drop", type=float, default=0.3)
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    tokenizer = wordpiece(BUNDLED)
    sides = load(arguments.corpus, tokenizer)
    if arguments.start:
        student = stored_student(arguments.start)
    else:
        student = untrained(token_states(Encoder(BUNDLED)), sides["train"].texts, arguments.width)
    print("start", report(student, sides["test"]), flush=True)
    train(student, sides, arguments)
    write(student, arguments.out, BUNDLED, hashlib.sha256(BUNDLED.read_bytes()).hexdigest(), "descry-code-22m instant")
    print("trained", report(student, sides["test"]))
    bytes_ = arguments.out.read_bytes()
    print(f"{arguments.out.name}: {len(bytes_)} bytes, SHA-256 {hashlib.sha256(bytes_).hexdigest()}")


if __name__ == "__main__":
    main()
