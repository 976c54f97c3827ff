"""Collects the training text: sources of the packages in packages.txt, cut into pieces.

Every registry is asked through its own client (cargo, pip, npm, apt); nothing is built or run. `apt-get` needs a `deb-src`
line for the release that the versions are from (Debian 12); APT_CONFIG may name a private configuration.

    python collect.py --cache FOLDER --out FOLDER     # writes pieces.jsonl and pairs.jsonl
"""

import argparse
import hashlib
import json
import random
import re
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter, defaultdict
from pathlib import Path, PurePosixPath

from chunk_text import documented, pieces

HERE = Path(__file__).resolve().parent
LANGUAGES = {
    "rs": "rust", "py": "python", "js": "javascript", "mjs": "javascript", "jsx": "javascript", "ts": "typescript",
    "tsx": "typescript", "go": "go", "java": "java", "c": "c", "h": "c", "cc": "cpp", "cpp": "cpp", "cxx": "cpp", "hpp": "cpp",
    "hh": "cpp", "cs": "csharp", "rb": "ruby", "php": "php", "kt": "kotlin", "kts": "kotlin", "swift": "swift",
    "scala": "scala", "sh": "bash", "bash": "bash", "lua": "lua", "hs": "haskell", "ex": "elixir", "exs": "elixir",
    "erl": "erlang", "clj": "clojure", "groovy": "groovy", "pl": "perl", "pm": "perl", "r": "r", "ml": "ocaml", "vala": "vala",
    "m": "objective-c", "mm": "objective-c", "sql": "sql", "md": "markdown", "toml": "toml", "yml": "yaml", "yaml": "yaml",
    "html": "html", "css": "css", "scss": "css", "cr": "crystal", "el": "elisp", "proto": "proto", "vue": "vue",
}  # fmt: skip
# How many pieces of a language are kept: (training, held out); then how many pairs.
PIECES, PAIRS = (3300, 400), (1500, 110)
FEWER_PIECES = {
    "markdown": (2000, 200), "toml": (200, 13), "yaml": (500, 33), "html": (500, 33), "css": (500, 33), "sql": (500, 33),
    "proto": (500, 33), "objective-c": (1000, 60), "perl": (1500, 100), "r": (1500, 100),
}  # fmt: skip
# Projects of the public benchmark that measures the app: neither they nor copies of them are trained on.
BENCHMARK = re.compile(
    r"(?i)^(aiohttp|fastapi|flask|httpx|model2vec|pydantic(_core)?|requests|starlette|axios|express|redux|gin|cobra|chi|"
    r"gson|commons-?lang3?|jackson.*|guzzle(http)?|monolog|laravel|illuminate|sinatra|rack|rails|railties|"
    r"active(record|support|model|job)|action(pack|view|mailer|cable|controller)|tokio(-\w+)?|trpc|messagepack.*|ktor.*|cats|"
    r"alamofire|click|serde(_\w+)?|zod|nlohmann|phoenix|axum(-\w+)?|vitest|newtonsoft.*|dapper|kotlinx[-.]coroutines.*|"
    r"exposed|circe|http4s|vapor|plug|ecto|absl|abseil.*|fmt|curl|libcurl|redis|valkey|libuv|bats(-core)?|aeson|telescope.*|"
    r"lazy\.nvim|zig|nvm|bash-it|pandoc|xmonad|mini\.nvim|zls|zig-clap)$"
)
UNWANTED = re.compile(
    r"(?i)^(vendor|vendored|_vendor|third_?party|3rdparty|external|extern|deps|node_modules|dist|build|min|bundled?|"
    r"generated|autogen|locales?|i18n|fixtures?|testdata|snapshots?|umd|cjs|esm|lib-cov|\.git|\.pc)$"
)
PER_PACKAGE = 450
PER_FILE = 40


def run(*command: str, cwd: Path) -> bool:
    return subprocess.run(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def fetch_crates(wanted, cache: Path) -> None:
    """`cargo vendor` of a package that depends on them all; versions that exclude each other go into further ones."""
    manifest = '[package]\nname = "corpus"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[dependencies]\n'
    rest = list(wanted)
    while rest:
        (cache / "lib.rs").write_text("")
        batch, rest = rest[:40], rest[40:]
        lines = [f'c{i} = {{ package = "{n}", version = "={v}", default-features = false }}' for i, (n, v) in enumerate(batch)]
        (cache / "Cargo.toml").write_text(manifest + "\n".join(lines) + "\n")
        (cache / "Cargo.lock").unlink(missing_ok=True)
        if not run("cargo", "vendor", "--versioned-dirs", "--no-delete", str(cache / "vendor"), cwd=cache) and len(batch) > 1:
            half = len(batch) // 2
            for part in (batch[:half], batch[half:]):
                fetch_crates(part, cache)


def fetch(registry: str, wanted, cache: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    if registry == "crates.io":
        missing = [(n, v) for n, v in wanted if not (cache / "vendor" / f"{n}-{v}").exists()]
        fetch_crates(missing, cache)
        return
    for name, version in wanted:
        if any(archives(registry, name, version, cache)):
            continue
        if registry == "pypi":
            pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:"]
            done = run(*pip, f"{name}=={version}", cwd=cache)
        elif registry == "npm":
            done = run("npm", "pack", "--ignore-scripts", f"{name}@{version}", cwd=cache)
        else:
            apt = ["apt-get", "source", "--download-only", "--only-source"]
            done = run(*apt, f"{name}={version}", cwd=cache)
        if not done:
            print(f"not available: {registry} {name} {version}", file=sys.stderr)


def archives(registry: str, name: str, version: str, cache: Path):
    """The files or folders that hold a package's sources."""
    if registry == "crates.io":
        yield from cache.glob(f"vendor/{name}-{version}")
    elif registry == "pypi":
        plain = re.sub(r"[-_.]+", "_", name).lower()
        yield from (f for f in cache.glob(f"*-{version}-*.whl") if f.name.lower().startswith(f"{plain}-{version}-"))
    elif registry == "npm":
        yield from cache.glob(f"{name.lstrip('@').replace('/', '-')}-{version}.tgz")
    else:
        upstream = re.sub(r"^\d+:", "", version)
        dsc = cache / f"{name}_{upstream}.dsc"
        if dsc.exists():
            listed = re.findall(r"^ [0-9a-f]{64} \d+ (\S+)$", dsc.read_text("utf-8", "replace"), re.M)
            for file in listed:
                is_source = file.endswith((".tar.gz", ".tar.xz", ".tar.bz2")) and ".debian.tar." not in file
                if is_source and (cache / file).exists():
                    yield cache / file


def members(path: Path):
    """(path inside, bytes) of each file of an archive or folder that could be a source."""
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file() and wanted_file(file.relative_to(path).as_posix(), file.stat().st_size):
                yield file.relative_to(path).as_posix(), file.read_bytes()
    elif path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if wanted_file(entry.filename, entry.file_size):
                    yield entry.filename, archive.read(entry)
    else:
        with tarfile.open(path) as archive:
            for entry in archive:
                inside = entry.name.split("/", 1)[-1]
                if entry.isfile() and wanted_file(inside, entry.size):
                    yield inside, archive.extractfile(entry).read()


def wanted_file(path: str, size: int) -> bool:
    parts = PurePosixPath(path).parts
    bad = any(UNWANTED.match(part) or BENCHMARK.match(part) for part in parts[:-1]) or BENCHMARK.match(PurePosixPath(path).stem)
    return 200 <= size <= 300_000 and not bad and language(path) is not None and ".min." not in path


def language(path: str) -> str | None:
    return LANGUAGES.get(PurePosixPath(path).suffix.lstrip(".").lower())


def readable(data: bytes) -> str | None:
    """The text, unless it looks generated or minified."""
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    generated = re.search(r"(?i)@generated|do not edit|auto-?generated|machine generated", text[:1500])
    lines = text.count("\n") + 1
    return None if generated or len(text) / lines > 120 or "\0" in text else text


def held_out(registry: str, name: str) -> bool:
    """Whether a package is kept from training: about one in fourteen, by its name."""
    return hashlib.sha256(f"{registry} {name}".encode()).digest()[0] < 18


def package_pieces(registry: str, name: str, version: str, cache: Path):
    rng = random.Random(f"{registry} {name} {version}")
    found, pairs = defaultdict(list), []
    for archive in archives(registry, name, version, cache):
        for path, data in members(archive):
            text = readable(data)
            if text is None:
                continue
            of_file = list(pieces(text, rng))
            rng.shuffle(of_file)
            found[language(path)] += of_file[:PER_FILE]
            pairs += [(language(path), *pair) for pair in documented(text)]
    for kind, texts in found.items():
        rng.shuffle(texts)
        for text in texts[:PER_PACKAGE]:
            yield kind, text, None
    rng.shuffle(pairs)
    for kind, query, body in pairs[: 150 if held_out(registry, name) else 40]:
        yield kind, body, query


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    wanted = defaultdict(list)
    for line in (HERE / "packages.txt").read_text().splitlines():
        registry, name, version = line.split()
        wanted[registry].append((name, version))
    seen, rows = set(), []
    for registry, packages in wanted.items():
        fetch(registry, packages, arguments.cache / registry)
        for name, version in packages:
            for kind, text, query in package_pieces(registry, name, version, arguments.cache / registry):
                digest = hashlib.sha256(re.sub(r"\s+", "", text).encode()).digest()[:12]
                if digest not in seen:
                    seen.add(digest)
                    held = held_out(registry, name)
                    rows.append({"language": kind, "package": f"{registry} {name}", "held_out": held, "query": query, "text": text})
    random.Random(0).shuffle(rows)
    arguments.out.mkdir(parents=True, exist_ok=True)
    kept = Counter()
    with open(arguments.out / "pieces.jsonl", "w") as out, open(arguments.out / "pairs.jsonl", "w") as pairs:
        for row in rows:
            key = row["language"], row["held_out"], row["query"] is not None
            limits = PAIRS if row["query"] else FEWER_PIECES.get(row["language"], PIECES)
            if kept[key] < limits[row["held_out"]]:
                kept[key] += 1
                (pairs if row["query"] else out).write(json.dumps(row) + "\n")
    for (kind, held, pair), count in sorted(kept.items()):
        print(f"{kind:12} {'held out' if held else 'training':9} {'pairs' if pair else 'pieces':7} {count}")


if __name__ == "__main__":
    main()
