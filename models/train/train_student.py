"""Trains the instant tier's model on the teacher's vectors and writes its GGUF.

    python collect.py --cache CACHE --out CORPUS
    python teacher.py --out CORPUS
    python train_student.py --corpus CORPUS            # models/all-minilm-l6-v2-instant.gguf
    python train_student.py --corpus CORPUS --start FILE --rate 1e-3    # goes on from a student

Loss: 1 - cosine to the teacher's vector + CONTRAST x in-batch contrastive (each document against its own teacher vector
among the batch's) + ASK x the same with the teacher's vector of a doc comment against the student's of its function.
Stops at the best cosine on held-out packages; reports on other held-out packages.
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

from reading import words_apart
from student import Bags, StoredStudent, Student, write
from teacher import BUNDLED, MODELS, Teacher, digest, load_vectors, read_jsonl

SEED = 7
SIF = 1e-3
TEMPERATURE = 1 / 20
CONTRAST = 0.5
OUT = MODELS / "all-minilm-l6-v2-instant.gguf"


@dataclass
class Texts:
    """Texts as the models read them, with their teacher vectors: `bags` of ids, `targets` [texts, width]."""

    texts: list[str]
    bags: Bags
    targets: torch.Tensor


@dataclass
class Corpus:
    train: Texts
    develop: Texts
    test: Texts
    asked: tuple[torch.Tensor, Texts]
    """Training pairs: the teacher's vectors of the questions, and the functions."""
    questions: tuple[torch.Tensor, Texts]
    """The same of held-out packages."""


def for_test(package: str) -> bool:
    """Splits the held-out packages: one half stops the training, the other measures."""
    return hashlib.sha256(package.encode()).digest()[1] % 2 == 0


def load(folder: Path, teacher: Teacher, limit: int | None, apart: bool) -> Corpus:
    vectors = load_vectors(folder)
    pieces = [row for row in read_jsonl(folder / "pieces.jsonl") if digest(row["text"]) in vectors][:limit]
    pairs = [row for row in read_jsonl(folder / "pairs.jsonl") if {digest(row["text"]), digest(row["query"])} <= vectors.keys()]

    def texts(found: list[str]) -> Texts:
        read = [words_apart(text) for text in found] if apart else found
        ids = [e.ids for e in teacher.tokenizer.encode_batch_fast(read)]
        targets = np.stack([vectors[digest(text)] for text in found]).astype(np.float32)
        return Texts(read, Bags(ids), F.normalize(torch.from_numpy(targets), dim=1))

    asked, held = ([row for row in pairs if row["held_out"] == side] for side in (False, True))
    train = [row["text"] for row in pieces if not row["held_out"]] + [row[key] for row in asked for key in ("text", "query")]
    develop, test = ([row["text"] for row in pieces if row["held_out"] and for_test(row["package"]) == side] for side in (False, True))

    def pair_texts(rows: list[dict]) -> tuple[torch.Tensor, Texts]:
        return texts([row["query"] for row in rows]).targets, texts([row["text"] for row in rows])

    return Corpus(texts(train), texts(develop), texts(test), pair_texts(asked), pair_texts(held))


def token_states(teacher: Teacher) -> torch.Tensor:
    """The teacher's last hidden state of the middle token of `[CLS] t [SEP]`, for each token t: [vocabulary, width]."""
    count = teacher.w["token_embd.weight"].shape[0]
    ids = torch.tensor([[teacher.cls, token, teacher.sep] for token in range(count)])
    return torch.cat([teacher.hidden(part)[:, 1].float() for part in ids.split(2000)])


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


def cosine(student: Student, texts: Texts) -> float:
    return float((torch.from_numpy(student.embed(texts.bags)) * texts.targets).sum(1).mean())


def reciprocal_rank(questions: torch.Tensor, documents: torch.Tensor) -> float:
    """MRR@10 of each question's own document among all of them."""
    scores = questions @ documents.T
    ranks = 1 + (scores > scores.diagonal()[:, None]).sum(1)
    return float(torch.where(ranks <= 10, 1 / ranks, 0.0).mean())


def train(student: Student, corpus: Corpus, epochs: int, batch: int, rate: float, ask: float, drop: float) -> None:
    rng = np.random.default_rng(SEED)
    groups = [
        {"params": [student.table], "lr": rate},
        {"params": [student.log_weights], "lr": 5 * rate},
        {"params": [student.map, student.bias], "lr": rate},
    ]
    optimiser = torch.optim.Adam(groups, fused=True)
    steps = epochs * (len(corpus.train.bags) // batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: min(1, (s + 1) / 50) * max(0.02, 1 - s / steps))
    questions, functions = corpus.asked
    best, kept, began = 0.0, student.state_dict(), time.time()
    for epoch in range(epochs):
        order = rng.permutation(len(corpus.train.bags))
        total = 0.0
        for start in range(0, len(order) - batch + 1, batch):
            rows = order[start : start + batch]
            ours, theirs = embed_noisy(student, corpus.train.bags, rows, drop, rng), corpus.train.targets[rows]
            loss = (1 - (ours * theirs).sum(1)).mean() + CONTRAST * contrastive(ours, theirs)
            if ask:
                rows = rng.choice(len(functions.bags), batch // 2, replace=False)
                ours = embed_noisy(student, functions.bags, rows, drop, rng)
                loss = loss + ask * contrastive(questions[rows], ours)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        reached = cosine(student, corpus.develop)
        print(f"epoch {epoch + 1}: loss {total / (len(order) // batch):.4f}, cosine {reached:.4f}, {time.time() - began:.0f} s", flush=True)
        if reached > best:
            best, kept = reached, {name: value.clone() for name, value in student.state_dict().items()}
        elif reached < best - 0.002:
            break
    student.load_state_dict(kept)


def embed_noisy(student: Student, bags: Bags, rows: np.ndarray, drop: float, rng) -> torch.Tensor:
    """The student's vectors with a share of the distinct tokens left out: the table must not learn texts by heart."""
    tokens, counts, offsets = bags.batch(rows)
    keep = torch.from_numpy((rng.random(len(tokens)) >= drop).astype(np.float32))
    return student(tokens, counts * keep, offsets)


def report(student: Student, corpus: Corpus) -> dict:
    questions, functions = corpus.questions
    ours = torch.from_numpy(student.embed(functions.bags))
    return {
        "training texts": len(corpus.train.bags),
        "held-out texts": len(corpus.test.bags),
        "cosine": round(cosine(student, corpus.test), 4),
        "pairs": len(questions),
        "MRR@10 student documents": round(reciprocal_rank(questions, ours), 4),
        "MRR@10 teacher documents": round(reciprocal_rank(questions, functions.targets), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--ask", type=float, default=0.2)
    parser.add_argument("--drop", type=float, default=0.5)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--apart", action="store_true", help="names are taken apart, as in the teacher's run")
    parser.add_argument("--start", type=Path, help="a student to go on from; its width is kept")
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    teacher = Teacher()
    corpus = load(arguments.corpus, teacher, arguments.limit, arguments.apart)
    if arguments.start:
        student = stored_student(arguments.start)
    else:
        student = untrained(token_states(teacher), corpus.train.bags, arguments.width)
    print("start", json.dumps(report(student, corpus)), flush=True)
    train(student, corpus, arguments.epochs, arguments.batch, arguments.rate, arguments.ask, arguments.drop)
    write(student, arguments.out, BUNDLED, hashlib.sha256(BUNDLED.read_bytes()).hexdigest(), "all-MiniLM-L6-v2 instant")
    print("trained", json.dumps(report(student, corpus)))
    stored = StoredStudent(arguments.out)
    ids = [e.ids for e in teacher.tokenizer.encode_batch_fast(corpus.test.texts[:500])]
    same = [stored.vector(i) @ o for i, o in zip(ids, student.embed(Bags(ids)))]
    print(f"{arguments.out.name}: {arguments.out.stat().st_size} bytes, SHA-256 {hashlib.sha256(arguments.out.read_bytes()).hexdigest()}")
    print(f"stored against trained: cosine min {min(same):.5f}")


if __name__ == "__main__":
    main()
