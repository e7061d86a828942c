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


class Teacher(torch.nn.Module):
    def __init__(self, model, ids):
        super().__init__()
        layers = [Layer(layer) for layer in model.encoder.layer]
        self.ids = ids
        self.below = self.lower(model.eval(), layers[:FROZEN])
        self.layers = torch.nn.ModuleList(copy.deepcopy(layers[FROZEN:]))
        self.judge = torch.nn.Linear(2 * SIZE, len(KINDS))
        torch.nn.init.normal_(self.judge.weight, std=0.02)
        torch.nn.init.zeros_(self.judge.bias)

    def lower(self, model, layers):
        """What the frozen layers make of each text."""
        out, order = [None] * len(self.ids), sorted(range(len(self.ids)), key=lambda place: len(self.ids[place]))
        with torch.no_grad():
            for start in range(0, len(order), 64):
                some = order[start:start + 64]
                longest = max(len(self.ids[place]) for place in some)
                ids = torch.tensor([self.ids[place] + [0] * (longest - len(self.ids[place])) for place in some])
                x = model.embeddings(input_ids=ids)
                for layer in layers:
                    x = layer(x, bias_of((ids != 0).float()))
                for row, place in enumerate(some):
                    out[place] = x[row, :len(self.ids[place])].half()
        return out

    def forward(self, places):
        longest = max(len(self.ids[place]) for place in places)
        x, mask = torch.zeros(len(places), longest, SIZE), torch.zeros(len(places), longest)
        for row, place in enumerate(places):
            x[row, :len(self.ids[place])], mask[row, :len(self.ids[place])] = self.below[place].float(), 1
        for layer in self.layers:
            x = layer(x, bias_of(mask), 0.1)
        mean = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        return self.judge(F.dropout(torch.cat([mean, x[:, 0]], 1), 0.1, self.training))


def soft_labels(model, tokens):
    """The scores that the taught teacher gives each text's kinds."""
    teacher, kinds = Teacher(model, tokens.ids), torch.tensor(tokens.kinds)
    groups = [{"params": teacher.layers.parameters(), "base": RATE}, {"params": teacher.judge.parameters(), "base": 10 * RATE}]
    optimizer, rng = torch.optim.AdamW(groups, lr=RATE, weight_decay=0.01), random.Random(1)
    steps = [batch for _ in range(EPOCHS) for batch in batches(tokens.ids, tokens.learned, BATCH, 50, rng)]
    teacher.train()
    for step, batch in enumerate(steps):
        part = min((step + 1) / (0.06 * len(steps)), (len(steps) - step) / (0.94 * len(steps)))
        for group in optimizer.param_groups:
            group["lr"] = group["base"] * part
        loss = F.cross_entropy(teacher(batch), kinds[batch], label_smoothing=0.1)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
        optimizer.step()
        if step % 100 == 99:
            print(f"teacher: {step + 1} of {len(steps)}, loss {loss.item():.3f}", flush=True)
    teacher.eval()
    with torch.no_grad():
        order = range(0, len(tokens.ids), 64)
        return torch.cat([teacher(list(range(start, min(start + 64, len(tokens.ids))))) for start in order])
