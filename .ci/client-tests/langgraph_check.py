"""Our LangGraph store behind LangGraph's own interface, and within a graph."""

import asyncio
import os
import sys
import uuid
from typing import TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.store.base import BaseStore

sys.path.insert(0, os.environ["MEMORABLE_EXAMPLES"])
from langgraph_store import MemorableStore  # noqa: E402

store = MemorableStore(os.environ["MEMORABLE_URL"], os.environ["MEMORABLE_TOKEN"])
run = uuid.uuid4().hex[:8]
alice, bob, odd = (run, "alice", "memories"), (run, "bob", "memories"), (run, "zoë & co/1|2", "x")

store.put(alice, "food", {"text": "Alice is allergic to walnuts.", "n": 1})
store.put(alice, "travel", {"text": "Alice prefers trains to planes.", "n": 2})
store.put(bob, "food", {"text": "Bob is allergic to walnuts.", "n": 1})
store.put(odd, "k", {"deep": {"list": [1, None, "é"]}})
item = store.get(alice, "food")
assert (item.value, item.key, item.namespace) == ({"text": "Alice is allergic to walnuts.", "n": 1}, "food", alice)
assert item.created_at <= item.updated_at
assert store.get(odd, "k").value == {"deep": {"list": [1, None, "é"]}} and store.get(odd, "k").namespace == odd
assert store.get(alice, "absent") is None and store.get((run, "nobody"), "food") is None

store.put(alice, "food", {"text": "Alice eats walnuts again.", "n": 3})
assert store.get(alice, "food").value["n"] == 3
found = store.search(alice, query="How does Alice like to travel?", limit=1)
assert [one.key for one in found] == ["travel"] and found[0].score > 0
both = store.search((run,), query="walnuts", limit=10)
assert {(one.namespace, one.key) for one in both} >= {(alice, "food"), (bob, "food")}
assert [one.key for one in store.search(alice, filter={"n": {"$gt": 2}})] == ["food"]
assert {one.key for one in store.search(alice)} == {"food", "travel"}
assert len(store.search(alice, limit=1, offset=1)) == 1
assert store.list_namespaces(prefix=(run,)) == sorted([alice, bob, odd])
assert store.list_namespaces(prefix=(run, "*"), suffix=("memories",), max_depth=2) == [(run, "alice"), (run, "bob")]
store.delete(alice, "food")
assert store.get(alice, "food") is None and {one.key for one in store.search(alice)} == {"travel"}
store.put(alice, "food", {"text": "Alice eats walnuts again.", "n": 3})
assert store.get(alice, "food").value["n"] == 3


class State(TypedDict):
    question: str
    answer: str


def answer(state: State, *, store: BaseStore):
    return {"answer": store.search(alice, query=state["question"], limit=1)[0].value["text"]}


graph = StateGraph(State).add_node("answer", answer).add_edge(START, "answer").add_edge("answer", END).compile(store=store)
assert "trains" in graph.invoke({"question": "How does Alice like to travel?"})["answer"]
assert asyncio.run(store.aget(alice, "travel")).value["n"] == 2
