"""Writes the vectors of the instant model that the Rust loader has to reproduce, computed in numpy from the file itself.

    python reference_instant.py            # crates/embed-gguf/tests/fixtures/instant_reference.json
"""

import json
from pathlib import Path

from gguf import GGUFReader

from student import StoredStudent
from teacher import MODELS, wordpiece

MODEL = MODELS / "all-minilm-l6-v2-instant.gguf"
TEXTS = Path(__file__).resolve().parent / "reference_texts.json"
FIXTURE = MODELS.parent / "crates/embed-gguf/tests/fixtures/instant_reference.json"
DIGITS = 7


def main() -> None:
    student, tokenizer = StoredStudent(MODEL), wordpiece(GGUFReader(MODEL))
    listed = json.loads(TEXTS.read_text("utf-8"))
    texts = [text if isinstance(text, str) else text["repeat"] * text["times"] for text in listed][::-3]
    cases = []
    for text in texts:
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        vector = [round(float(value), DIGITS) for value in student.vector(ids)]
        cases.append({"text": text, "tokens": ids, "vector": vector})
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    FIXTURE.write_text(f"[\n{lines}\n]\n", "utf-8")
    print(f"{len(cases)} texts")


if __name__ == "__main__":
    main()
