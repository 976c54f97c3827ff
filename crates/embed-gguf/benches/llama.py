"""llama.cpp (CPU) on the texts of examples/throughput.rs and with the same GGUF, for comparison.

    pip install numpy && pip install --no-binary llama-cpp-python llama-cpp-python
    python benches/llama.py ../../models/descry-code-22m-q8_0.gguf TEXTS.json [--threads N] [--runs N]

llama-cpp-python is compiled for this processor, which takes some minutes: ready-made wheels stop at AVX2 and would be
slow on a processor that has more. What llama.cpp uses is printed first. Every text alone, and eight at once, which it
computes without padding.
"""

import ctypes

import llama_cpp
import numpy as np
import timing


@llama_cpp.llama_log_callback
def silent(level: int, text: bytes, data: ctypes.c_void_p) -> None:
    pass


class Context:
    """A loaded model, ready for batches of up to `texts` texts with `tokens` tokens together."""

    def __init__(self, path: str, threads: int, texts: int, tokens: int):
        options = llama_cpp.llama_model_default_params()
        options.n_gpu_layers = 0
        self.model = llama_cpp.llama_model_load_from_file(path.encode(), options)
        if not self.model:
            raise SystemExit(f"llama.cpp cannot load {path}")
        options = llama_cpp.llama_context_default_params()
        options.embeddings = True
        # Texts share the context; what is computed at once must hold every token of a batch.
        options.n_ctx = options.n_batch = options.n_ubatch = (tokens + 255) // 256 * 256
        options.n_seq_max, options.kv_unified = texts, True
        options.n_threads = options.n_threads_batch = threads
        self.context = llama_cpp.llama_init_from_model(self.model, options)
        self.memory = llama_cpp.llama_get_memory(self.context)
        self.batch = llama_cpp.llama_batch_init(options.n_batch, 0, 1)
        self.width = llama_cpp.llama_model_n_embd(self.model)

    def run(self, texts: timing.Texts) -> np.ndarray:
        """One pooled vector for each text."""
        batch, place = self.batch, 0
        for row, text in enumerate(texts):
            for position, token in enumerate(text):
                batch.token[place], batch.pos[place], batch.logits[place] = token, position, 1
                batch.n_seq_id[place], batch.seq_id[place][0] = 1, row
                place += 1
        batch.n_tokens = place
        # An encoder has no memory of earlier tokens.
        if self.memory:
            llama_cpp.llama_memory_clear(self.memory, True)
        compute = llama_cpp.llama_decode if self.memory else llama_cpp.llama_encode
        if compute(self.context, batch) != 0:
            raise SystemExit("llama.cpp failed")
        rows = [llama_cpp.llama_get_embeddings_seq(self.context, row) for row in range(len(texts))]
        return np.stack([np.ctypeslib.as_array(row, (self.width,)) for row in rows])

    def close(self) -> None:
        llama_cpp.llama_batch_free(self.batch)
        llama_cpp.llama_free(self.context)
        llama_cpp.llama_model_free(self.model)


def main() -> None:
    options = timing.arguments(__doc__)
    texts = options.texts
    llama_cpp.llama_log_set(silent, ctypes.c_void_p())
    llama_cpp.llama_backend_init()
    print(llama_cpp.llama_print_system_info().decode().strip())
    for size in (1, 8):
        # The last are the longest.
        context = Context(options.model, options.threads, size, sum(map(len, texts[-size:])))
        timing.documents(context.run, texts, size, options.runs)
        context.close()
    context = Context(options.model, options.threads, 1, timing.QUERY_TOKENS)
    timing.query(context.run, texts)
    context.close()


if __name__ == "__main__":
    main()
