"""Trains a BERT encoder further on (question, code) pairs, and writes its weights under the names of Hugging Face.

    python bundle_model.py --type f32                                                  # what training begins with
    python pack.py --corpus CORPUS --model models/all-minilm-l6-v2-f32.gguf
    python train.py --corpus CORPUS --model models/all-minilm-l6-v2-f32.gguf --device cuda --out model.safetensors
    python train.py ... --steps 3 --packages 4 --of-package 8                          # to try it, on a CPU

Contrastive in the batch, both directions. Several pairs of each package are in a batch, so that most negatives are of the same
package, as in a search. Near-copies, by the untrained model, are no negatives. AdamW, a cosine fall, bf16 on a graphics
processor. Reports MRR@10 on held-out packages before and after.
"""

import argparse
import math
import queue
import sys
import threading
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from encoder import Encoder
from pack import KINDS

SEED = 7
TEMPERATURE = 0.05
# Of the loss: from questions to code; the rest is from code to questions.
FORWARD = 0.7
# Texts nearer than this to each other by the untrained model say the same.
NEAR = 0.93
# Tokens of a question and of code, with [CLS] and [SEP]; texts that go through the model together.
QUESTION, CODE = 48, 320
TOGETHER = 192
WARM_UP, LEAST = 80, 0.02
# Pairs of a held-out package that are candidates together, and fewer of them that say nothing.
CANDIDATES, TOO_FEW = 600, 20


class Pairs:
    """What pack.py wrote: tokens of questions and code, and whose they are."""

    def __init__(self, path: Path):
        data = np.load(path)
        self.tokens = {"question": (data["question"], data["question_at"], QUESTION), "code": (data["code"], data["code_at"], CODE)}
        self.package, self.kind, self.held_out = data["package"], data["kind"], data["held_out"]
        self.weight = data["weight"]

    def of(self, side: str, rows: np.ndarray) -> tuple[list[np.ndarray], int]:
        ids, at, most = self.tokens[side]
        return [ids[at[row] : at[row + 1]] for row in rows], most


def prepared(encoder: Encoder, texts: list[np.ndarray], most: int):
    """The texts in batches of about equal lengths, longest first, and how to put them back in order."""
    order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
    batches = [encoder.padded([texts[at] for at in order[s : s + TOGETHER]], most) for s in range(0, len(order), TOGETHER)]
    back = torch.empty(len(order), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(order))
    return batches, back


def run(encoder: Encoder, batches, back) -> torch.Tensor:
    device = encoder.device
    with torch.autocast("cuda", torch.bfloat16, enabled=device == "cuda"):
        vectors = [encoder.embed(ids.to(device), lengths.to(device)) for ids, lengths in batches]
    return torch.cat(vectors)[back.to(device)].float()


@torch.no_grad()
def vectors(encoder: Encoder, pairs: Pairs, side: str, rows: np.ndarray) -> torch.Tensor:
    return run(encoder, *prepared(encoder, *pairs.of(side, rows)))


def evaluate(encoder: Encoder, pairs: Pairs, tag: str) -> None:
    """MRR@10 of each kind's questions among their package's own code."""
    figures = []
    for kind, name in enumerate(KINDS):
        total, count = 0.0, 0
        for package in np.unique(pairs.package[pairs.held_out]):
            rows = np.flatnonzero(pairs.held_out & (pairs.kind == kind) & (pairs.package == package))[:CANDIDATES]
            if len(rows) >= TOO_FEW:
                scores = vectors(encoder, pairs, "question", rows) @ vectors(encoder, pairs, "code", rows).T
                ranks = 1 + (scores > scores.diagonal()[:, None]).sum(1)
                total += float(torch.where(ranks <= 10, 1 / ranks, 0.0).sum())
                count += len(rows)
        figures.append(f"{name} {total / max(count, 1):.4f} ({count})")
    print(f"{tag}: MRR@10 within held-out packages: {', '.join(figures)}", flush=True)


class Drawn:
    """Batches without end, prepared on other threads: so many packages by weight, so many pairs of each, without repetition
    until all of a package were drawn."""

    def __init__(self, encoder: Encoder, pairs: Pairs, packages: int, of_package: int, threads: int):
        self.encoder, self.pairs, self.packages, self.of_package = encoder, pairs, packages, of_package
        self.rng = np.random.default_rng(SEED)
        rows = [np.flatnonzero(~pairs.held_out & (pairs.package == n)) for n in range(len(pairs.weight))]
        self.rows = [self.rng.permutation(of) for of in rows]
        weight = np.where([len(of) >= 8 for of in rows], pairs.weight, 0)
        if np.count_nonzero(weight) < packages:
            sys.exit(f"{np.count_nonzero(weight)} packages have pairs enough to train on; a batch wants {packages}")
        self.weight = weight / weight.sum()
        self.next = [0] * len(rows)
        self.lock = threading.Lock()
        self.queue = queue.Queue(2 * threads)
        for _ in range(threads):
            threading.Thread(target=self.fill, daemon=True).start()

    def draw(self) -> np.ndarray:
        found = []
        for package in self.rng.choice(len(self.rows), self.packages, replace=False, p=self.weight):
            rows, start = self.rows[package], self.next[package]
            if start + self.of_package > len(rows):
                rows = self.rows[package] = self.rng.permutation(rows)
                start = 0
            found.append(rows[start : start + self.of_package])
            self.next[package] = start + self.of_package
        return np.concatenate(found)

    def fill(self) -> None:
        while True:
            with self.lock:
                rows = self.draw()
            question, code = (prepared(self.encoder, *self.pairs.of(side, rows)) for side in ("question", "code"))
            self.queue.put((rows, question, code))


def train(encoder: Encoder, pairs: Pairs, drawn: Drawn, steps: int, rate: float) -> None:
    everything = np.arange(len(pairs.kind))
    guide = [vectors(encoder, pairs, side, everything).to(torch.bfloat16) for side in ("question", "code")]
    weights = list(encoder.w.values())
    for weight in weights:
        weight.requires_grad_(True)
    groups = [
        {"params": [weight for weight in weights if weight.ndim > 1], "weight_decay": 0.01},
        {"params": [weight for weight in weights if weight.ndim == 1], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), fused=True)
    fall = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1, (s + 1) / WARM_UP) * max(LEAST, 0.5 * (1 + math.cos(math.pi * s / steps)))
    )
    began, seen = time.time(), 0
    for step in range(1, steps + 1):
        rows, asked, answered = drawn.queue.get()
        question, code = run(encoder, *asked), run(encoder, *answered)
        at, own = torch.from_numpy(rows).to(encoder.device), torch.arange(len(rows), device=encoder.device)
        near = torch.zeros(len(rows), len(rows), dtype=torch.bool, device=encoder.device)
        for side in guide:
            near |= side[at] @ side[at].T > NEAR
        near.fill_diagonal_(False)
        scores = (question @ code.T / TEMPERATURE).masked_fill(near, -1e4)
        loss = FORWARD * F.cross_entropy(scores, own) + (1 - FORWARD) * F.cross_entropy(scores.T, own)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        fall.step()
        seen += len(rows)
        if step % 100 == 0 or step == steps:
            print(f"step {step}: loss {loss.item():.3f}, {seen} pairs, {seen / (time.time() - began):.0f} pairs/s", flush=True)
    for weight in weights:
        weight.requires_grad_(False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True, help="a GGUF to begin with")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--steps", type=int, default=1571)
    parser.add_argument("--packages", type=int, default=24, help="in a batch")
    parser.add_argument("--of-package", type=int, default=64, help="pairs of each")
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--threads", type=int, default=6, help="that prepare batches")
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    torch.backends.cuda.matmul.allow_tf32 = True
    encoder, pairs = Encoder(arguments.model, arguments.device), Pairs(arguments.corpus / "pairs.npz")
    evaluate(encoder, pairs, "untrained")
    drawn = Drawn(encoder, pairs, arguments.packages, arguments.of_package, arguments.threads)
    train(encoder, pairs, drawn, arguments.steps, arguments.rate)
    evaluate(encoder, pairs, "trained")
    encoder.save(arguments.out)
    print(f"{arguments.out.name}: {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
