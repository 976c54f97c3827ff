"""What could be asked of a piece of code: a doc comment's sentence, a name's words, a comment inside."""

import random
import re

from text_preprocessing import words_apart

# What a comment's lines begin with.
MARKS = "/*#!-;\"'={| \t\r"
# Lines of a doc comment that end its description: tags, headings of lists, rules, examples.
AFTER = re.compile(
    r"^[@:<\\]|^(Args?|Arguments|Parameters?|Returns?|Raises|Throws|Examples?|Params?|Return|Note|Notes|Since|Author|Copyright|"
    r"License|Licensed)\b.*:\s*$|^-{3,}|^={3,}|^\s*(>>>|```)"
)
SUMMARY = re.compile(r"^(<summary>|@brief|@description|@summary|\\brief)")
MARKUP = [
    (r"</?[a-zA-Z][^>]*>", ""),
    (r"\{@\w+\s+([^}]*)\}", r"\1"),
    (r"`+", ""),
    (r"\[([^\]]+)\](\([^)]*\))?", r"\1"),
    (r"\s+", " "),
]
UNASKED = re.compile(
    r"(?i)copyright|licen[sc]e|all rights reserved|spdx|todo|fixme|deprecated since|auto-?generated|^see |^@|eslint|pylint|noqa|"
    r"prettier|istanbul|clang-format|inheritdoc|https?://\S+$"
)
ASKED_AS = [
    "how does it {}", "where is the code that {}", "code to {}", "function that {}", "how to {}", "implementation of {}",
    "{} logic", "where do we {}", "how is {} handled", "{} implementation",
]  # fmt: skip
INLINE = re.compile(r"^\s*(//+|#+|--|;;+|%+)\s?(?P<text>[A-Za-z].{18,160})$")


def description(comment: str) -> str:
    """The first paragraph of a doc comment, without marks and markup."""
    paragraph = []
    for line in comment.split("\n"):
        line = line.strip().lstrip(MARKS).rstrip('*/" \r')
        if AFTER.match(line):
            if paragraph:
                break
            line = re.sub(r"^</?summary>|^[@\\](brief|description|summary)\s*", "", line) if SUMMARY.match(line) else ""
        if line:
            paragraph.append(line)
        elif paragraph:
            break
    text = " ".join(paragraph)
    for pattern, plain in MARKUP:
        text = re.sub(pattern, plain, text)
    return text.strip()


def sentences(text: str) -> list[str]:
    parts = re.split(r"(?<=[.!?])\s+(?=[A-Z\"'(`])", text)
    return [part.strip().rstrip(".") for part in parts if part.strip()]


def count_words(text: str) -> int:
    return sum(1 for word in text.split() if re.search(r"[A-Za-z]", word))


def could_be_asked(text: str) -> bool:
    """Three to forty words, mostly of letters, and nothing about licences or tools."""
    if not 3 <= count_words(text) <= 40 or UNASKED.search(text):
        return False
    letters = sum(char.isalpha() or char == " " for char in text)
    return letters / len(text) > 0.8 and sum(ord(char) > 127 for char in text) < 0.2 * len(text)


def as_question(sentence: str, names: list[str], rng: random.Random) -> str:
    """The sentence as someone might type it: without the name that it is about, now and then in small letters or as a question."""
    first, _, rest = sentence.partition(" ")
    if first.strip("`'\"().,:") in names and count_words(rest) >= 3:
        sentence = rest
    sentence = re.sub(r"^(is|are)\s+(?:a|an|the)\s+", "", sentence).strip().rstrip(".:;,")
    drawn = rng.random()
    if drawn < 0.45 and sentence[:1].isupper() and not sentence[:2].isupper():
        sentence = sentence[:1].lower() + sentence[1:]
    return rng.choice(ASKED_AS).format(sentence) if drawn < 0.12 else sentence


def name_words(name: str) -> list[str]:
    """The words of the last part of a name."""
    last = name.split("::")[-1].split(".")[-1]
    return [word for word in re.split(r"[^A-Za-z0-9]+", words_apart(last)) if word]
