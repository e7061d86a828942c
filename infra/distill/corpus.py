"""The texts to distil on: all from freely usable sources, none from any conversation benchmark.

Needs a folder into which the Debian packages below have been unpacked (`fetch` does so, on Debian 12):
  wordnet-base    glosses and usage examples of WordNet 3.0 (WordNet licence)
  dict-jargon     prose of the Jargon File 4.4.7 (public domain)
  python3.11-doc  prose of Python's documentation (Python Software Foundation licence)
and makes dialogue-like sentences from the templates in dialogue.py, with WordNet's words in the slots.
"""
import gzip
import random
import re
import subprocess

import dialogue

PACKAGES = ["wordnet-base", "dict-jargon", "python3.11-doc"]


def fetch(folder):
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "download", *PACKAGES], cwd=folder, check=True)
    for package in folder.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)


def synsets(folder):
    """(number of WordNet's lexicographers' file, words, definition, examples) of each synset."""
    for part in ("noun", "verb", "adj", "adv"):
        for line in (folder / f"usr/share/wordnet/data.{part}").read_text().splitlines():
            if line.startswith("  "):  # the licence
                continue
            fields, gloss = line.split(" | ", 1)
            fields = fields.split()
            words = [re.sub(r"\(.*\)$", "", w).replace("_", " ") for w in fields[4:4 + 2 * int(fields[3], 16):2]]
            definition, *rest = re.split(r'; (?=")', gloss.strip())
            examples = [x for part in rest for x in re.findall(r'"([^"]+)"', part)]
            yield int(fields[1]), words, definition.strip('" '), examples


def wordnet(folder, rng):
    for _, words, definition, examples in synsets(folder):
        yield from examples
        # half of the definitions with the words they define, so that rare words too are seen in company
        yield f"{', '.join(words)}: {definition}" if rng.random() < 0.5 else definition


def sentences(text):
    for block in re.split(r"\n\s*\n", text):
        for s in re.split(r"(?<=[.!?])\s+(?=[A-Z])", " ".join(block.split())):
            if 5 <= len(s.split()) <= 40 and s[0].isupper() and s[-1] in ".!?":
                yield s


def jargon(folder):
    with gzip.open(folder / "usr/share/dictd/jargon.dict.dz", "rt", encoding="utf-8", errors="replace") as f:
        yield from (s for s in sentences(f.read()) if "base64" not in s)


def python_docs(folder):
    for path in sorted((folder / "usr/share/doc/python3.11/html/_sources").rglob("*.rst.txt")):
        plain = re.sub(r":[\w:]+:`[~!]?([^`]*)`", r"\1", path.read_text(encoding="utf-8"))
        yield from (s for s in sentences(plain.replace("``", "").replace("*", "")) if "::" not in s and ".." not in s)


def windows(texts, rng, count):
    """Two or three texts together, as the service indexes neighbouring turns together."""
    for _ in range(count):
        i = rng.randrange(len(texts) - 3)
        yield "\n".join(texts[i:i + rng.choice((2, 3))])


def build(folder):
    """{source: its texts}, the same at every run."""
    once = lambda texts: list(dict.fromkeys(texts))
    out = {"wordnet": once(wordnet(folder, random.Random(1))), "jargon": once(jargon(folder)),
           "python": once(python_docs(folder))}
    shuffler = random.Random(2)
    for name, count in (("wordnet", 64_000), ("jargon", 6_000), ("python", 10_000)):
        shuffler.shuffle(out[name])
        del out[name][count:]
    rng = random.Random(1)
    out["dialogue"] = once(dialogue.generate(synsets(folder), folder, rng, 50_000))
    out["windows"] = list(windows(out["dialogue"], rng, 8_000))
    return out
