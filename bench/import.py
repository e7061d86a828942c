#!/usr/bin/env python3
"""Imports a generated WhatsApp export through the real binary, kills it on the way with SIGKILL, and prints what it took.

    bench/import.py target/release/memorable --megabytes 100 --kills 1 --data /tmp/import

Memory is that of the whole process (VmRSS, VmHWM of /proc): the embedded DynamoDB, S3 and SQS, the classifiers and the
worker of the import. It is printed when the house is empty, after the upload, and at its peak.
"""

import argparse
import datetime
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

WORDS = """the ferry harbour morning coffee sister garden walked found letter bicycle market evening train window river
bread mountain photograph station umbrella neighbour concert kitchen doctor appointment ticket holiday winter summer
birthday present school teacher project meeting budget contract lawyer invoice repair engine battery charger laptop
keyboard recipe tomato pepper olive cheese wine glass table chair lamp carpet painting museum gallery novel chapter
author poem song guitar piano violin drum dance film actor stage theatre football match goal league coach trainer gym
running swimming climbing skiing snow ice rain storm cloud wind sun moon star planet ocean island beach sand shell
fish bird cat dog horse cow sheep tree flower leaf root seed soil""".split()
NAMES = ["Ann", "Bob", "Clara", "Dimitri"]


def generate(path, megabytes, message_bytes, seed):
    """A chat of that size; gives how many messages and how many broken lines it has."""
    rng, at = random.Random(seed), datetime.datetime(2014, 1, 13, 8, 0)
    written = messages = broken = 0
    with open(path, "w", encoding="utf-8") as file:
        while written < megabytes * 1_000_000:
            at += datetime.timedelta(minutes=rng.randint(1, 120))
            length = rng.randint(message_bytes // 2, message_bytes * 3 // 2)
            words = []
            size = 0
            while size < length:
                word = rng.choice(WORDS)
                words.append(word)
                size += len(word) + 1
                if rng.random() < 0.04:
                    words.append("\n")
            text = " ".join(words)
            line = f"[{at:%d.%m.%y, %H:%M:%S}] {rng.choice(NAMES)}: {messages} {text}\n"
            messages += 1
            if rng.random() < 0.001:
                line += f"[31.02.{at:%y}, 25:61:00] Ann: a day that is none\n"
                broken += 1
            if rng.random() < 0.02:
                line += f"[{at:%d.%m.%y, %H:%M:%S}] Bob: \u200eimage omitted\n"
            file.write(line)
            written += len(line.encode())
    return messages, broken


class House:
    """The process, and how much memory it took so far."""

    def __init__(self, binary, data):
        self.process = subprocess.Popen([binary, "--port", "8131", "--data", data], stdout=subprocess.PIPE,
                                        env={**os.environ, "RUST_LOG": "error"}, text=True)
        line = self.process.stdout.readline()
        self.url = next(word for word in line.split() if word.startswith("http://")).rstrip(",")

    def memory(self, name):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith(name))

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.url + path, method=method, headers={"Authorization": "Bearer local"},
                                         data=json.dumps(body).encode() if body is not None else None)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def put(url, path):
    """Streams a file, so that this script's memory is none of the question."""
    with open(path, "rb") as file:
        request = urllib.request.Request(url, method="PUT", data=file,
                                         headers={"Content-Length": str(os.path.getsize(path))})
        with urllib.request.urlopen(request) as answer:
            answer.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--message-bytes", type=int, default=1500)
    parser.add_argument("--kills", type=int, default=1)
    parser.add_argument("--data", default="/tmp/memorable-import")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    shutil.rmtree(options.data, ignore_errors=True)
    os.makedirs(options.data)
    file = os.path.join(options.data, "chat.txt")
    messages, broken = generate(file, options.megabytes, options.message_bytes, options.seed)
    size = os.path.getsize(file)
    house = House(options.binary, os.path.join(options.data, "house"))
    print(f"{size:,} bytes, {messages:,} messages, {broken} broken lines; the empty house has {house.memory('VmRSS'):.0f} MB")
    begun = time.monotonic()
    job = house.call("POST", "/v1/imports", {"scope": "user:alice", "session": "chat"})
    put(job["upload"]["url"], file)
    print(f"uploaded in {time.monotonic() - begun:.1f} s; {house.memory('VmRSS'):.0f} MB, peak {house.memory('VmHWM'):.0f} MB")
    path = f"/v1/imports/{job['id']}"
    house.call("POST", path + "/start", {})
    begun, kills, peak, quarters = time.monotonic(), 0, 0, {}
    while True:
        time.sleep(0.5)
        told = house.call("GET", path)
        progress = told["progress"]
        peak = max(peak, house.memory("VmHWM"))
        share = progress["bytes"] / size
        if progress["pass"] == "read":
            quarters.setdefault(int(4 * share), house.memory("VmRSS"))
        bar = "#" * int(40 * share)
        print(f"\r{progress['pass']:4} [{bar:40}] {100 * share:5.1f} %  {progress['messages']:>9,} messages  "
              f"{house.memory('VmRSS'):5.0f} MB", end="", file=sys.stderr, flush=True)
        if told["state"] in ("done", "failed"):
            break
        if kills < options.kills and progress["pass"] == "read" and share > (kills + 1) / (options.kills + 1):
            house.kill()
            kills += 1
            house = House(options.binary, os.path.join(options.data, "house"))
            after = house.call("GET", path)["progress"]
            print(f"\nkilled at {progress['bytes']:,} bytes; goes on at {after['bytes']:,}", file=sys.stderr)
            house.call("POST", path + "/start", {})
    seconds = time.monotonic() - begun
    print(file=sys.stderr)
    print(json.dumps({key: told[key] for key in ("state", "dates", "counts", "progress")}))
    print(f"first errors: {told['errors'][:2]}")
    print(f"{seconds:.0f} s, {messages / seconds:.0f} messages a second, {size / seconds / 1e6:.2f} MB a second, {kills} kills; "
          f"memory by quarters {[round(held) for held in quarters.values()]} MB, peak {peak:.0f} MB")
    right = told["counts"]["stored"] == messages and told["counts"]["errors"] == broken
    house.kill()
    sys.exit(0 if told["state"] == "done" and right else 1)


if __name__ == "__main__":
    main()
