"""The net: blocks over the vectors of a text's tokens, each of which looks at a token, at one before and one after it and at the
mean of all; then several means of all tokens, each weighed in its own way. shared/src/classify/head/net.rs reads the same file and does the same arithmetic."""
import copy
import math
import random
import struct
from dataclasses import dataclass

import blake3
import numpy as np
import torch
import torch.nn.functional as F

from texts import KINDS, LONGEST, batches

SIZE, WIDTH, MEANS = 64, 128, 8
AWAY = 1, 2, 4              # how far from a token those before and after it stand, block by block
UNKNOWN, BEGIN, END = 100, 101, 102
UNLABELLED = -100
BATCH = 96
DROP, FORGET = 0.2, 0.1     # numbers that are left out in learning, and tokens that are taken for unknown
TEMPERATURE = 2.0
LABEL, OWN_LABEL = 0.2, 0.6     # how much a label counts beside what the teacher says: of most texts, of train.jsonl's
OWN_TIMES = 4                   # how often in an epoch each of train.jsonl is learned from


@dataclass
class Stage:
    """A part of learning."""
    parts: int              # of the texts without labels
    learned: int            # labelled texts of an epoch
    epochs: int
    rate: float
    kept: float             # how much of the mean of the nets on the way a further step keeps


ALL = 10 ** 6
STAGES = [Stage(16, ALL, 8, 2.2e-3, 0.998), Stage(3, ALL, 8, 1.5e-3, 0.998)]
LAST = Stage(1, 8000, 2, 5e-4, 0.99)    # train.jsonl, too


def first_vectors(model, counts):
    """Where the table starts: the model's own vectors of tokens before its first layer, turned onto their main directions. Those
    of the builtin table say what a text is about; of its grammar, by which kinds differ, they keep little."""
    with torch.no_grad():
        parts = model.embeddings
        vectors = parts.word_embeddings.weight + parts.token_type_embeddings.weight[0] + parts.position_embeddings.weight[1:30].mean(0)
        vectors = parts.LayerNorm(vectors)
    weights = (counts + 0.3).sqrt()
    weights = weights / weights.sum()
    vectors = vectors - (vectors * weights[:, None]).sum(0)
    _, directions = torch.linalg.eigh((vectors * weights[:, None]).T @ vectors)
    vectors = vectors @ directions[:, -SIZE:].flip(1)
    return vectors / (vectors * weights[:, None].sqrt()).pow(2).sum(0).mean().sqrt() * 0.5


class Block(torch.nn.Module):
    def __init__(self, away):
        super().__init__()
        self.mix, self.norm = torch.nn.Conv1d(WIDTH, WIDTH, 3, padding=away, dilation=away), torch.nn.LayerNorm(WIDTH)
        self.whole = torch.nn.Linear(WIDTH, WIDTH)
        torch.nn.init.zeros_(self.whole.weight)
        torch.nn.init.zeros_(self.whole.bias)

    def forward(self, x, mask):
        rows = self.norm(x) * mask
        mixed = self.mix(rows.transpose(1, 2)).transpose(1, 2) + self.whole(rows.sum(1) / mask.sum(1))[:, None]
        return x + F.dropout(F.relu(mixed), DROP, self.training)


class Net(torch.nn.Module):
    def __init__(self, vectors):
        super().__init__()
        self.table = torch.nn.Embedding.from_pretrained(vectors, freeze=False)
        self.widen = torch.nn.Linear(SIZE, WIDTH)
        self.places = torch.nn.Parameter(torch.randn(LONGEST, WIDTH) * 0.02)
        self.blocks = torch.nn.ModuleList(Block(away) for away in AWAY)
        self.norm = torch.nn.LayerNorm(WIDTH)
        self.heed = torch.nn.Linear(WIDTH, MEANS, bias=False)
        self.judge = torch.nn.Linear((MEANS + 2) * WIDTH, len(KINDS))

    def forward(self, ids, mask):
        if self.training:
            unknown = torch.rand(ids.shape) < FORGET
            unknown[:, 0] = False
            ids = torch.where(unknown, UNKNOWN, ids)
        x = self.widen(F.dropout(self.table(ids), DROP, self.training)) + self.places[:ids.shape[1]]
        for block in self.blocks:
            x = block(x, mask)
        x = self.norm(x) * mask
        outside = (mask - 1) * 1e4
        means = (torch.softmax(self.heed(x) + outside, 1).transpose(1, 2) @ x).flatten(1)
        pooled = torch.cat([means, (x + outside).max(1).values, x[:, 0]], 1)
        return self.judge(F.dropout(pooled, DROP, self.training))


def padded(ids, places):
    longest = max(len(ids[place]) for place in places)
    out, mask = torch.zeros(len(places), longest, dtype=torch.long), torch.zeros(len(places), longest, 1)
    for row, place in enumerate(places):
        out[row, :len(ids[place])], mask[row, :len(ids[place])] = torch.tensor(ids[place]), 1
    return out, mask


def scores(net, ids, places):
    net.eval()
    with torch.no_grad():
        found = torch.cat([net(*padded(ids, places[start:start + 64])) for start in range(0, len(places), 64)])
    net.train()
    return found


def learn(net, tokens, soft, alike, stage, own, seed):
    """From the labels and `soft`, the teacher's scores of all `tokens`; and from `alike`, texts without labels and the teacher's
    scores of these. `own`: those of train.jsonl that may be learned from. The rate falls along a cosine, and the net is
    afterwards the mean of what it was on its way, the latest steps counting most."""
    others, said = alike
    ids, soft = tokens.ids + others, torch.cat([soft, said])
    kinds, rng = torch.cat([torch.tensor(tokens.kinds), torch.full((len(others),), UNLABELLED)]), random.Random(seed)
    heeded = torch.full((len(ids),), LABEL)
    heeded[own] = OWN_LABEL
    named = list(net.named_parameters())
    groups = [
        {"params": [p for name, p in named if p.dim() > 1 and name != "table.weight"], "base": stage.rate, "weight_decay": 0.01},
        {"params": [p for _, p in named if p.dim() == 1], "base": stage.rate, "weight_decay": 0.0},
        {"params": [net.table.weight], "base": stage.rate / 2, "weight_decay": 0.0},
    ]
    optimizer, steps = torch.optim.AdamW(groups, lr=stage.rate), []
    for _ in range(stage.epochs):
        some = own * OWN_TIMES + rng.sample(tokens.learned, min(stage.learned, len(tokens.learned)))
        steps += batches(ids, some + list(range(len(tokens.ids), len(ids))), BATCH, 40, rng)
    mean = copy.deepcopy(net)
    for step, batch in enumerate(steps, 1):
        part = min(step / (0.05 * len(steps)), 0.5 + 0.5 * math.cos(math.pi * (step - 1) / len(steps)))
        for group in optimizer.param_groups:
            group["lr"] = group["base"] * part
        found, labelled = net(*padded(ids, batch)), kinds[batch] != UNLABELLED
        wanted, told = F.softmax(soft[batch] / TEMPERATURE, 1), F.log_softmax(found / TEMPERATURE, 1)
        by_teacher = TEMPERATURE ** 2 * F.kl_div(told, wanted, reduction="none").sum(1)
        by_label = F.cross_entropy(found, kinds[batch].clamp(min=0), label_smoothing=0.1, reduction="none") * labelled
        loss = ((1 - heeded[batch]) * by_teacher).mean() + (heeded[batch] * by_label).sum() / labelled.sum().clamp(min=1)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            for kept, now in zip(mean.parameters(), net.parameters()):
                kept.lerp_(now, 1 - stage.kept)
        if step % max(len(steps) // 5, 1) == 0:
            places = [place for place in tokens.judged if place not in own] or tokens.apart
            right = (scores(mean, tokens.ids, places).argmax(1) == kinds[places]).float().mean().item()
            print(f"net: {step} of {len(steps)}, right of what it has not seen: {right:.4f} of {len(places)}", flush=True)
    net.load_state_dict(mean.state_dict())


def write(net, path, rows, share):
    """Writes the table's rows of these tokens and all weights, the scores times `share`, and rounds the net to what was written."""
    state = net.state_dict()
    net.eval()

    def whole(name):
        return state[name].numpy().astype("<f4").tobytes()

    def rounded(name, order=None):
        weights = state[name].numpy() if order is None else state[name].numpy().transpose(order)
        scale = np.float32(np.abs(weights).max() / 32767)
        steps = np.rint(weights / scale).astype("<i2")
        back = steps.astype(np.float32) * scale
        state[name].copy_(torch.tensor(back if order is None else back.transpose(np.argsort(order))))
        return struct.pack("<f", scale) + steps.tobytes()

    for name in ("judge.weight", "judge.bias"):
        state[name].mul_(share)
    table = state["table.weight"].numpy()[rows]
    scales = (np.abs(table).max(0) / 127).astype("<f4")
    bytes_of = np.rint(table / scales).astype(np.int8)
    state["table.weight"][rows] = torch.tensor(bytes_of.astype(np.float32) * scales)
    out = struct.pack("<IHHHH", len(rows), SIZE, WIDTH, len(AWAY), MEANS) + scales.tobytes() + bytes_of.tobytes()
    out += rounded("widen.weight") + whole("widen.bias") + rounded("places")
    for block, away in enumerate(AWAY):
        out += struct.pack("<H", away) + whole(f"blocks.{block}.norm.weight") + whole(f"blocks.{block}.norm.bias")
        out += rounded(f"blocks.{block}.mix.weight", (0, 2, 1)) + whole(f"blocks.{block}.mix.bias")
        out += rounded(f"blocks.{block}.whole.weight") + whole(f"blocks.{block}.whole.bias")
    out += whole("norm.weight") + whole("norm.bias")
    out += rounded("heed.weight") + np.zeros(MEANS, "<f4").tobytes()
    out += rounded("judge.weight") + whole("judge.bias")
    path.write_bytes(b"MEMKIND2" + blake3.blake3(out).digest()[:16] + out)
