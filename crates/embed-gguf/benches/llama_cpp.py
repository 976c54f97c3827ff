"""llama.cpp (CPU) on the texts of examples/throughput.rs and with the same GGUF, for comparison.

    pip install xllamacpp
    python benches/llama_cpp.py ../../models/all-minilm-l6-v2-q8_0.gguf TEXTS.json [THREADS]

TEXTS.json is a list of lists of token ids, as `throughput --ids` writes them. Every text alone, and eight handed over at
once, sorted by length, which llama.cpp computes without padding. The best of three rounds.
"""

import json
import resource
import sys
import time
from pathlib import Path

import xllamacpp


def server(path: str, threads: int, texts: int, length: int) -> xllamacpp.Server:
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.embedding, params.warmup, params.verbosity, params.n_gpu_layers = True, True, 0, 0
    params.n_parallel = texts
    params.n_ctx = params.n_batch = params.n_ubatch = texts * length
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    return xllamacpp.Server(params)


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def run(model: xllamacpp.Server, texts: list[list[int]]) -> list[list[float]]:
    answer = model.handle_embeddings({"input": texts, "encoding_format": "float"})
    if "data" not in answer:
        sys.exit(f"llama.cpp: {answer}")
    return [row["embedding"] for row in answer["data"]]


def main() -> None:
    path, texts, *threads = sys.argv[1:]
    threads = int(threads[0]) if threads else 2
    texts = sorted(json.loads(Path(texts).read_text("utf-8")), key=len)
    tokens = sum(map(len, texts))
    # llama.cpp divides the context among the texts and rounds it up.
    length = (max(map(len, texts)) + 255) // 256 * 256
    for size in (1, 8):
        model = server(path, threads, size, length)
        best = (float("inf"), float("inf"))
        for _ in range(3):
            wall, busy = time.perf_counter(), cpu()
            for first in range(0, len(texts), size):
                run(model, texts[first : first + size])
            best = (min(best[0], time.perf_counter() - wall), min(best[1], cpu() - busy))
        print(
            f"{len(texts)} texts, {tokens} tokens, {size} at once: {tokens / best[0]:.0f} tokens/s, {tokens / best[1]:.0f} tokens/CPU-s"
        )
        del model
    model = server(path, threads, 1, 256)
    query = texts[0][:11] + texts[0][-1:]
    times = []
    for _ in range(201):
        wall = time.perf_counter()
        run(model, [query])
        times.append(time.perf_counter() - wall)
    times.sort()
    print(f"query of {len(query)} tokens: least {times[0] * 1e3:.2f} ms, p50 {times[100] * 1e3:.2f} ms")


if __name__ == "__main__":
    main()
