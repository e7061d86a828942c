"""The Python client of examples/clients against the running service."""

import os
import sys
import uuid

sys.path.insert(0, os.path.join(os.environ["MEMORABLE_EXAMPLES"], "clients"))
from memorable import Memorable, MemorableError  # noqa: E402

memory = Memorable(os.environ["MEMORABLE_URL"], os.environ["MEMORABLE_TOKEN"], f"user:alice-{uuid.uuid4().hex[:8]}")
clara = memory.remember("Clara moves to Porto in May.", speaker="Alice", tags=["family"], key="clara-1")
assert memory.remember("Clara moves to Porto in May.", speaker="Alice", tags=["family"], key="clara-1") == clara
turns = memory.remember_turns("dinner", [
    {"role": "user", "name": "Alice", "content": "Book a table."}, {"role": "assistant", "content": "Done."}])
assert [turn["id"] for turn in memory.session("dinner")] == turns
found = memory.recall("Where is Clara going to live?", top_k=3, filters={"tags": "family"})
assert found["memories"][0]["id"] == clara and "Porto" in found["context"]
memory.change(clara, content="Clara moves to Lisbon in May.")
assert memory.get(clara)["content"] == "Clara moves to Lisbon in May." and len(memory.history(clara)) == 2
assert len(list(memory.list(limit=2))) == 3
assert memory.file("create", path="/memories/a.md", file_text="x") == ("File created successfully at: /memories/a.md", False)
assert memory.chat("talk", "Where does Clara move?")["reply"]
assert memory.api.health()["status"] == "ok"
assert memory.api.classify(content="I promise to call.")["classifications"][0]["kind"] == "commitment"
memory.change(clara, expires_at="2099-01-01")
assert memory.api.change(clara, expires_at=None)["memories"] and memory.get(clara)["expires_at"] is None
memory.api.give_feedback(clara, helpful=True)
assert memory.forget(clara)["state"] == "forgotten"
for status, call in [(404, lambda: memory.get(clara)), (404, lambda: memory.digest("2001-01-01")), (400, lambda: memory.recall(" "))]:
    try:
        call()
    except MemorableError as error:
        assert error.status == status and error.problem["detail"], error
        continue
    raise SystemExit("a wrong call was answered")
