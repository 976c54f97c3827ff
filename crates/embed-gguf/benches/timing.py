"""What the comparisons share: their arguments, and how they time texts and a query, as examples/throughput.rs does."""

import argparse
import json
import resource
import time
from collections.abc import Callable
from pathlib import Path

# A query is timed so often, or for so many seconds.
QUERIES, QUERY_SECONDS = 201, 5
QUERY_TOKENS = 12

Texts = list[list[int]]


def arguments(about: str) -> argparse.Namespace:
    """The command line, with `texts` read and sorted by length, so that a batch has texts of like length."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a GGUF file")
    parser.add_argument("texts", help="a list of lists of token ids, as `throughput --ids` writes them")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, help="rounds, of which the best counts: 3, or 1 for more than 100 texts")
    options = parser.parse_args()
    options.texts = sorted(json.loads(Path(options.texts).read_text("utf-8")), key=len)
    options.runs = options.runs or (1 if len(options.texts) > 100 else 3)
    return options


def busy() -> float:
    """The processor time of this process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def documents(run: Callable[[Texts], object], texts: Texts, size: int, runs: int) -> None:
    """Prints the speed with `size` texts at once, after one batch to warm up."""
    run(texts[-size:])
    wall = cpu = float("inf")
    for _ in range(runs):
        started, before = time.perf_counter(), busy()
        for first in range(0, len(texts), size):
            run(texts[first : first + size])
        wall, cpu = min(wall, time.perf_counter() - started), min(cpu, busy() - before)
    tokens = sum(map(len, texts))
    speed = f"{tokens / wall:.0f} tokens/s, {tokens / cpu:.0f} tokens/CPU-s"
    print(f"{len(texts)} texts, {tokens} tokens, {size} at once: {speed}", flush=True)


def query(run: Callable[[Texts], object], texts: Texts) -> None:
    """Prints how long a short text takes alone."""
    text = texts[0][: QUERY_TOKENS - 1] + texts[0][-1:]
    times, begun = [], time.perf_counter()
    while len(times) < QUERIES and time.perf_counter() - begun < QUERY_SECONDS:
        started = time.perf_counter()
        run([text])
        times.append((time.perf_counter() - started) * 1e3)
    times.sort()
    print(f"query of {len(text)} tokens: least {times[0]:.2f} ms, p50 {times[len(times) // 2]:.2f} ms")
