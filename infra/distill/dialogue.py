"""Dialogue-like sentences made from templates, with WordNet's words in the slots."""
import re

# what a slot takes: the numbers of WordNet's lexicographers' files; words count by how often WordNet's texts use them
FILES = {"act": 4, "animal": 5, "thing": 6, "trait": 7, "body": 8, "idea": 9, "topic": 10, "event": 11, "feeling": 12,
         "food": 13, "group": 14, "nature": 17, "person": 18, "plant": 20, "possession": 21, "state": 26, "stuff": 27}

NAMES = """Alice Amir Ana Andre Anna Ben Bianca Carlos Chen Chloe Clara Daniel David Diego Elena Emma Eric Fatima Felix
Frank George Grace Hannah Henry Ibrahim Ines Ivan Jack Jasmine Joao Julia Kai Kate Kenji Laura Leo Lily Lucas Lucy
Mark Martin Mary Maya Mia Michael Mira Mohammed Nadia Nina Noah Olga Oliver Omar Oscar Paul Peter Priya Rachel Ravi
Robert Rosa Ruth Sara Sean Simon Sofia Susan Tariq Theo Tom Tina Victor Wei William Yuki Zoe""".split()
PLACES = """Amsterdam Athens Austin Bangkok Barcelona Berlin Boston Brazil Brooklyn Cairo California Canada Chicago China
Colorado Denver Dublin Egypt Florence France Germany Ghana Greece India Ireland Istanbul Italy Japan Kenya Korea Lisbon
London Madrid Maine Melbourne Mexico Milan Montreal Morocco Nepal Norway Oregon Oslo Paris Peru Portugal Prague Rome
Scotland Seattle Seoul Singapore Spain Sweden Sydney Texas Thailand Tokyo Toronto Turkey Vancouver Vienna Vietnam""".split()
KIN = """mom dad mother father sister brother son daughter wife husband partner girlfriend boyfriend grandma grandfather
grandson aunt uncle cousin nephew niece friend neighbor boss colleague roommate teacher doctor therapist kid baby team
landlord client manager family parents""".split()
SPOTS = """park beach museum gym office library school hospital airport garden kitchen lake mountains cafe restaurant bakery
market theater cinema church studio farm zoo forest bookstore mall clinic bank station university workshop pool gallery
hotel cabin shelter""".split()
TIMES = """yesterday|today|tomorrow|tonight|last night|last week|last month|last year|last summer|this morning|this weekend
|next week|next month|next year|next Friday|on Monday|on Tuesday|on Saturday|on Sunday|two days ago|a few weeks ago
|three years ago|in 2019|in 2021|in January|in March|in July|in October|in December|on the 5th of May|on 12 August
|at 7 pm|at noon|after work|before dinner|when I was a kid|for two years|since last spring|the other day|recently|lately
|every morning|every weekend|twice a week|on my birthday|at Christmas|over the holidays""".replace("\n", "").split("|")
NUMBERS = "two three four five six seven ten twelve twenty a few several many 15 30 40 100".split()
GOOD = "great awesome amazing wonderful fantastic nice cool lovely beautiful exciting inspiring fun impressive".split()
BAD = "hard tough sad stressful awful scary frustrating exhausting difficult terrible boring painful rough".split()
COLORS = "red blue green yellow black white purple orange pink brown gray golden".split()
FIXED = {"name": NAMES, "city": PLACES, "kin": KIN, "spot": SPOTS, "time": TIMES, "n": NUMBERS, "good": GOOD, "bad": BAD,
         "color": COLORS}

SAID = """I went to the {spot} with my {kin} {time}.|We moved to {city} {time} because of my {kin}'s job.
I bought a {adj} {thing} {time} and I love it.|My {kin} gave me a {thing} {time}.|I've been working on a {thing} about {topic}.
I'm learning how to {verb} {time}.|I started a {act} class {time}.|I want to {verb} more, it helps me with {feeling}.
I'm allergic to {food}, so I never order it.|I made {food} with {food} for dinner {time}.|My favorite {food} is the one with {food}.
We adopted a {animal} {time}, and {name} called it {name2}.|Our {animal} hurt its {body}, so we took it to the vet.
I can't stand {food}, but {name} loves it.|My {kin} is a {person} in {city}.|{name} wants to become a {person}.
I lost my {thing} at the {spot} {time}.|I have {n} {animal}s and a {animal2}.|I've had {state} since {time}.
The doctor said my {body} needs {n} weeks to heal.|I'm reading a book about {topic} and {idea}.|The server for {topic} went down {time}.
I signed up for a {event} in {city} {time}.|We had a {event} for my {kin} at the {spot}.|The deadline for the {thing} is {time}.
I got a job as a {person} {time}.|I quit my job as a {person} to {verb} full time.|My flight to {city} is {time}.
I'm so proud of my {kin} for {act}.|It was {good} to see {name} again {time}.|It's been {bad} since the {event}.
I'm feeling a lot of {feeling} about the {event}.|The {color} {thing} is from my {kin} in {city}.|I planted {plant} in the garden {time}.
I'm saving money for a {thing}.|I spent ${num} on a {thing} and {food}.|My {possession} went up by {num} percent.
I take the {thing} to the {spot} {time}.|I volunteer at the {spot} with {name} {time}.|I used to {verb}, but now I prefer {act}.
I don't like {act}, I'd rather {verb}.|I'll {verb} with {name} {time}.|We should {verb} {time}!|Let's {verb} at the {spot} {time}.
I decided to {verb} the {thing}.|I didn't {verb} because of the {state}.|I wish I could {verb} like {name}.|I never learned to {verb}.
My {kin} and I took a trip to {city} to see the {nature}.|I finally got my {thing} fixed.|I'm thinking about {act} and {topic}.
The {person} asked for a {adj} {thing} with {n} {thing2}s.|I believe {trait} is more important than {possession}.|We talked about {idea} and {feeling}.
Please remember that I prefer {food} without {food2}.|Remind me to call {name} about the {thing}.|My birthday is {time}.
My phone number ends in {num}.|The password for the {thing} is in the {adj} {thing2}.|The meeting with {name} is {time}.
Our team uses {stuff} for the {thing}.|The {group} decided to {verb} the {thing} {time}.|{name} said the {thing} broke {time}.
The new {thing} is {adj}, and it was made of {stuff}.|{name} keeps the {thing} in a {color} {thing2}.
{name} prefers {food} over {food2}.|{name} lives in {city} and works as a {person}.|The user likes {act} and dislikes {food}.
{name} told me about the {event}, and I thought it was {adj}.|I was {adj} when I heard about the {event}.
I grew up in {city}, and my {kin} still lives there.|I've known {name} for {n} years.|We met at the {spot} {time}.
I play the {thing} and sing with {group}.|I watched a movie about a {person} and a {animal}.|My {kin} taught me to {verb}.
We're expecting a {kin} {time}.|I passed my {topic} exam {time}!|I'm studying {topic} to become a {person}.
The {state} makes it {bad} to {verb}.|{act} keeps me calm.|The {group} meets at the {spot} {time}.
I was born in {city} {time}.|We broke up {time}, and it's been {bad}.|I got married to a {person} {time}.
My {thing} won first prize at the {event}.|I sold my {thing} for ${num}.|The invoice for {stuff} was ${num}.
I use {stuff} and {thing}s to make {thing2}s.|I'm getting better at {act}.|The bug in the {thing} is fixed since {time}.""".replace("\n", "|").split("|")
REPLIES = """Wow, that's {good}!|That sounds {good}, {name}!|Thanks, {name}!|Thanks, I really appreciate it.|That's so {good}, congrats!
Sorry to hear that, {name}. That must be {bad}.|Oh no, that's {bad}.|Yeah, it was {good}.|Hey {name}, how are you?|Hi {name}! Long time no see!
Good to hear from you.|Sure, no problem.|I totally agree.|Yes, absolutely!|No way!|Haha, that's {adj}.|Take care, {name}!|Bye, see you {time}!
What's up?|How about you?|Anything new?|I know, right?|You're welcome!|Keep it up!|Good luck with the {event}!|I hope you {verb} soon.
Let me know how it goes.|I'm doing well, thanks.|It means a lot to me.|Glad you liked the {thing}.|You've got this!""".replace("\n", "|").split("|")
ASKED = """When did {name} go to the {spot}?|When did {name} move to {city}?|Where did {name} buy the {thing}?|What did {name} buy {time}?
What kind of {thing} does {name} have?|What is {name}'s favorite {food}?|What does {name} like to {verb}?|Who gave {name} the {thing}?
How long has {name} been a {person}?|How many {animal}s does {name} have?|What is {name}'s job?|Why did {name} {verb}?
What did {name} say about {topic}?|Where is {name} from?|Who is {name}?|Which {group} did {name} join?|What are {name}'s plans for {time}?
What did {name} make for dinner {time}?|Is {name} allergic to {food}?|What {act} does {name} do to relax?|Does {name} have a {animal}?
When is {name}'s {event}?|How did {name} feel about the {event}?|What happened to {name}'s {thing}?|What does {name} do for {feeling}?
When did {name} start to {verb}?|When did {name} adopt the {animal}?|What broke {time}?|How often does {name} {verb}?
How much was the {stuff}?|Which {thing} did the {person} choose?|Who fixed the {thing}?|What is the name of {name}'s {animal}?
Which city did {name} visit {time}?|What is the deadline for the {thing}?|What instrument does {name} play?|Does {name} prefer {food} or {food2}?
What did {name} and {name2} do at the {spot}?|What is {name} saving money for?|What did the {person} tell {name} about the {state}?
What do you like about {act}?|Have you tried {food}?|Do you have any {animal}s?|Did you {verb} {time}?|Where do you want to go {time}?
What's your {thing} made of?|How was the {event}?|Are you going to {city} {time}?|Can you recommend a {thing} for {act}?
What color is {name}'s {thing}?|How much did the {thing} cost?|Where does {name} keep the {thing}?|What was {name}'s {kin} doing {time}?""".replace("\n", "|").split("|")


def slots(synsets, folder):
    """{slot: ({words}, [their weights])}: single words for nouns, verbs and adjectives WordNet's tagged texts use, by count."""
    counts = {}
    for line in (folder / "usr/share/wordnet/cntlist.rev").read_text().splitlines():
        key, _, n = line.split()
        lemma, sense = key.split("%")
        counts[lemma, int(sense.split(":")[1])] = counts.get((lemma, int(sense.split(":")[1])), 0) + int(n)
    by_file = {}
    for number, words, _, _ in synsets:
        for word in words:
            if word.isalpha() and word.islower() and 2 < len(word) < 13:
                # 0.1 so that words never counted come too, square root so that a few do not take all
                by_file.setdefault(number, {})[word] = (0.1 + counts.get((word, number), 0)) ** 0.5
    pick = lambda numbers: {w: n for i in numbers for w, n in sorted(by_file.get(i, {}).items())}
    out = {slot: pick([number]) for slot, number in FILES.items()}
    out["verb"], out["adj"] = pick(range(29, 44)), pick([0])
    return {slot: (list(words), list(words.values())) for slot, words in out.items()}


def generate(synsets, folder, rng, count):
    """`count` texts: a statement, reply or question, or two or three in a row, half of them with who speaks."""
    words = slots(synsets, folder)
    buffer = {slot: [] for slot in words}  # drawing one by one is slow

    def fill(match):
        slot = match[1].rstrip("2")
        if slot in FIXED:
            return rng.choice(FIXED[slot])
        if slot == "num":
            return str(rng.choice((rng.randrange(100), rng.randrange(10_000), 5 * rng.randrange(200))))
        if not buffer[slot]:
            buffer[slot] = rng.choices(*words[slot], k=1000)
        return buffer[slot].pop()

    for _ in range(count):
        kind = rng.random()
        if kind < 0.30:
            parts = [rng.choice(ASKED)]
        elif kind < 0.60:
            parts = [rng.choice(SAID)]
        elif kind < 0.80:
            parts = [rng.choice(REPLIES), rng.choice(SAID)]
        elif kind < 0.90:
            parts = [rng.choice(SAID), rng.choice(SAID), rng.choice(ASKED)]
        else:
            parts = [rng.choice(SAID), rng.choice(REPLIES)]
        text = re.sub(r"\{(\w+)\}", fill, " ".join(parts))
        text = re.sub(r"\ba(?= [aeiou])", "an", text)
        yield f"{rng.choice(NAMES)}: {text}" if kind >= 0.30 and rng.random() < 0.5 else text
