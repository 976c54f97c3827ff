"""Makes training pairs, (question, code), of the chunks that the app's own chunker cuts.

    cargo run --release -p descry-chunk --example mine -- SOURCES > chunks.jsonl
    python pairs.py --chunks chunks.jsonl --out CORPUS        # writes pairs.jsonl and texts.jsonl

| kind            | question                                      | code                                            |
|-----------------|-----------------------------------------------|-------------------------------------------------|
| doc-definition  | a doc comment's first or second sentence      | the definition without the comment              |
| doc-app         | the same                                      | the chunk as the app cuts it, without the comment |
| name            | the words of the definition's name            | its body, the name replaced by `_`              |
| inline          | a comment inside                              | the chunk without that line                     |
| heading         | a heading                                     | the section's text                              |

Code is as the app embeds it: `symbol path`, a line break, text. `texts.jsonl` has chunks as they are, for the student to imitate.
"""

import argparse
import hashlib
import json
import random
import re
from collections import Counter
from pathlib import Path

from collect import held_out
from questions import INLINE, as_question, could_be_asked, count_words, description, name_words, sentences

DATA = {"json", "toml", "yaml", "html", "css", "text"}
# At most so many pairs of a package and kind.
MOST = {"doc-definition": 2200, "doc-app": 1500, "name": 1300, "inline": 900, "heading": 200}
# A question that a package has more often, or all packages together, says nothing.
IN_PACKAGE, IN_ALL = 2, 12
# The least and the largest code, in characters.
SMALLEST, LARGEST = 40, 1700
QUESTION = 300


def embedded(symbol: str, text: str) -> str:
    """A chunk as the app embeds it."""
    return f"{symbol}\n{text}" if symbol else text


def of_doc(row: dict, comment: str, code: str, rng: random.Random):
    """A doc comment's first sentence, with the second, or the second alone; of the code without the comment."""
    found = sentences(description(comment))[:2]
    if not found or not could_be_asked(found[0]):
        return
    question, drawn = as_question(found[0], row["names"], rng), rng.random()
    if len(found) == 2 and could_be_asked(found[1]):
        if drawn < 0.2:
            question = as_question(found[1], row["names"], rng)
        elif drawn < 0.4:
            question = f"{question}. {found[1]}"
    if could_be_asked(question):
        yield f"doc-{row['cut']}", question, embedded(row["symbol"], code)


def of_name(row: dict, code: str, rng: random.Random):
    """The words of a definition's name; sometimes with those of what it belongs to, which then does not stand above."""
    name = row["names"][0]
    words = name_words(name)
    masked = re.sub(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", "_", code)
    if sum(len(word) > 2 for word in words) < 2 or name.startswith("test") or masked == code or len(masked) < 150:
        return
    outer = row["symbol"].split(" > ")[:-1]
    question = [word if word.isupper() and len(word) <= 5 else word.lower() for word in words]
    if outer and rng.random() < 0.25:
        question += [word.lower() for word in name_words(outer[-1].split(" ")[-1])]
        outer = []
    yield "name", " ".join(question), embedded(" > ".join(outer), masked)


def of_comment(row: dict, rng: random.Random):
    """A comment inside a chunk, of the chunk without it."""
    lines = row["text"].split("\n")
    comments = [(at, found["text"]) for at, line in enumerate(lines) if at > 1 and (found := INLINE.match(line))]
    if comments:
        at, text = rng.choice(comments)
        if could_be_asked(text) and count_words(text) >= 4:
            yield "inline", as_question(text, [], rng), embedded(row["symbol"], "\n".join(lines[:at] + lines[at + 1 :]))


def of_section(row: dict, rng: random.Random):
    _, _, text = row["text"].partition("\n")
    if row["cut"] == "definition" and row["names"] and len(text.strip()) > 120 and rng.random() < 0.25:
        yield "heading", row["names"][-1], text.strip()


def pairs_of(row: dict, rng: random.Random):
    """(kind, question, code) of a chunk."""
    if row["language"] == "markdown":
        yield from of_section(row, rng)
    if row["language"] == "markdown" or row["language"] in DATA:
        return
    code = row["text"]
    if row["doc"]:
        start, end = row["doc"]
        raw = code.encode()
        comment = raw[start:end].decode("utf-8", "replace")
        code = (raw[:start] + raw[end:]).decode("utf-8", "replace").strip("\n")
        yield from of_doc(row, comment, code, rng)
    if row["cut"] == "definition" and row["names"] and len(row["text"]) >= 200 and rng.random() < 0.55:
        yield from of_name(row, code, rng)
    if row["cut"] == "app" and len(row["text"]) >= 250:
        yield from of_comment(row, rng)


def fingerprint(*parts: str) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=8).digest()


def mine(chunks: Path, rng: random.Random) -> list[dict]:
    """The pairs of all chunks, each once."""
    seen, rows = set(), []
    with open(chunks, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            for kind, question, code in pairs_of(row, rng):
                question = re.sub(r"\s+", " ", question).strip()[:QUESTION]
                key = fingerprint(question.lower(), re.sub(r"\s+", "", code))
                if question and len(code.strip()) >= SMALLEST and key not in seen:
                    seen.add(key)
                    pair = {"package": row["package"], "language": row["language"], "kind": kind}
                    rows.append(pair | {"question": question, "code": code[:LARGEST]})
    return rows


def kept(rows: list[dict], rng: random.Random) -> list[dict]:
    """The pairs whose question is not everywhere, not too many of one package and kind."""
    rng.shuffle(rows)
    in_package = Counter((row["package"], row["question"].lower()) for row in rows)
    rows = [row for row in rows if in_package[row["package"], row["question"].lower()] <= IN_PACKAGE]
    in_all = Counter(row["question"].lower() for row in rows)
    have, out = Counter(), []
    for row in rows:
        key = row["package"], row["kind"]
        if in_all[row["question"].lower()] <= IN_ALL and have[key] < MOST[row["kind"]]:
            have[key] += 1
            out.append(row)
    return out


def texts(chunks: Path, share: float, rng: random.Random):
    """A share of the chunks as the app embeds them, each once."""
    seen = set()
    with open(chunks, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            text = embedded(row["symbol"], row["text"])
            key = fingerprint(re.sub(r"\s+", "", text))
            if row["cut"] == "app" and key not in seen and rng.random() < share:
                seen.add(key)
                yield {"package": row["package"], "language": row["language"], "text": text}


def write(path: Path, rows) -> Counter:
    counted = Counter()
    with open(path, "w", encoding="utf-8") as out:
        for row in rows:
            row["held_out"] = held_out(row["package"])
            counted[row.get("kind", "text"), "held out" if row["held_out"] else "training"] += 1
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return counted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--chunks", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--texts", type=float, default=0.1, help="share of the chunks that the student imitates (0.1)")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(11)
    counted = write(arguments.out / "pairs.jsonl", kept(mine(arguments.chunks, rng), rng))
    counted += write(arguments.out / "texts.jsonl", texts(arguments.chunks, arguments.texts, rng))
    for (kind, side), count in sorted(counted.items()):
        print(f"{kind:15} {side:9} {count}")


if __name__ == "__main__":
    main()
