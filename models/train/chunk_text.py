"""Cuts source text into pieces like those that the app embeds, and finds documented functions.

No grammar here: training needs pieces that look like the app's chunks (whole definitions, some hundred bytes, now and
then a symbol path in front), not the very same cuts.
"""

import random
import re

SMALLEST, LARGEST = 250, 1500

DEFINITION = re.compile(
    r"^\s*(?:(?:pub(?:\([^)]*\))?|export|default|public|private|protected|internal|static|final|abstract|async|unsafe|const|"
    r"override|open|suspend|inline|virtual|sealed|data|local|declare|extern|constexpr|partial|readonly|case)\s+)*"
    r"(?P<kind>fn|def|defp|defmodule|defmacro|class|struct|enum|trait|impl|interface|module|namespace|func|function|fun|"
    r"object|protocol|extension|type|record|mixin|macro|sub|package|instance|data|newtype)\s+"
    r"(?:\([^)]*\)\s*)?(?P<name>[A-Za-z_$][\w$.:?!]*)"
)
# A function of the C family: `Type name(arguments) {`, which no keyword announces.
C_FUNCTION = re.compile(r"^\s*(?!return|if|for|while|switch|else|catch|new|throw)(?:[\w:<>,*&\[\]?.]+\s+)+[*&]?(?P<name>[\w:~]+)\s*\([^;]*\)?[^;]*\{?\s*$")
LINE_COMMENT = re.compile(r"^\s*(?:///?!?|\#|--\s?\|?|;;+|%%+)\s?(?P<text>.*)$")
FUNCTIONS = {"fn", "def", "defp", "func", "function", "fun", "sub", "macro", "defmacro"}


def indentation(line: str) -> int:
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())


def cut_cost(lines: list[str], at: int) -> int:
    """How bad it is to begin a piece at this line: deep lines, and lines inside a run, are bad."""
    cost = indentation(lines[at])
    if lines[at - 1].strip():
        cost += 6
    if lines[at].strip()[:1] in ("}", ")", "]") or lines[at].strip() in ("end", "fi", "done"):
        cost += 20
    return cost


def cut(lines: list[str], rng: random.Random):
    """Spans [start, end) of lines, each at its best place in a window of a size drawn anew."""
    start = 0
    while start < len(lines):
        if not lines[start].strip():
            start += 1
            continue
        limit = rng.randint(500, LARGEST)
        size, best, best_cost, at = 0, None, None, start
        while at < len(lines) and size + len(lines[at]) + 1 <= limit:
            size += len(lines[at]) + 1
            at += 1
            if at < len(lines) and size >= SMALLEST and lines[at].strip():
                cost = cut_cost(lines, at)
                if best is None or cost <= best_cost:
                    best, best_cost = at, cost
        end = at if at == len(lines) or best is None else best
        end = max(end, start + 1)
        yield start, end
        start = end


def label(line: str) -> str | None:
    found = DEFINITION.match(line)
    return f"{found['kind']} {found['name']}" if found else None


def symbol_path(lines: list[str], start: int, end: int) -> str:
    """What the piece defines first, after what encloses it: `impl Router > fn route`."""
    first = next((i for i in range(start, end) if label(lines[i])), start)
    depth, path = indentation(lines[first]), []
    for i in range(first - 1, max(-1, first - 400), -1):
        if depth == 0:
            break
        if lines[i].strip() and indentation(lines[i]) < depth:
            depth = indentation(lines[i])
            if name := label(lines[i]):
                path.insert(0, name)
    return " > ".join(path + ([label(lines[first])] if label(lines[first]) else []))


def pieces(text: str, rng: random.Random):
    """The training texts of one file; every second one with its symbol path as first line."""
    lines = text.split("\n")
    for start, end in cut(lines, rng):
        body = "\n".join(lines[start:end]).strip("\n").rstrip()
        if len(body) < 40 or len(body) > LARGEST or not re.search(r"[A-Za-z]{3}", body):
            continue
        path = symbol_path(lines, start, end) if rng.random() < 0.5 else ""
        yield f"{path}\n{body}" if path else body


def first_sentence(comment: str) -> str | None:
    """The first sentence of a comment if it could be asked as a question: at least four words."""
    text = re.sub(r"\s+", " ", re.sub(r"[`*]|<[^>]+>|\{@\w+ ([^}]*)\}", r"\1", comment)).strip()
    sentence = re.split(r"(?<=[.!?])\s|\s@|\s:\w+:|\sArgs:|\sParameters", text, maxsplit=1)[0].strip()
    usable = len(sentence.split()) >= 4 and len(sentence) <= 200 and re.match(r"[A-Z][a-z]+ [a-z]", sentence)
    return sentence if usable and not re.search(r"(?i)copyright|licen[sc]e|todo|eslint|@param", sentence) else None


def body_end(lines: list[str], head: int) -> int:
    """The line after the definition that begins at `head`, by its indentation."""
    depth, at = indentation(lines[head]), head + 1
    while at < len(lines) and (not lines[at].strip() or indentation(lines[at]) > depth or lines[at].strip()[:1] in ")]{"):
        at += 1
    closing = at < len(lines) and (lines[at].strip()[:1] == "}" or lines[at].strip().startswith("end"))
    return at + closing


def is_function(line: str) -> bool:
    found = DEFINITION.match(line)
    return found["kind"] in FUNCTIONS if found else bool(C_FUNCTION.match(line))


def comment_before(lines: list[str], head: int) -> str:
    """The text of the comment that ends right above `head`, past attributes and annotations."""
    at = head - 1
    while at >= 0 and re.match(r"^\s*(#\[|@\w)", lines[at]):
        at -= 1
    if at >= 0 and lines[at].rstrip().endswith("*/"):
        start = at
        while start > 0 and "/*" not in lines[start]:
            start -= 1
        return " ".join(re.sub(r"^\s*/?\*+!?/?|\*/\s*$", "", line).strip() for line in lines[start : at + 1])
    found = []
    while at >= 0 and (match := LINE_COMMENT.match(lines[at])) and not lines[at].startswith("#!"):
        found.insert(0, match["text"])
        at -= 1
    return " ".join(found)


def documented(text: str):
    """Pairs (first sentence of the comment, the function without it)."""
    lines = text.split("\n")
    for head, line in enumerate(lines):
        if not line.strip() or len(line) > 200 or not is_function(line):
            continue
        end = body_end(lines, head)
        body = "\n".join(lines[head:end])
        comment = comment_before(lines, head)
        docstring = re.search(r'^\s*[ru]?("""|\'\'\')(.*?)\1[ \t]*\n?', body[len(line) :], re.S | re.M)
        if not comment and docstring and not body[len(line) : len(line) + docstring.start()].strip(" \n:)"):
            comment = docstring[2]
            body = body[: len(line) + docstring.start()] + body[len(line) + docstring.end() :]
        sentence = first_sentence(comment)
        if sentence and end - head >= 3 and 80 <= len(body) <= LARGEST:
            yield sentence, body
