"""How the app writes text for a model that drops case: with the words of a name taken apart.

`readJsonValue` is `read Json Value`. The app reads code and questions so (`crates/embed/src/text_preprocessing.rs`, the same rule), so
with `--apart` the teacher's vectors and the student's bags are of such texts, too.
"""


def words_apart(text: str) -> str:
    """A space before every capital that begins a word: after a small letter, or before one (`HTTPServer`)."""
    out, copied = [], 0
    for at in range(1, len(text)):
        if text[at].isupper():
            before = text[at - 1]
            if before.islower() or (before.isupper() and text[at + 1 : at + 2].islower()):
                out.append(text[copied:at])
                copied = at
    return " ".join([*out, text[copied:]])
