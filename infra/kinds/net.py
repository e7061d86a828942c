"""The net: blocks over the vectors of a text's tokens, each of which looks at a token and its neighbours; then several means of
all tokens, each weighed in its own way. shared/src/classify/head/net.rs reads the same file and does the same arithmetic."""
import copy
import math
import random
import struct

import blake3
import numpy as np
import torch
import torch.nn.functional as F

from texts import KINDS, LONGEST, batches

SIZE, WIDTH, BLOCKS, MEANS = 64, 96, 3, 8
UNKNOWN, BEGIN, END = 100, 101, 102
BATCH, RATE, TABLE_RATE = 64, 2e-3, 1e-3
# First by the labels alone, then by what the teacher says, too.
EPOCHS_ALONE, EPOCHS_TAUGHT, EPOCHS_LAST = 3, 4, 16
KEPT = 0.998                # how much of the mean of the last stage's nets a further step keeps
DROP, FORGET = 0.2, 0.1     # numbers that are left out in learning, and tokens that are taken for unknown
TEACHER, TEMPERATURE = 0.8, 2.0


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
    def __init__(self):
        super().__init__()
        self.mix, self.norm = torch.nn.Conv1d(WIDTH, WIDTH, 3, padding=1), torch.nn.LayerNorm(WIDTH)

    def forward(self, x, mask):
        mixed = self.mix((self.norm(x) * mask).transpose(1, 2)).transpose(1, 2)
        return x + F.dropout(F.relu(mixed), DROP, self.training)


class Net(torch.nn.Module):
    def __init__(self, vectors):
        super().__init__()
        self.table = torch.nn.Embedding.from_pretrained(vectors, freeze=False)
        self.widen = torch.nn.Linear(SIZE, WIDTH)
        self.places = torch.nn.Parameter(torch.randn(LONGEST, WIDTH) * 0.02)
        self.blocks = torch.nn.ModuleList(Block() for _ in range(BLOCKS))
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


def learn(net, tokens, soft, epochs, seed, last=False):
    """`soft`: the teacher's scores, where it is asked. `last`: the rate falls along a cosine to nothing, and the net is afterwards
    the mean of what it was on its way, the latest steps counting most."""
    kinds, rng = torch.tensor(tokens.kinds), random.Random(seed)
    named = list(net.named_parameters())
    groups = [
        {"params": [p for name, p in named if p.dim() > 1 and name != "table.weight"], "base": RATE, "weight_decay": 0.01},
        {"params": [p for _, p in named if p.dim() == 1], "base": RATE, "weight_decay": 0.0},
        {"params": [net.table.weight], "base": TABLE_RATE, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=RATE)
    steps = [batch for _ in range(epochs) for batch in batches(tokens.ids, tokens.learned, BATCH, 40, rng)]
    mean = copy.deepcopy(net)
    for step, batch in enumerate(steps):
        falls = 0.5 + 0.5 * math.cos(math.pi * step / len(steps)) if last else max(0.02, (len(steps) - step) / (0.95 * len(steps)))
        part = min((step + 1) / (0.05 * len(steps)), falls)
        for group in optimizer.param_groups:
            group["lr"] = group["base"] * part
        found = net(*padded(tokens.ids, batch))
        loss = F.cross_entropy(found, kinds[batch], label_smoothing=0.1)
        if soft is not None:
            wanted, said = F.softmax(soft[batch] / TEMPERATURE, 1), F.log_softmax(found / TEMPERATURE, 1)
            taught = TEMPERATURE ** 2 * F.kl_div(said, wanted, reduction="batchmean")
            loss = (1 - TEACHER) * loss + TEACHER * taught
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        if last:
            with torch.no_grad():
                for kept, now in zip(mean.parameters(), net.parameters()):
                    kept.lerp_(now, 1 - KEPT)
        if step % (len(steps) // epochs) == 0:
            right = [(scores(mean if last else net, tokens.ids, part).argmax(1) == kinds[part]).float().mean().item()
                     for part in (tokens.judged, tokens.apart)]
            print(f"net: {step} of {len(steps)}, right of train.jsonl {right[0]:.4f}, of the tenth {right[1]:.4f}", flush=True)
    if last:
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
    out = struct.pack("<IHHHH", len(rows), SIZE, WIDTH, BLOCKS, MEANS) + scales.tobytes() + bytes_of.tobytes()
    out += rounded("widen.weight") + whole("widen.bias") + rounded("places")
    for block in range(BLOCKS):
        out += whole(f"blocks.{block}.norm.weight") + whole(f"blocks.{block}.norm.bias")
        out += rounded(f"blocks.{block}.mix.weight", (0, 2, 1)) + whole(f"blocks.{block}.mix.bias")
    out += whole("norm.weight") + whole("norm.bias")
    out += rounded("heed.weight") + np.zeros(MEANS, "<f4").tobytes()
    out += rounded("judge.weight") + whole("judge.bias")
    path.write_bytes(b"MEMKIND1" + blake3.blake3(out).digest()[:16] + out)
