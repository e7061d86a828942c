// The TypeScript client of examples/clients: it passes the strict checks of the compiler, and then the running service.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import ts from "typescript";

const source = join(process.env.MEMORABLE_EXAMPLES, "clients", "memorable.ts");
const options = {
  target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
  strict: true, noEmit: true, types: [],
};
const wrong = ts.getPreEmitDiagnostics(ts.createProgram([source], options));
assert.deepEqual(wrong.map((one) => ts.flattenDiagnosticMessageText(one.messageText, "\n")), []);
const compiled = fileURLToPath(new URL("memorable-client.mjs", import.meta.url));
writeFileSync(compiled, ts.transpileModule(readFileSync(source, "utf8"), { compilerOptions: options }).outputText);
const { Memorable, MemorableError } = await import(compiled);

const { MEMORABLE_URL: url, MEMORABLE_TOKEN: token } = process.env;
const memory = new Memorable(url, token, `user:alice-${randomUUID().slice(0, 8)}`);
const clara = await memory.remember("Clara moves to Porto in May.", { speaker: "Alice", tags: ["family"] }, "clara-1");
const turns = await memory.rememberTurns("dinner", [
  { role: "user", name: "Alice", content: "Book a table." }, { role: "assistant", content: "Done." },
]);
assert.deepEqual((await memory.session("dinner")).map((turn) => turn.id), turns);
const found = await memory.recall("Where is Clara going to live?", { top_k: 3 });
assert.equal(found.memories[0].id, clara);
assert.match(found.context, /Porto/);
await memory.change(clara, { content: "Clara moves to Lisbon in May." });
assert.equal((await memory.get(clara)).content, "Clara moves to Lisbon in May.");
assert.equal((await memory.history(clara)).length, 2);
assert.equal((await Array.fromAsync?.(memory.list(2)) ?? await all(memory.list(2))).length, 3);
assert.ok((await memory.chat("talk", "Where does Clara move?")).reply);
assert.equal((await memory.api.health()).status, "ok");
assert.equal((await memory.api.classify({ content: "I promise to call." })).classifications.length, 1);
await memory.api.giveFeedback({ id: clara, helpful: true });
assert.equal((await memory.forget(clara)).state, "forgotten");
await assert.rejects(memory.get(clara), (error) => error instanceof MemorableError && error.status === 404);
await assert.rejects(memory.recall(" "), (error) => error.status === 400 && error.problem.field === "query");

async function all(items) {
  const list = [];
  for await (const item of items) list.push(item);
  return list;
}
