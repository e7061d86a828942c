"""mem0's own Python clients, the one that blocks and the one that does not, through every call they share."""

import asyncio
import inspect
import logging
import os
import sys
import time
import uuid

from mem0 import AsyncMemoryClient, MemoryClient
from mem0.client.types import (
    AddMemoryOptions, DeleteAllMemoryOptions, GetAllMemoryOptions, SearchMemoryOptions, UpdateMemoryOptions)
from mem0.exceptions import AuthenticationError, MemoryNotFoundError, ValidationError

HOST = os.environ["MEMORABLE_URL"] + "/mem0"
KEY = os.environ["MEMORABLE_TOKEN"]
# The client logs each error that it raises.
logging.getLogger("mem0").setLevel(logging.CRITICAL)


def texts(answer):
    return sorted(memory["memory"] for memory in answer["results"])


async def refused(kind, call):
    try:
        answer = await call
    except kind:
        return
    raise AssertionError(f"{kind.__name__} was expected, and not {answer}")


async def drive(client):
    async def call(name, *arguments, **named):
        answer = getattr(client, name)(*arguments, **named)
        return await answer if inspect.isawaitable(answer) else answer

    run = uuid.uuid4().hex[:8]
    alice, bob, planner = f"alice-{run}", f"bob-{run}", f"planner-{run}"

    # add: a list, a text, one message; options as the client's own type; what is stored is found at once.
    added = await call("add", [
        {"role": "user", "content": "I am allergic to walnuts.", "name": "Alice"},
        {"role": "assistant", "content": "I will keep walnuts out of your recipes."},
    ], user_id=alice, agent_id=planner, run_id="lunch", metadata={"source": "chat", "rank": 3}, infer=False,
        timestamp=1763600000, expiration_date="2099-01-31")
    assert [result["event"] for result in added["results"]] == ["ADD", "ADD"], added
    walnuts = added["results"][0]["id"]
    again = await call("add", [{"role": "user", "content": "I am allergic to walnuts.", "name": "Alice"}],
                       user_id=alice, run_id="lunch", timestamp=1763600000)
    assert again["results"][0] == {"id": walnuts, "memory": "I am allergic to walnuts.", "event": "NOOP"}, again
    await call("add", "My bicycle is red.", AddMemoryOptions(filters={"user_id": alice}, metadata={"source": "form"}))
    await call("add", {"role": "user", "content": "My bicycle is green."}, user_id=bob, infer=True)
    await call("add", "Standups are at nine.", agent_id=planner)
    await call("add", "The shop closes at six.", app_id=f"shop-{run}")
    await call("add", "Nobody has a name here.", run_id=f"run-{run}")

    # search: whose, which, how many, how sure.
    async def search(query, **named):
        return await call("search", query, **named)

    found = await search("Which nuts must Alice avoid?", filters={"user_id": alice}, top_k=1, rerank=True)
    memory = found["results"][0]
    assert memory["id"] == walnuts and memory["memory"] == "I am allergic to walnuts.", memory
    assert (memory["user_id"], memory["agent_id"], memory["run_id"]) == (alice, planner, "lunch"), memory
    assert memory["metadata"] == {"source": "chat", "rank": 3} and 0 < memory["score"] <= 1, memory
    assert memory["created_at"].startswith("2025-11-20T") and memory["expiration_date"] == "2099-01-31", memory
    for filters, expected in [
        ({"user_id": alice, "run_id": "*"}, ["I am allergic to walnuts.", "I will keep walnuts out of your recipes."]),
        ({"AND": [{"user_id": alice}, {"metadata": {"source": "form"}}]}, ["My bicycle is red."]),
        ({"AND": [{"user_id": alice}, {"rank": {"gte": 3}}, {"NOT": [{"actor_id": "Alice"}]}]},
         ["I will keep walnuts out of your recipes."]),
        ({"OR": [{"user_id": bob}, {"agent_id": planner}]}, ["My bicycle is green.", "Standups are at nine."]),
        ({"user_id": {"in": [alice, bob]}, "created_at": {"gte": "2026-01-01"}},
         ["My bicycle is green.", "My bicycle is red."]),
    ]:
        options = SearchMemoryOptions(filters=filters, top_k=50, threshold=0.0)
        assert texts(await call("search", "bicycle", options)) == expected, filters
        assert texts(await call("get_all", GetAllMemoryOptions(filters=filters))) == expected, filters
    sure = await search("bicycle", filters={"user_id": alice}, threshold=1.0)
    assert sure["results"] == [], sure
    few = await search("bicycle", filters={"user_id": alice}, fields=["metadata"])
    assert set(few["results"][0]) == {"id", "memory", "score", "metadata"}, few
    await refused(ValidationError, search("bicycle", filters={"created_at": "2026-01-01"}))

    # get, and pages of get_all.
    assert (await call("get", walnuts))["memory"] == "I am allergic to walnuts."
    await refused(MemoryNotFoundError, call("get", str(uuid.uuid4())))
    pages = [await call("get_all", filters={"user_id": alice}, page=page, page_size=2) for page in (1, 2)]
    assert [len(page["results"]) for page in pages] == [2, 1] and pages[0]["count"] == 3, pages
    assert pages[0]["next"] and not pages[1]["next"] and pages[1]["previous"], pages
    later = await call("get_all", filters={"user_id": alice}, start_date="2026-01-01")
    assert texts(later) == ["My bicycle is red."], later

    # update, history.
    changed = await call("update", walnuts, UpdateMemoryOptions(text="I am allergic to all nuts."))
    assert changed["memory"] == "I am allergic to all nuts.", changed
    await call("update", walnuts, metadata={"source": "doctor"}, expiration_date=None)
    memory = await call("get", walnuts)
    assert memory["metadata"] == {"source": "doctor"} and memory["agent_id"] == planner, memory
    assert memory["expiration_date"] is None and memory["memory"] == "I am allergic to all nuts.", memory
    history = await call("history", walnuts)
    assert [(one["event"], one["old_memory"], one["new_memory"]) for one in history][:2] == [
        ("ADD", None, "I am allergic to walnuts."),
        ("UPDATE", "I am allergic to walnuts.", "I am allergic to all nuts.")], history
    found = await search("all nuts", filters={"user_id": alice}, top_k=1)
    assert found["results"][0]["memory"] == "I am allergic to all nuts.", found

    # The event of an add, which no method of the client asks for: by its own connection.
    connection = getattr(client, "async_client", None) or client.client
    deadline = time.monotonic() + 20
    while True:
        answer = connection.get(f"/v1/event/{added['event_id']}/")
        event = (await answer if inspect.isawaitable(answer) else answer).json()
        if event["status"] == "SUCCEEDED":
            break
        assert event["status"] == "RUNNING" and time.monotonic() < deadline, event
        await asyncio.sleep(0.1)
    assert event["results"][0]["id"] == walnuts, event

    # users, exports.
    users = {(user["type"], user["name"]): user["total_memories"] for user in (await call("users"))["results"]}
    assert users[("user", alice)] == 3 and users[("user", bob)] == 1, users
    assert users[("agent", planner)] == users[("app", f"shop-{run}")] == users[("run", f"run-{run}")] == 1, users
    export = await call("create_memory_export", schema="{}", filters={"user_id": bob})
    for which in ({"memory_export_id": export["id"]}, {"filters": {"user_id": bob}}):
        exported = await call("get_memory_export", **which)
        assert [memory["memory"] for memory in exported["memories"]] == ["My bicycle is green."], exported

    # feedback.
    for verdict in ("POSITIVE", "negative", "VERY_NEGATIVE"):
        said = await call("feedback", walnuts, feedback=verdict, feedback_reason="It names the nuts.")
        assert (said["id"], said["feedback"]) == (walnuts, verdict.upper()), said
    await refused(ValidationError, call("feedback", walnuts))
    await refused(MemoryNotFoundError, call("feedback", str(uuid.uuid4()), feedback="POSITIVE"))

    # batches, delete.
    rows = (await call("get_all", filters={"user_id": alice}))["results"]
    await call("batch_update", [{"memory_id": row["id"], "text": f"Batch {n}."} for n, row in enumerate(rows)])
    assert texts(await call("get_all", filters={"user_id": alice})) == ["Batch 0.", "Batch 1.", "Batch 2."]
    await call("batch_delete", [{"memory_id": rows[0]["id"]}])
    await call("delete", rows[1]["id"])
    await refused(MemoryNotFoundError, call("delete", rows[1]["id"]))
    assert texts(await call("get_all", filters={"user_id": alice})) == ["Batch 2."]

    # delete_all by ids and as its options have it; delete_users.
    await call("delete_all", user_id=alice)
    await call("delete_all", DeleteAllMemoryOptions(filters={"user_id": bob}))
    for who in (alice, bob):
        assert (await call("get_all", filters={"user_id": who}))["count"] == 0, who
    await refused(ValidationError, call("delete_all"))
    await call("delete_users", agent_id=planner)
    await call("delete_users", app_id=f"shop-{run}")
    await call("delete_users", run_id=f"run-{run}")
    assert not [user for user in (await call("users"))["results"] if run in user["name"]]

    # What is not here says so.
    for name, arguments in [("get_summary", {}), ("get_profile", {"entity_id": alice})]:
        await refused(MemoryNotFoundError, call(name, **arguments))
    await refused(MemoryNotFoundError, call("get_project"))


def main():
    try:
        MemoryClient(host=HOST, api_key="mk_unknown")
    except ValueError as error:
        assert "not known" in str(error), error
    else:
        sys.exit("a key that nobody made was let in")
    client = MemoryClient(host=HOST, api_key=KEY)
    asyncio.run(drive(client))
    asyncio.run(drive(AsyncMemoryClient(host=HOST, api_key=KEY)))
    if "MEMORABLE_BINARY" in os.environ:  # the service was started for these checks: nobody misses what is in it
        client.add("Nobody keeps this.", user_id="carl")
        client.reset()
        assert client.users()["results"] == []
    stranger = MemoryClient(host=HOST, api_key=KEY)
    stranger.client.headers["Authorization"] = "Token mk_unknown"
    asyncio.run(refused(AuthenticationError, asyncio.to_thread(stranger.get_all, filters={"user_id": "alice"})))


main()
