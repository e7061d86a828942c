"""A LangGraph store kept by MemoRable (`pip install langgraph`): pass it to `graph.compile(store=...)`.

A namespace is a scope, a key the session within it, and a value the JSON that a memory says: so items are searched by what
they mean, and their history stays. Namespaces are known by a list of their own; one that ran empty stays on it.
"""

import asyncio
import json
import os
import re
import sys
from datetime import datetime

from langgraph.store.base import BaseStore, GetOp, Item, ListNamespacesOp, PutOp, SearchItem, SearchOp

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "clients"))
from memorable import Memorable  # noqa: E402

COMPARE = {
    "$eq": lambda a, b: a == b, "$ne": lambda a, b: a != b, "$gt": lambda a, b: a > b, "$gte": lambda a, b: a >= b,
    "$lt": lambda a, b: a < b, "$lte": lambda a, b: a <= b}
MOST_SCOPES = 16  # of one recall


def _scope(namespace):
    safe = lambda label: re.sub(r"[^A-Za-z0-9_@-]", lambda sign: f"={ord(sign[0]):x}+", label)
    return "store:" + "|".join(safe(label) for label in namespace)


def _namespace(scope):
    label = lambda text: re.sub(r"=([0-9a-f]+)\+", lambda code: chr(int(code[1], 16)), text)
    return tuple(label(text) for text in scope.removeprefix("store:").split("|"))


def _meets(value, wanted):
    def holds(found, want):
        if isinstance(want, dict) and want and all(name in COMPARE for name in want):
            return all(found is not None and COMPARE[name](found, other) for name, other in want.items())
        return found == want

    return all(holds(value.get(name), want) for name, want in (wanted or {}).items())


class MemorableStore(BaseStore):
    """put, get, delete, search and list_namespaces over one service."""

    def __init__(self, url, token):
        self._url, self._token = url, token
        self._known, self._list = set(), self._of("langgraph:namespaces")

    def batch(self, ops):
        do = {GetOp: self._get, PutOp: self._put, SearchOp: self._search, ListNamespacesOp: self._namespaces}
        return [do[type(op)](op) for op in ops]

    async def abatch(self, ops):
        return await asyncio.to_thread(self.batch, list(ops))

    def _of(self, scope):
        return Memorable(self._url, self._token, scope)

    def _item(self, memory, kind=Item, **more):
        updated = memory["updated_at"] or memory["recorded_at"]
        times = [datetime.fromisoformat(text) for text in (memory["recorded_at"], updated)]
        return kind(value=json.loads(memory["content"]), key=memory["session"], namespace=_namespace(memory["scope"]),
                    created_at=times[0], updated_at=times[1], **more)

    def _get(self, op):
        found = self._of(_scope(op.namespace)).session(op.key)
        return self._item(found[-1]) if found else None

    def _put(self, op):
        scope = _scope(op.namespace)
        memory = self._of(scope)
        found = memory.session(op.key)
        if op.value is None:
            for old in found:
                memory.forget(old["id"])
            return None
        content = json.dumps(op.value, ensure_ascii=False)
        if found:
            memory.change(found[-1]["id"], content=content)
        else:
            memory.remember(content, session=op.key)
        if scope not in self._known:
            # The same words again are the same memory.
            self._list.remember(scope)
            self._known.add(scope)
        return None

    def _all(self):
        return sorted({memory["content"] for memory in self._list.list()})

    def _search(self, op):
        prefix = tuple(op.namespace_prefix)
        scopes = [scope for scope in self._all() if _namespace(scope)[:len(prefix)] == prefix]
        wanted = op.limit + op.offset
        if op.query:
            found = []
            for start in range(0, len(scopes), MOST_SCOPES):
                group = scopes[start:start + MOST_SCOPES]
                top = 100 if op.filter else min(wanted, 100)
                found += self._of(group[0]).recall(op.query, scopes=group, top_k=top)["memories"]
            found.sort(key=lambda memory: -memory["score"])
        else:
            found = (memory for scope in scopes for memory in self._of(scope).list())
        items = []
        for memory in found:
            if len(items) == wanted:
                break
            item = self._item(memory, SearchItem, score=memory.get("score"))
            if _meets(item.value, op.filter):
                items.append(item)
        return items[op.offset:]

    def _namespaces(self, op):
        def matches(namespace, condition):
            path = tuple(condition.path)
            part = namespace[:len(path)] if condition.match_type == "prefix" else namespace[len(namespace) - len(path):]
            return len(part) == len(path) and all(want in ("*", label) for want, label in zip(path, part))

        found = [_namespace(scope) for scope in self._all()]
        found = {ns[:op.max_depth] for ns in found if all(matches(ns, one) for one in op.match_conditions or ())}
        return sorted(found)[op.offset:op.offset + op.limit]
