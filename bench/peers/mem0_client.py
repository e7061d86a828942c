"""LoCoMo by way of mem0's client, against this service and through mem0 itself:

    python bench/peers/mem0_client.py YARDSTICK http://127.0.0.1:8080/mem0 here mem0

YARDSTICK is the folder of the retrieval yardstick (retrieval.py, corpora.py, backends.py) with its requirements installed;
`here` is mem0's client against the service, `mem0` is mem0 itself as the yardstick runs it (infer=False, all-MiniLM-L6-v2,
Qdrant on disk). For the same embedder here, start the service with --embedder FOLDER of that model. Neither asks a language
model. Tokens: what the turns found cost in a prompt, of the first ten.
"""

import os
import re
import sys
import time
from collections import defaultdict

yardstick, host, *names = sys.argv[1:]
sys.path.insert(0, yardstick)
os.environ["MEM0_TELEMETRY"] = "False"

import corpora  # noqa: E402
import retrieval  # noqa: E402
from backends import SYSTEMS  # noqa: E402
from embedder import Embedder  # noqa: E402
from interface import Backend, Hit  # noqa: E402
from mem0 import MemoryClient  # noqa: E402

MESSAGES_OF_ONE_CALL = 50


class Client(Backend):
    """This service, with nothing but mem0's client. A user's run is a session, a message's time the call's."""

    def __init__(self):
        self.client = MemoryClient(host=host, api_key=os.environ.get("MEMORABLE_TOKEN", "local"))
        self.run = f"bench-{int(time.time())}"
        self.turns = {}

    def _user(self, user):
        return re.sub(r"\W", "-", f"{self.run}-{user}")

    def add(self, turns):
        calls = defaultdict(list)
        for turn in turns:
            calls[turn.user, turn.session, turn.time].append(turn)
        for (user, session, time_of_it), mine in calls.items():
            for start in range(0, len(mine), MESSAGES_OF_ONE_CALL):
                some = mine[start:start + MESSAGES_OF_ONE_CALL]
                messages = [{"role": "user", "name": turn.speaker, "content": turn.text} for turn in some]
                added = self.client.add(messages, user_id=self._user(user), run_id=str(session), infer=False,
                                        timestamp=time_of_it)
                for turn, result in zip(some, added["results"]):
                    self.turns[result["id"]] = turn.id
        time.sleep(5)  # classifying, which the queue does by itself

    def search(self, query, k, user):
        found = self.client.search(query, filters={"user_id": self._user(user)}, top_k=k)
        return [Hit((self.turns[memory["id"]],), memory["score"]) for memory in found["results"]]

    def close(self):
        pass


def tokens_of_ten(backend, turns):
    """Has the backend note what its first ten hits of each search cost in a prompt."""
    cost = {turn.id: Embedder.shared().tokens(turn.line()) for turn in turns}
    search, noted = backend.search, []

    def noting(query, k, user):
        hits = search(query, k, user)
        noted.append(sum(cost[turn] for hit in hits[:10] for turn in hit.ids))
        return hits

    backend.search = noting
    return noted


def main():
    corpus = corpora.load("locomo", "open", "raw")
    for name in names:
        backend = Client() if name == "here" else SYSTEMS[name]()
        tokens = tokens_of_ten(backend, corpus.turns)
        try:
            rows, add_s = retrieval.measure(corpus, backend)
        finally:
            backend.close()
        figures = retrieval.summary(rows, add_s, len(corpus.turns))
        figures["tokens_of_ten"] = round(sum(tokens) / len(tokens), 1)
        print(name, {key: value for key, value in figures.items() if "category" not in key}, flush=True)


main()
