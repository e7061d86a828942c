// The official TypeScript clients of the Model Context Protocol, the first package and its successor, over HTTP and stdio.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import * as v2 from "@modelcontextprotocol/client";
import { StdioClientTransport as Stdio2 } from "@modelcontextprotocol/client/stdio";
import { Client as Client1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as Stdio1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport as Http1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const { MEMORABLE_URL: url, MEMORABLE_TOKEN: token, MEMORABLE_BINARY: binary } = process.env;
const scope = () => `user:alice-${randomUUID().slice(0, 8)}`;
const http = (Transport, path) =>
  new Transport(new URL(`${url}/${path}?scope=${scope()}`), {
    requestInit: { headers: { Authorization: `Bearer ${token}` } },
  });
const stdio = (Transport, ...args) =>
  new Transport({ command: binary, args: ["mcp", "--scope", scope(), ...args], stderr: "inherit" });

async function walk(Client, transport) {
  const client = new Client({ name: "memorable-ci", version: "1" });
  await client.connect(transport);
  const call = async (name, args) => {
    const answer = await client.callTool({ name, arguments: args });
    assert.ok(!answer.isError, JSON.stringify(answer));
    return answer.structuredContent;
  };
  const { tools } = await client.listTools();
  assert.equal(tools.length, 10);
  assert.ok(tools.every((tool) => tool.outputSchema && tool.annotations && tool.description));
  const added = await call("add_memory", { content: "The ferry leaves at seven.", speaker: "Alice" });
  const { id } = added.memories[0];
  const found = await call("search_memories", { query: "When does the ferry leave?", top_k: 3 });
  assert.equal(found.memories[0].id, id);
  assert.match(found.context, /seven/);
  await call("update_memory", { id, content: "The ferry leaves at eight." });
  assert.equal((await call("memory_history", { id })).revisions.length, 2);
  const { resources } = await client.listResources();
  assert.ok(resources.some((resource) => resource.uri === `memorable://memory/${id}`));
  assert.match((await client.readResource({ uri: `memorable://memory/${id}` })).contents[0].text, /eight/);
  const prompt = await client.getPrompt({
    name: "recall_before_answering", arguments: { question: "When does the ferry leave?" },
  });
  assert.match(prompt.messages[0].content.text, /eight/);
  assert.ok((await client.callTool({ name: "get_memory", arguments: { id: "0000000000000000" } })).isError);
  await assert.rejects(client.readResource({ uri: "file:///etc/passwd" }));
  await call("delete_memory", { id });
  await client.close();
}

for (const path of ["mcp", "v1/mcp"]) {
  await walk(Client1, http(Http1, path));
  await walk(v2.Client, http(v2.StreamableHTTPClientTransport, path));
}
if (binary) {
  for (const args of [["--memory"], ["--url", url, "--token", token]]) {
    await walk(Client1, stdio(Stdio1, ...args));
    await walk(v2.Client, stdio(Stdio2, ...args));
  }
}
