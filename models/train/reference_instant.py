"""Writes the vectors of the instant model that the Rust loader has to reproduce, computed in numpy from the file itself.

    python reference_instant.py            # crates/embed-gguf/tests/fixtures/instant_reference.json
"""

import json

from encoder import MODELS, wordpiece
from reference_vectors import texts
from student import StoredStudent

MODEL = MODELS / "descry-code-22m-instant.gguf"
FIXTURE = MODELS.parent / "crates/embed-gguf/tests/fixtures/instant_reference.json"
DIGITS = 7


def main() -> None:
    student, tokenizer = StoredStudent(MODEL), wordpiece(MODEL)
    cases = []
    for text in texts()[::-3]:
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        vector = [round(float(value), DIGITS) for value in student.vector(ids)]
        cases.append({"text": text, "tokens": ids, "vector": vector})
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    FIXTURE.write_text(f"[\n{lines}\n]\n", "utf-8")
    print(f"{len(cases)} texts")


if __name__ == "__main__":
    main()
