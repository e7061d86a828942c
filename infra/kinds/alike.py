"""Texts like those that are learned from, which nobody labelled: the teacher says what they are, and the net learns from that."""
import torch

CLAUSES = {"and", "but", "so", "because", "when", "if", "that", "who", "which", "while", "after", "before", "then", "until"}
STOPS = {".", ",", "!", "?", ";", ":", "-"}
COMMON = 250            # most frequent tokens: grammar, by which kinds differ; they are not exchanged
NEAR = 12               # tokens to choose an exchanged one from
EXCHANGED, LEFT_OUT = 0.25, 0.12


class Alike:
    """Makes texts of the parts of other texts, by numbers of tokens."""

    def __init__(self, tokenizer, vectors, texts, rng):
        self.texts, self.rng = [text[1:-1] for text in texts if len(text) > 3], rng
        words = tokenizer.convert_ids_to_tokens(range(tokenizer.vocab_size))
        self.goes_on = {number for number, word in enumerate(words) if word.startswith("##")}
        self.ends = {number for number, word in enumerate(words) if word in STOPS}
        self.begins = {number for number, word in enumerate(words) if word in CLAUSES}
        self.first, self.last = tokenizer.cls_token_id, tokenizer.sep_token_id
        counts = torch.bincount(torch.tensor([number for text in self.texts for number in text]), minlength=len(words))
        common = set(counts.topk(COMMON).indices.tolist())
        plain = [number for number, word in enumerate(words) if word.isalnum() and word.isascii() and number not in common]
        self.near = self.nearest(vectors, [number for number in plain if counts[number] > 0], plain)

    def nearest(self, vectors, of, among):
        vectors = torch.nn.functional.normalize(vectors, dim=1)
        among_all, near = torch.tensor(among), {}
        for start in range(0, len(of), 512):
            some = of[start:start + 512]
            found = (vectors[some] @ vectors[among_all].T).topk(NEAR + 1).indices
            near.update((number, among_all[row][1:].tolist()) for number, row in zip(some, found))
        return near

    def cuts(self, text):
        """Where a part of the text may begin, but for its beginning."""
        return [at for at in range(2, len(text) - 1) if text[at - 1] in self.ends or text[at] in self.begins]

    def exchanged(self, text):
        def one(at, number):
            whole = number not in self.goes_on and (at + 1 == len(text) or text[at + 1] not in self.goes_on)
            return self.rng.choice(self.near[number]) if whole and number in self.near and self.rng.random() < EXCHANGED else number
        return [one(at, number) for at, number in enumerate(text)]

    def joined(self, text):
        """Its beginning, and how another ends."""
        other = self.rng.choice(self.texts)
        cuts, others = self.cuts(text), self.cuts(other)
        if not cuts or not others:
            return text + other if self.rng.random() < 0.5 else other + text
        return text[:self.rng.choice(cuts)] + other[self.rng.choice(others):]

    def part(self, text):
        cuts = self.cuts(text)
        if not cuts:
            return self.joined(text)
        at = self.rng.choice(cuts)
        return text[:at] if self.rng.random() < 0.5 else text[at:]

    def one(self, longest):
        text, way = self.rng.choice(self.texts), self.rng.random()
        if way < 0.45:
            text = self.joined(text)
        elif way < 0.6:
            text = self.part(text)
        if self.rng.random() < 0.25:
            text = [number for number in text if self.rng.random() > LEFT_OUT]
        return [self.first] + self.exchanged(text)[:longest - 2] + [self.last]
