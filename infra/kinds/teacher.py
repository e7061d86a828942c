"""The teacher: all-MiniLM-L6-v2 with its upper three layers taught the kinds. It reads far too slowly to be delivered."""
import copy
import random

import torch
import torch.nn.functional as F

from texts import KINDS, batches

FROZEN = 3          # layers below stay as they are, so each text goes through them once
HEADS, SIZE = 12, 384
EPOCHS, BATCH, RATE = 2, 32, 1.2e-4


class Layer(torch.nn.Module):
    """A layer of BERT, by the model's own parameters."""

    def __init__(self, layer):
        super().__init__()
        attention = layer.attention
        self.query, self.key, self.value = attention.self.query, attention.self.key, attention.self.value
        self.joined, self.norm = attention.output.dense, attention.output.LayerNorm
        self.wide, self.narrow, self.norm_after = layer.intermediate.dense, layer.output.dense, layer.output.LayerNorm

    def forward(self, x, bias, drop=0.0):
        count, length, size = x.shape
        split = lambda y: y.view(count, length, HEADS, size // HEADS).transpose(1, 2)
        seen = F.scaled_dot_product_attention(split(self.query(x)), split(self.key(x)), split(self.value(x)), attn_mask=bias)
        x = self.norm(x + F.dropout(self.joined(seen.transpose(1, 2).reshape(count, length, size)), drop, self.training))
        return self.norm_after(x + F.dropout(self.narrow(F.gelu(self.wide(x))), drop, self.training))


def bias_of(mask):
    return ((1 - mask) * -1e9)[:, None, None, :]


def padded(rows):
    """Rows of vectors, of unlike length, as one block, and where it is filled."""
    longest = max(len(row) for row in rows)
    x, mask = torch.zeros(len(rows), longest, SIZE), torch.zeros(len(rows), longest)
    for at, row in enumerate(rows):
        x[at, :len(row)], mask[at, :len(row)] = row, 1
    return x, mask


class Teacher(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        layers = [Layer(layer) for layer in model.encoder.layer]
        self.embeddings, self.frozen = model.embeddings.eval(), [layer.eval() for layer in layers[:FROZEN]]
        self.layers = torch.nn.ModuleList(copy.deepcopy(layers[FROZEN:]))
        self.judge = torch.nn.Linear(2 * SIZE, len(KINDS))
        torch.nn.init.normal_(self.judge.weight, std=0.02)
        torch.nn.init.zeros_(self.judge.bias)

    def below(self, ids):
        """What the frozen layers make of texts, each some numbers of tokens."""
        with torch.no_grad():
            x, mask = padded([self.embeddings(input_ids=torch.tensor([text]))[0] for text in ids])
            for layer in self.frozen:
                x = layer(x, bias_of(mask))
        return [row[:len(text)] for row, text in zip(x, ids)]

    def forward(self, rows):
        x, mask = padded(rows)
        for layer in self.layers:
            x = layer(x, bias_of(mask), 0.1)
        mean = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return self.judge(F.dropout(torch.cat([mean, x[:, 0]], 1), 0.1, self.training))

    def said(self, ids):
        """The scores that it gives each text's kinds."""
        self.eval()
        out, order = torch.zeros(len(ids), len(KINDS)), sorted(range(len(ids)), key=lambda place: len(ids[place]))
        with torch.no_grad():
            for start in range(0, len(order), 64):
                some = order[start:start + 64]
                out[some] = self(self.below([ids[place] for place in some]))
        return out


def taught(model, tokens):
    """A teacher that has learned from the labelled texts."""
    teacher, kinds = Teacher(model), torch.tensor(tokens.kinds)
    below = {}          # the frozen layers say the same of a text each time
    for start in range(0, len(tokens.learned), 64):
        some = tokens.learned[start:start + 64]
        below.update((place, row.half()) for place, row in zip(some, teacher.below([tokens.ids[place] for place in some])))
    groups = [{"params": teacher.layers.parameters(), "base": RATE}, {"params": teacher.judge.parameters(), "base": 10 * RATE}]
    optimizer, rng = torch.optim.AdamW(groups, lr=RATE, weight_decay=0.01), random.Random(1)
    steps = [batch for _ in range(EPOCHS) for batch in batches(tokens.ids, tokens.learned, BATCH, 50, rng)]
    teacher.train()
    for step, batch in enumerate(steps):
        part = min((step + 1) / (0.06 * len(steps)), (len(steps) - step) / (0.94 * len(steps)))
        for group in optimizer.param_groups:
            group["lr"] = group["base"] * part
        loss = F.cross_entropy(teacher([below[place].float() for place in batch]), kinds[batch], label_smoothing=0.1)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
        optimizer.step()
        if step % 100 == 99:
            print(f"teacher: {step + 1} of {len(steps)}, loss {loss.item():.3f}", flush=True)
    return teacher
