"""The labelled texts, as the net learns from them and is chosen by them."""
import hashlib
import json
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
KINDS = ["episodic", "fact", "preference", "procedure", "commitment", "relationship", "insight", "note"]
LONGEST = 64        # tokens of a text that are looked at, with the marks of its beginning and its end


def read(name):
    text = (EXAMPLES / name).read_text()
    rows = json.loads(text) if name.endswith(".json") else [json.loads(line) for line in text.splitlines()]
    return [(row["text"], KINDS.index(row["kind"])) for row in rows]


def ids():
    """Those of train.jsonl."""
    return [json.loads(line)["id"] for line in (EXAMPLES / "labelled/train.jsonl").read_text().splitlines()]


def is_apart(text):
    """A tenth of wide.jsonl is never learned from: there is no other text of its sort to judge by."""
    return hashlib.sha256(f"kinds:{text}".encode()).digest()[0] < 26


def parts():
    """(text, kind): what is judged by, what is learned from, and the tenth that is judged by, too. Neither the teacher nor the
    first stages of the net learn from train.jsonl; the last does, in folds, so that what a net says of texts that it has not seen
    can be known: by that the net is chosen, and the head's confidence is fitted on it. held.jsonl is never read."""
    wide = read("labelled/wide.jsonl")
    learned = read("labelled/more.jsonl") + read("labelled-turns.json") + [row for row in wide if not is_apart(row[0])]
    return read("labelled/train.jsonl"), learned, [row for row in wide if is_apart(row[0])]


class Tokens:
    """Texts as the model's tokens, and what stands where among judged, learned and apart."""

    def __init__(self, tokenizer):
        judged, learned, apart = parts()
        rows = judged + learned + apart
        self.ids = [tokenizer(text, truncation=True, max_length=LONGEST)["input_ids"] for text, _ in rows]
        self.kinds = [kind for _, kind in rows]
        first, last = len(judged), len(judged) + len(learned)
        self.judged, self.learned, self.apart = range(first), range(first, last), range(last, len(rows))


def batches(ids, places, size, at_once, random):
    """Texts of like length go together, in a random order."""
    places, out = list(places), []
    random.shuffle(places)
    for start in range(0, len(places), size * at_once):
        some = sorted(places[start:start + size * at_once], key=lambda place: len(ids[place]))
        out += [some[k:k + size] for k in range(0, len(some), size)]
    random.shuffle(out)
    return out
