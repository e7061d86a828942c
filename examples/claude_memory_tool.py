"""Claude's memory tool kept by MemoRable: a handler for Anthropic's Python SDK (`pip install anthropic`).

    client = Anthropic()
    memory = MemorableMemoryTool("http://127.0.0.1:8080", "local", "user:alice")
    client.beta.messages.run_tools(model=..., max_tokens=1024, tools=[memory], betas=["context-management-2025-06-27"],
                                   messages=[{"role": "user", "content": "What do you know of me?"}]).until_done()

What Claude writes is a note of the scope: recall finds it, and its history stays.
"""

import os
import sys

from anthropic.lib.tools import BetaAbstractMemoryTool, ToolError

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "clients"))
from memorable import Memorable, MemorableError  # noqa: E402


class MemorableMemoryTool(BetaAbstractMemoryTool):
    """The six commands, each one call of `POST /v1/files`."""

    def __init__(self, url, token, scope, **options):
        super().__init__(**options)
        self._memory = Memorable(url, token, scope)

    def _run(self, command):
        parameters = command.model_dump(exclude_none=True, include=set(type(command).model_fields))
        try:
            words, is_error = self._memory.file(**parameters)
        except MemorableError as error:
            # A path that is refused, say. Claude may do better when it reads why.
            raise ToolError(f"Error: {error.problem.get('detail', error)}") from error
        if is_error:
            raise ToolError(words)
        return words

    view = create = str_replace = insert = delete = rename = _run
