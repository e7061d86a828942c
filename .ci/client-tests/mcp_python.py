"""The official Python client of the Model Context Protocol, in both of its ways to begin, over HTTP and stdio."""

import asyncio
import os
import uuid

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

URL, TOKEN = os.environ["MEMORABLE_URL"], os.environ["MEMORABLE_TOKEN"]
BINARY = os.environ.get("MEMORABLE_BINARY")
TOOLS = {
    "search_memories", "add_memory", "add_conversation", "get_memory", "list_memories", "update_memory",
    "delete_memory", "memory_history", "get_session", "get_digest"}


async def walk(client, version):
    """Through tools, resources and prompts; the client checks each answer against the tool's own schema."""
    assert client.protocol_version == version, client.protocol_version
    assert "search_memories" in client.instructions
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(tools) == TOOLS and len(tools) <= 12
    assert tools["delete_memory"].annotations.destructive_hint and tools["get_memory"].annotations.read_only_hint
    assert all(tool.output_schema and tool.description for tool in tools.values())

    async def call(name, **arguments):
        answer = await client.call_tool(name, arguments)
        assert not answer.is_error, answer
        return answer.structured_content

    added = await call("add_memory", content="Clara moves to Porto in May.", speaker="Alice", tags=["family"])
    memory = added["memories"][0]["id"]
    found = await call("search_memories", query="Where is Clara going to live?")
    assert found["memories"][0]["id"] == memory and "Porto" in found["context"]
    turns = [{"role": "user", "name": "Alice", "content": "Book a table."}, {"role": "assistant", "content": "Done."}]
    await call("add_conversation", session="dinner", messages=turns)
    assert [turn["content"] for turn in (await call("get_session", session="dinner"))["memories"]] == ["Book a table.", "Done."]
    await call("update_memory", id=memory, content="Clara moves to Lisbon in May.")
    assert len((await call("memory_history", id=memory))["revisions"]) == 2
    assert (await call("get_memory", id=memory))["content"] == "Clara moves to Lisbon in May."
    page = await call("list_memories", limit=2)
    assert len(page["memories"]) == 2 and page["next_cursor"]

    for name, arguments, words in [
        ("get_memory", {"id": "0000000000000000"}, "there is no memory"),
        ("get_digest", {"date": "2001-01-01"}, "there is no digest"),
        ("add_memory", {"content": "x", "scope": "user:somebody"}, "bound to"),
    ]:
        answer = await client.call_tool(name, arguments)
        assert answer.is_error and words in answer.content[0].text, answer

    resources = (await client.list_resources()).resources
    assert any(str(resource.uri) == f"memorable://memory/{memory}" for resource in resources)
    assert len((await client.list_resource_templates()).resource_templates) == 2
    read = await client.read_resource(f"memorable://memory/{memory}")
    assert "Lisbon" in read.contents[0].text
    assert len((await client.list_prompts()).prompts) == 2
    prompt = await client.get_prompt("recall_before_answering", {"question": "Where is Clara going to live?"})
    assert "Lisbon" in prompt.messages[0].content.text
    for bad in [client.read_resource("memorable://memory/0000000000000000"), client.get_prompt("sing")]:
        try:
            await bad
        except MCPError:
            continue
        raise SystemExit("a wrong call was answered")
    await call("delete_memory", id=memory)
    assert (await client.call_tool("get_memory", {"id": memory})).is_error


def scope():
    return f"user:alice-{uuid.uuid4().hex[:8]}"


async def over_http(mode, version):
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx2.AsyncClient(headers=headers) as http:
        for path in ("mcp", "v1/mcp"):
            transport = streamable_http_client(f"{URL}/{path}?scope={scope()}", http_client=http)
            async with Client(transport, mode=mode) as client:
                await walk(client, version)


async def over_stdio(mode, version, *arguments):
    server = StdioServerParameters(command=BINARY, args=["mcp", "--scope", scope(), *arguments])
    async with Client(stdio_client(server), mode=mode) as client:
        await walk(client, version)


async def main():
    for mode, version in [("auto", "2026-07-28"), ("legacy", "2025-11-25")]:
        await over_http(mode, version)
        if BINARY:
            await over_stdio(mode, version, "--memory")
            await over_stdio(mode, version, "--url", URL, "--token", TOKEN)


asyncio.run(main())
