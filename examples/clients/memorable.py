"""A client for MemoRable on one page: nothing but Python's own library. Copy it into your project."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request


class MemorableError(Exception):
    """What the service refused: `status`, and `problem` with detail, field and what would be right."""

    def __init__(self, status, problem):
        super().__init__(f"{status}: {problem.get('detail') or problem.get('message') or problem}")
        self.status, self.problem = status, problem


class Memorable:
    """Memory of one scope, such as `user:alice`."""

    def __init__(self, url, token, scope, timeout=30, tries=3):
        self.url, self.token, self.scope = url.rstrip("/"), token, scope
        self.timeout, self.tries = timeout, tries

    def remember(self, content, key=None, **fields):
        """Stores one memory; `fields`: speaker, session, role, occurred_at, expires_at, metadata, tags. Gives its id."""
        return self._call("POST", "/v1/memories", {"scope": self.scope, "content": content, **fields}, key)["memories"][0]["id"]

    def remember_turns(self, session, messages, key=None):
        """Stores turns: role, content, and where known name, time, metadata. Gives their ids."""
        body = {"scope": self.scope, "session": session, "messages": messages}
        return [memory["id"] for memory in self._call("POST", "/v1/memories", body, key)["memories"]]

    def recall(self, query, scopes=None, **options):
        """Finds; `options`: top_k, max_tokens, filters, min_score, as_of, known_at. Gives memories, context and the rest."""
        return self._call("POST", "/v1/recall", {"query": query, "scopes": scopes or [self.scope], **options})

    def get(self, id):
        return self._call("GET", self._path("memories", id))

    def list(self, limit=100):
        """All memories, latest first, page by page."""
        cursor = {}
        while cursor is not None:
            page = self._call("GET", self._path("memories", limit=limit, **cursor))
            yield from page["memories"]
            cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None

    def change(self, id, **fields):
        """Changes content, metadata, tags or expires_at; what it said stays as history."""
        return self._call("PATCH", self._path("memories", id), fields)

    def forget(self, id):
        return self._call("DELETE", self._path("memories", id))

    def history(self, id):
        return self._call("GET", self._path("memories", id, "history"))["revisions"]

    def session(self, name):
        return self._call("GET", self._path("sessions", name))["memories"]

    def digest(self, date):
        return self._call("GET", self._path("digests", str(date)))

    def chat(self, session, message, key=None):
        return self._call("POST", "/v1/chat", {"scope": self.scope, "session": session, "message": message}, key)

    def file(self, command, **parameters):
        """A command of Claude's memory tool. Gives the words of its answer, and whether it could not be done."""
        answer = self._call("POST", "/v1/files", {"scope": self.scope, "command": command, **parameters})
        return answer["content"], answer["is_error"]

    def _path(self, *parts, **query):
        path = "/".join(urllib.parse.quote(part, safe="") for part in parts)
        return f"/v1/{path}?{urllib.parse.urlencode({'scope': self.scope, **query})}"

    def _call(self, method, path, body=None, key=None):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        for left in reversed(range(self.tries)):
            try:
                with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                try:
                    problem = json.load(error)
                except ValueError:
                    problem = {}
                # Every write is safe to repeat, so what may pass is tried again.
                if error.code not in (429, 503) or not left:
                    raise MemorableError(error.code, problem) from None
                time.sleep(min(float(error.headers.get("Retry-After") or 1), 10))
