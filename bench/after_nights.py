#!/usr/bin/env python3
"""Whether nights make recall worse: LoCoMo asked without nights, and stored over seven days with a night after each.

    python bench/after_nights.py YARDSTICK BINARY [--nights 7] [--embedder DIR] [--out FILE.json]

YARDSTICK is the folder of the retrieval yardstick (retrieval.py, corpora.py, backends.py), for which this Python needs numpy
and tokenizers; BINARY is the local service. Days pass by `faketime` (Debian's package), for the service only. Each day stores
its share of every conversation's sessions. Prints both qualities, and how many memories say what another one says.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections import Counter, defaultdict

FIGURES = ["recall@5", "recall@10", "recall@20", "ndcg@10", "mrr", "recall@500tok", "recall@1000tok", "recall@2000tok"]
TOKEN = "local"
# Fewer words are said again and again ("Thank you so much!"), and are no duplicates of each other.
LEAST_WORDS = 4
NIGHT_WITHIN_S = 1800


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("yardstick")
    parser.add_argument("binary")
    parser.add_argument("--nights", type=int, default=7)
    parser.add_argument("--embedder", help="a model's folder for the service")
    parser.add_argument("--out", help="where the figures go, as JSON")
    return parser.parse_args()


class Service:
    """The local service on a folder, a number of days from now."""

    def __init__(self, binary, data, days, embedder):
        self.command = ["faketime", "-f", f"+{days}d", binary, "--data", data]
        if embedder:
            self.command += ["--embedder", embedder]
        # Only what time it is changes: sleeping and time-outs go by the real clock.
        self.env = {**os.environ, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "RUST_LOG": "warn"}

    def night(self):
        subprocess.run([*self.command, "--night"], env=self.env, check=True, timeout=NIGHT_WITHIN_S,
                       stdout=subprocess.DEVNULL)

    def __enter__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        # A group of its own: faketime waits for the service, and does not pass on what it is sent.
        self.process = subprocess.Popen([*self.command, "--port", str(port)], env=self.env, stdout=subprocess.DEVNULL,
                                        start_new_session=True)
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=1).read()
                return self
            except OSError:
                time.sleep(0.1)
        sys.exit(f"{self.url} did not answer")

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()
        # The service lets go of its folder a moment after faketime has ended.
        time.sleep(2)

    def get(self, path, **query):
        request = urllib.request.Request(f"{self.url}{path}?{urllib.parse.urlencode(query)}",
                                         headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def settle(self, scopes):
        """Waits until all is classified."""
        for scope in scopes:
            while any(memory["state"] == "pending" for memory in self.memories(scope)):
                time.sleep(0.5)

    def memories(self, scope):
        cursor = {}
        while True:
            page = self.get("/v1/memories", scope=scope, limit=100, **cursor)
            yield from page["memories"]
            if not page["next_cursor"]:
                return
            cursor = {"cursor": page["next_cursor"]}


def duplicates(memories):
    """Of the memories that recall may return: how many there are, and how many repeat an earlier one, word for word,
    by the same speaker in the same session, or as a fact beside another fact."""
    held, seen, again = 0, Counter(), 0
    for memory in memories:
        words = tuple(re.findall(r"\w+", memory["content"].lower()))
        if memory.get("merged_into") or memory.get("superseded_by"):
            continue
        held += 1
        if len(words) < LEAST_WORDS:
            continue
        key = (words, None if memory.get("derived_from") else (memory.get("speaker"), memory.get("session")))
        again += seen[key] > 0
        seen[key] += 1
    return held, again


def main():
    args = arguments()
    sys.path.insert(0, args.yardstick)
    os.environ["BENCH_TOKEN"] = TOKEN
    import corpora
    import retrieval
    from backends import Http

    corpus = corpora.load("locomo", "open", "raw")

    class Stored(Http):
        """What is stored already."""

        def __init__(self, url):
            super().__init__(url)
            self.run = "nights"

        def add(self, turns):
            pass

        def store(self, turns):
            super().add(turns)

        def scope(self, user):
            return f"user:{self._user(user)}"

    sessions = defaultdict(list)
    for turn in corpus.turns:
        if turn.session not in sessions[turn.user]:
            sessions[turn.user].append(turn.session)
    day_of = {(user, session): n * args.nights // len(known)
              for user, known in sessions.items() for n, session in enumerate(known)}

    def measured(service, backend):
        rows, _ = retrieval.measure(corpus, backend)
        figures = {name: retrieval.summary(rows, 0, 0)[name] for name in FIGURES}
        counts = [duplicates(service.memories(backend.scope(user))) for user in sessions]
        figures["memories"], figures["duplicates"] = (sum(column) for column in zip(*counts))
        return figures

    folder = tempfile.mkdtemp(prefix="after-nights-")
    results = {}
    try:
        with Service(args.binary, f"{folder}/none", 0, args.embedder) as service:
            backend = Stored(service.url)
            backend.store(corpus.turns)
            service.settle(map(backend.scope, sessions))
            results["no night"] = measured(service, backend)
        data = f"{folder}/nights"
        for day in range(args.nights):
            with Service(args.binary, data, day, args.embedder) as service:
                backend = Stored(service.url)
                backend.store([turn for turn in corpus.turns if day_of[turn.user, turn.session] == day])
                service.settle(map(backend.scope, sessions))
            started = time.monotonic()
            Service(args.binary, data, day, args.embedder).night()
            print(f"night {day + 1}: {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)
        with Service(args.binary, data, args.nights, args.embedder) as service:
            results[f"after {args.nights}"] = measured(service, Stored(service.url))
    finally:
        shutil.rmtree(folder)
    print(f"{'':<12}" + "".join(f"{name:>16}" for name in [*FIGURES, "memories", "duplicates"]))
    for name, figures in results.items():
        print(f"{name:<12}" + "".join(f"{value:>16}" for value in figures.values()))
    if args.out:
        with open(args.out, "w") as file:
            json.dump(results, file, indent=1)


main()
