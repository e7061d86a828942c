#!/usr/bin/env python3
"""Measures a table with the project's retrieval yardstick; nothing of the project needs this.

    python infra/distill/measure.py --bench PATH [--table shared/src/models/builtin/table.bin]

PATH is the yardstick's folder (corpora.py, local.py, retrieval.py, tuned.json and its data).
"""
import argparse
import json
import statistics
import sys
from pathlib import Path

from table import Table

DEFAULT = Path(__file__).parents[2] / "shared/src/models/builtin/table.bin"
SHOWN = ["recall@10", "ndcg@10", "recall@1000tok"]


def systems(tuned):
    """Name -> ranking: the dense leg alone, as it is and with speakers' names stripped, two fusions, and the tuned one."""
    both = {"bm25:speaker": 0.5, "dense:speaker": 0.5}
    return {"dense": {"legs": {"dense:speaker": 1}},
            "dense, names stripped": {"legs": {"dense:plain": 1}, "strip": True},
            "convex": {"legs": both},
            "rrf": {"legs": both, "rrf": 60},
            "tuned hybrid": tuned}


def run(bench, embedder, only=None):
    """{ranking: {metric: mean over the questions}}"""
    if str(bench) not in sys.path:
        sys.path.insert(0, str(bench))
    import corpora
    from embedder import Embedder
    from local import Local
    from retrieval import measure
    Embedder._shared = embedder  # the yardstick's legs ask the shared embedder
    corpus = corpora.load("locomo", "open")
    tuned = json.loads((Path(bench) / "tuned.json").read_text())["hybrid"]
    out = {}
    for name, config in systems(tuned).items():
        if only is None or name in only:
            rows, _ = measure(corpus, Local(**config))
            out[name] = {m: statistics.fmean(r[m] for r in rows) for m in SHOWN}
    return out


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--bench", required=True, help="folder of the yardstick")
    ap.add_argument("--table", default=DEFAULT)
    args = ap.parse_args()
    print(f"{'':<24}" + "".join(f"{m:>16}" for m in SHOWN))
    for name, row in run(args.bench, Table(args.table)).items():
        print(f"{name:<24}" + "".join(f"{row[m]:>16.4f}" for m in SHOWN), flush=True)


if __name__ == "__main__":
    main()
