#!/usr/bin/env python3
"""Distils all-MiniLM-L6-v2 into a table of one vector per vocabulary token.

    python infra/distill/distill.py --out shared/src/models/builtin/table.bin

First each token alone goes through the model, as `[CLS] token [SEP]`: its mean output, turned onto the 256 main directions of
the model's sentence embeddings, is where its vector starts. Then the vectors are trained so that the normalised
sum over a text's tokens points where the model's own embedding of the text does: so a token learns what it means in
company and how much it should weigh. `--alone` stops before the training, needs no texts, and gives the plain table.
"""
import argparse
import hashlib
import os
from pathlib import Path

import numpy as np
import torch

import corpus
import table

DIMS = 256
LONGEST = 126       # tokens of a text that are looked at; the model itself was trained on 128, two of them special
COMMON = 1e-3       # a token of this frequency starts at half its weight
# Chosen on texts held out, among them kinds of text not trained on; 0.1 to 1 hardly differ. Below, rare tokens get lost
# in noise, and those never seen weigh too little beside the others; above, too little is learnt.
PULL = 0.3
EPOCHS, BATCH, RATE = 4, 512, 0.02


class Teacher:
    """The model: the mean of its outputs over all tokens, the special ones too, not normalised."""

    def __init__(self, folder):
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from transformers import BertModel
        self.model = BertModel.from_pretrained(folder).eval()

    def encode(self, id_lists, tokens_at_once=2048):
        """Texts of one length go together, so that none needs padding."""
        out, by_length = np.zeros((len(id_lists), 384), np.float32), {}
        for i, ids in enumerate(id_lists):
            by_length.setdefault(len(ids), []).append(i)
        with torch.inference_mode():
            for length, all_of_it in by_length.items():
                step = max(1, tokens_at_once // (length + 2))
                for k in range(0, len(all_of_it), step):
                    some = all_of_it[k:k + step]
                    inputs = torch.tensor([[101, *id_lists[i], 102] for i in some])
                    out[some] = self.model(inputs).last_hidden_state.mean(1).numpy()
        return out

    def encode_kept(self, id_lists, cache, step=8000):
        """The same through files in `cache`, so that a run that was stopped goes on where it was."""
        parts = []
        for k in range(0, len(id_lists), step):
            part = id_lists[k:k + step]
            file = cache / (hashlib.sha256(repr(part).encode()).hexdigest()[:16] + ".npy")
            if not file.exists():
                np.save(file, self.encode(part).astype(np.float16))
            parts.append(np.load(file).astype(np.float32))
            print(f"{k + len(part)} of {len(id_lists)} texts through the model", flush=True)
        return np.concatenate(parts)


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-9)


def main_directions(x, dims):
    """The directions of x's largest sums of squares, as columns; their signs fixed, so that reruns agree."""
    values, vectors = np.linalg.eigh(x.T.astype(np.float64) @ x)
    vectors = vectors[:, np.argsort(-values)[:dims]]
    return vectors * np.sign(vectors[np.abs(vectors).argmax(0), range(dims)])


def frequencies(names):
    """How often each token comes, guessed: the vocabulary's words stand in order of frequency (Zipf), from `the` on.
    Before them stand single characters: those that are no letters or digits count as common, the others as rare."""
    first = names.index("the")
    rank = np.arange(len(names)) - first + 1
    rank[:first] = [1000 if t.isalnum() else 1 for t in names[:first]]
    return 1 / (rank + 2.7) / np.log(len(names))


def train(start, texts, targets):
    """Vectors whose normalised sums over each text's rows have the largest cosines with the targets,
    each pulled towards its start; those in no text stay there."""
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    start = torch.tensor(start / np.linalg.norm(start, axis=1).mean(), dtype=torch.float32)
    targets = torch.tensor(unit(targets), dtype=torch.float32)
    vectors = torch.nn.Parameter(start.clone())
    adam = torch.optim.Adam([vectors], lr=RATE, betas=(0.9, 0.99), fused=True)
    batches = len(texts) // BATCH
    steps = EPOCHS * batches
    for step in range(steps):
        if step % batches == 0:
            order, total = rng.permutation(len(texts)), 0.0
        adam.param_groups[0]["lr"] = RATE * min(1, (step + 1) / 50) * (1 - step / steps)
        some = order[step % batches * BATCH:][:BATCH]
        rows = [texts[i] for i in some]
        offsets = np.cumsum([0] + [len(r) for r in rows[:-1]])
        sums = torch.nn.functional.embedding_bag(
            torch.tensor(np.concatenate(rows)), vectors, torch.tensor(offsets), mode="sum")
        loss = 1 - torch.nn.functional.cosine_similarity(sums, targets[some]).mean()
        adam.zero_grad()
        loss.backward()
        with torch.no_grad():
            vectors.grad.add_(vectors - start, alpha=2 * PULL / len(start))
        adam.step()
        total += loss.item()
        if (step + 1) % batches == 0:
            print(f"epoch {step // batches + 1}: mean cosine {1 - total / batches:.4f}", flush=True)
    return vectors.detach().numpy()


def alone(outputs):
    """The plain table: outputs of single tokens on their own main directions, weighted by ln(1 + rank)."""
    x = outputs - outputs.mean(0)
    return x @ main_directions(x, DIMS) * np.log1p(np.arange(len(x)))[:, None]


def in_company(outputs, names, ids, teacher, tokenizer, folder, cache):
    """The trained table."""
    if not (folder / "usr/share/wordnet").exists():
        corpus.fetch(folder)
    texts = [text for texts in corpus.build(folder).values() for text in texts]
    id_lists = [e.ids[:LONGEST] for e in tokenizer.encode_batch(texts, add_special_tokens=False)]
    id_lists = [x for x in id_lists if x]
    sentences = unit(teacher.encode_kept(id_lists, cache))
    row = {i: r for r, i in enumerate(ids)}
    directions = main_directions(sentences, DIMS)
    weights = COMMON / (COMMON + frequencies(names))
    start = (outputs - outputs.mean(0)) @ directions * weights[:, None]
    start[names.index("[UNK]")] = 0
    return train(start, [[row[i] for i in x] for x in id_lists], sentences @ directions)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--out", required=True, help="the table to write")
    ap.add_argument("--alone", action="store_true", help="the plain table, without training")
    ap.add_argument("--texts", type=Path, default=Path("~/.cache/memorable-distill/texts"), help="unpacked Debian packages")
    ap.add_argument("--cache", type=Path, default=Path("~/.cache/memorable-distill/outputs"), help="the model's outputs")
    ap.add_argument("--threads", type=int, default=1)
    args = ap.parse_args()
    torch.set_num_threads(args.threads)
    tokenizer = table.load_tokenizer()
    names, ids = map(list, zip(*table.kept_tokens(tokenizer)))
    teacher = Teacher(table.model_folder())
    outputs = teacher.encode([[i] for i in ids])
    if args.alone:
        vectors = alone(outputs)
    else:
        cache = args.cache.expanduser()
        cache.mkdir(parents=True, exist_ok=True)
        vectors = in_company(outputs, names, ids, teacher, tokenizer, args.texts.expanduser(), cache)
    vectors[names.index("[UNK]")] = 0  # says nothing
    table.write(args.out, names, vectors)
    print(f"{args.out}: {len(names)} rows, {os.path.getsize(args.out)} bytes")


if __name__ == "__main__":
    main()
