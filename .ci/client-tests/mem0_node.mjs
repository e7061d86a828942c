// mem0's own client for JavaScript, through every call it has that the service knows.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { AuthenticationError, MemoryClient, MemoryNotFoundError, ValidationError } from "mem0ai";

const host = `${process.env.MEMORABLE_URL}/mem0`;
const client = new MemoryClient({ apiKey: process.env.MEMORABLE_TOKEN, host });
const run = randomUUID().slice(0, 8);
const [alice, bob, planner] = [`alice-${run}`, `bob-${run}`, `planner-${run}`];
const said = (content) => [{ role: "user", content }];
const texts = (answer) => answer.results.map((memory) => memory.memory).sort();

await client.ping();

// add
const added = await client.add(
  [
    { role: "user", content: "I am allergic to walnuts.", name: "Alice" },
    { role: "assistant", content: "I will keep walnuts out of your recipes." },
  ],
  {
    userId: alice, agentId: planner, runId: "lunch", metadata: { source_of_it: "chat", rank: 3 }, infer: false,
    timestamp: 1763600000, expirationDate: "2099-01-31",
  },
);
assert.deepEqual(added.results.map((result) => result.event), ["ADD", "ADD"]);
const walnuts = added.results[0].id;
await client.add(said("My bicycle is red."), { userId: alice });
await client.add(said("My bicycle is green."), { userId: bob, infer: true });
await client.add(said("Standups are at nine."), { agentId: planner });

// search, getAll
const found = await client.search("Which nuts must Alice avoid?", { filters: { user_id: alice }, topK: 1 });
assert.equal(found.results[0].id, walnuts);
assert.equal(found.results[0].userId, alice);
assert.equal(found.results[0].runId, "lunch");
assert.deepEqual(found.results[0].metadata, { source_of_it: "chat", rank: 3 });
for (const [filters, expected] of [
  [{ AND: [{ user_id: alice }, { run_id: "lunch" }, { rank: { gte: 3 } }] },
    ["I am allergic to walnuts.", "I will keep walnuts out of your recipes."]],
  [{ OR: [{ user_id: bob }, { agent_id: planner }] }, ["My bicycle is green.", "Standups are at nine."]],
  [{ AND: [{ user_id: alice }, { NOT: [{ run_id: "lunch" }] }] }, ["My bicycle is red."]],
]) {
  assert.deepEqual(texts(await client.search("bicycle", { filters, topK: 50, threshold: 0 })), expected);
  assert.deepEqual(texts(await client.getAll({ filters })), expected);
}
assert.deepEqual(texts(await client.search("bicycle", { filters: { user_id: alice }, threshold: 1 })), []);
await assert.rejects(client.search("bicycle", { filters: {} }), ValidationError);
const page = await client.getAll({ filters: { user_id: alice }, page: 2, pageSize: 2 });
assert.deepEqual([page.count, page.results.length, page.next], [3, 1, null]);

// get, update, history
assert.equal((await client.get(walnuts)).memory, "I am allergic to walnuts.");
await assert.rejects(client.get(randomUUID()), MemoryNotFoundError);
const changed = await client.update(walnuts, { text: "I am allergic to all nuts.", metadata: { source: "doctor" } });
assert.equal(changed.memory, "I am allergic to all nuts.");
await client.update(walnuts, { expirationDate: null });
assert.equal((await client.get(walnuts)).expirationDate, null);
const history = await client.history(walnuts);
assert.deepEqual(
  history.slice(0, 2).map((one) => [one.event, one.oldMemory, one.newMemory]),
  [["ADD", null, "I am allergic to walnuts."], ["UPDATE", "I am allergic to walnuts.", "I am allergic to all nuts."]],
);

// users, exports
const users = await client.users({ page: 1, pageSize: 100 });
assert.equal(users.results.find((user) => user.name === alice).totalMemories, 3);
const exported = await client.createMemoryExport({ schema: { type: "object" }, filters: { user_id: bob } });
for (const which of [{ memoryExportId: exported.id }, { filters: { user_id: bob } }]) {
  const got = await client.getMemoryExport(which);
  assert.deepEqual(got.memories.map((memory) => memory.memory), ["My bicycle is green."]);
}

// feedback
for (const feedback of ["POSITIVE", "NEGATIVE", "VERY_NEGATIVE"]) {
  assert.equal((await client.feedback({ memoryId: walnuts, feedback, feedbackReason: "It names the nuts." })).feedback, feedback);
}
await assert.rejects(client.feedback({ memoryId: randomUUID(), feedback: "POSITIVE" }), MemoryNotFoundError);

// batches, delete, deleteAll, deleteUsers
const rows = (await client.getAll({ filters: { user_id: alice } })).results;
await client.batchUpdate(rows.map((row, n) => ({ memoryId: row.id, text: `Batch ${n}.` })));
await client.batchDelete([rows[0].id]);
await client.delete(rows[1].id);
assert.deepEqual(texts(await client.getAll({ filters: { user_id: alice } })), ["Batch 2."]);
await client.deleteAll({ userId: alice });
assert.equal((await client.getAll({ filters: { user_id: alice } })).count, 0);
await assert.rejects(client.deleteAll(), ValidationError);
await client.deleteUsers({ userId: bob });
await client.deleteUser({ entity_type: "agent", entity_id: planner });
assert.deepEqual((await client.users()).results.filter((user) => user.name.includes(run)), []);

// What is not here says so.
await assert.rejects(client.getProfile({ entityId: alice }), MemoryNotFoundError);
await assert.rejects(client.getProject({ fields: [] }), MemoryNotFoundError);
const complain = console.error;
console.error = () => {}; // it prints that its ping was refused
const stranger = new MemoryClient({ apiKey: "mk_unknown", host });
await assert.rejects(stranger.getAll({ filters: { user_id: alice } }), AuthenticationError);
console.error = complain;
