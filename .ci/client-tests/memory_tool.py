"""Anthropic's Python SDK with our handler of Claude's memory tool: the inputs that Claude would send, and no model."""

import os
import sys
import uuid

from anthropic.lib.tools import ToolError

EXAMPLES = os.environ["MEMORABLE_EXAMPLES"]
sys.path.insert(0, EXAMPLES)
from claude_memory_tool import MemorableMemoryTool  # noqa: E402

tool = MemorableMemoryTool(os.environ["MEMORABLE_URL"], os.environ["MEMORABLE_TOKEN"], f"user:alice-{uuid.uuid4().hex[:8]}")
assert tool.to_dict() == {"type": "memory_20250818", "name": "memory"}


def refused(words, **command):
    try:
        answer = tool.call(command)
    except ToolError as error:
        assert words in str(error), error
        return
    raise SystemExit(f"{command} was answered with {answer}")


notes = "/memories/notes.md"
assert tool.call({"command": "create", "path": notes, "file_text": "one\ntwo\n"}) == f"File created successfully at: {notes}"
refused("already exists", command="create", path=notes, file_text="x")
assert tool.call({"command": "view", "path": notes}).endswith("     1\tone\n     2\ttwo\n     3\t")
assert tool.call({"command": "view", "path": notes, "view_range": [2, 2]}).endswith("with line numbers:\n     2\ttwo")
edited = tool.call({"command": "str_replace", "path": notes, "old_str": "two", "new_str": "three"})
assert edited.startswith("The memory file has been edited.") and "     2\tthree" in edited
refused("did not appear verbatim", command="str_replace", path=notes, old_str="absent", new_str="x")
assert tool.call({"command": "insert", "path": notes, "insert_line": 1, "insert_text": "two\n"}).endswith("has been edited.")
refused("[0, 3]", command="insert", path=notes, insert_line=9, insert_text="x")
assert tool.call({"command": "rename", "old_path": notes, "new_path": "/memories/old/notes.md"}).startswith("Successfully renamed")
assert "/memories/old/notes.md" in tool.call({"command": "view", "path": "/memories"})
for path in ("/memories/../etc/passwd", "/etc/passwd", "/memories/%2e%2e/x", "/memories/..\\x", "/memories/a\0"):
    refused("path", command="view", path=path)
    refused("path", command="create", path=path, file_text="x")
assert tool.call({"command": "delete", "path": "/memories/old"}) == "Successfully deleted /memories/old"
refused("does not exist", command="view", path="/memories/old/notes.md")
