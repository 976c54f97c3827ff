"""Collects the training text: fetches the packages of packages.txt and unpacks their sources, a folder a package.

Every registry is asked through its own client (cargo, pip, npm, apt); nothing is built or run. `apt-get` needs a `deb-src`
line for the release that the versions are from (Debian 12); APT_CONFIG may name a private configuration. What a registry no
longer has is left out.

    python collect.py --cache FOLDER --out SOURCES
    python collect.py --cache FOLDER --out SOURCES --packages FILE     # those of another list, say ten of them to try it
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tarfile
import zipfile
from collections import defaultdict
from pathlib import Path, PurePosixPath

HERE = Path(__file__).resolve().parent
EXTENSIONS = frozenset(
    """
    rs py js mjs jsx ts tsx go java c h cc cpp cxx hpp hh cs rb php kt kts swift scala sh bash lua hs ex exs erl clj
    groovy pl pm r ml vala m mm sql md toml yml yaml html css scss cr el proto vue
    """.split()
)
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
# Of one package: so many bytes.
LARGEST = 12_000_000


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
    known = PurePosixPath(path).suffix.lstrip(".").lower() in EXTENSIONS
    return 200 <= size <= 300_000 and not bad and known and ".min." not in path


def readable(data: bytes) -> str | None:
    """The text, unless it looks generated or minified."""
    try:
        text = data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    generated = re.search(r"(?i)@generated|do not edit|auto-?generated|machine generated", text[:1500])
    lines = text.count("\n") + 1
    return None if generated or len(text) / lines > 120 or "\0" in text else text


def unpack(registry: str, name: str, version: str, cache: Path, out: Path) -> int:
    """Writes a package's sources to `out`; how many bytes they have."""
    size = 0
    for archive in archives(registry, name, version, cache):
        for path, data in members(archive):
            text = readable(data)
            if text is not None and size < LARGEST and ".." not in PurePosixPath(path).parts:
                file = out / path.lstrip("/")
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
                size += len(text)
    return size


def folder(registry: str, name: str) -> str:
    """The name of a package's folder: `npm__babel__core`."""
    return f"{registry}__{name.lstrip('@').replace('/', '__')}"


def held_out(package: str) -> bool:
    """Whether a package, by the name of its folder, is kept from training: about one in fourteen."""
    registry, name = package.split("__", 1)
    return hashlib.sha256(f"{registry} {name.replace('__', '/')}".encode()).digest()[0] < 18


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--packages", type=Path, default=HERE / "packages.txt", help="lines of registry, name, version")
    arguments = parser.parse_args()
    wanted = defaultdict(list)
    for line in arguments.packages.read_text().splitlines():
        registry, name, version = line.split()
        if not BENCHMARK.match(name.split("/")[-1]):
            wanted[registry].append((name, version))
    for registry, packages in wanted.items():
        cache = arguments.cache.absolute() / registry
        fetch(registry, packages, cache)
        sizes = [unpack(registry, n, v, cache, arguments.out / folder(registry, n)) for n, v in packages]
        print(f"{registry}: {sum(size > 0 for size in sizes)} packages, {sum(sizes) / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
