/** Made sentences: the embedded stand-in for TREC-6 and SST-2. */
import type { Dataset } from "../dataset.js";
import { createRandom, type Random } from "../random.js";
import { type Sentence, type TextOptions, textDataset } from "../sentences.js";

/** The three kinds of doers. */
const NOUNS = {
  animal: ["fox", "owl", "otter", "horse", "raven", "badger", "heron", "lynx", "mole", "goat", "seal", "wolf"],
  person: ["baker", "pilot", "nurse", "judge", "sailor", "miner", "tailor", "poet", "farmer", "guard", "clerk", "monk"],
  machine: [
    "crane",
    "engine",
    "drone",
    "tractor",
    "robot",
    "lathe",
    "pump",
    "printer",
    "loom",
    "radar",
    "mixer",
    "drill",
  ],
} as const;
const KINDS = Object.keys(NOUNS) as (keyof typeof NOUNS)[];
/** Past tense, and participle for the passive. */
const VERBS = [
  ["followed", "followed"],
  ["saw", "seen"],
  ["stopped", "stopped"],
  ["found", "found"],
  ["helped", "helped"],
  ["moved", "moved"],
  ["lifted", "lifted"],
  ["passed", "passed"],
  ["blocked", "blocked"],
  ["chose", "chosen"],
] as const;
/** Of a doer without an object. */
const ALONE = ["slept", "waited", "moved on", "came back", "fell", "left", "sang", "turned around"];
const ADJECTIVES = ["old", "small", "quiet", "grey", "heavy", "quick", "strange", "tired", "bright", "lost"];
const PLACES = ["by the river", "near the gate", "after dark", "at noon", "on the bridge", "in the yard", "last week"];
const AFFIRMED = ["it is true that", "people say that", "we heard that", "everybody knows that"];
const DENIED = ["it is false that", "nobody says that", "we never heard that", "people doubt that"];

/**
 * Six classes: which kind acts (animal, person or machine), and whether the statement holds. The kind follows from
 * the order of the words and the voice ("the fox saw the nurse" / "the nurse was seen by the fox"); whether it holds, from
 * the number of negations (none, one, now and then two). Half of the statements name one noun only, and counting words
 * answers them; the others name a second one, a fifth of all a third. About a quarter takes more than counting.
 *
 * @param seed A whole number; equal seeds give equal sentences.
 */
export function statements({ train = 3000, test = 600, seed = 0 } = {}, options: TextOptions): Dataset {
  const classes = KINDS.flatMap((kind) => [`${kind}, holds`, `${kind}, does not hold`]);
  return textDataset(
    { name: "statements", origin: "embedded: sentences from a small grammar, made by a seeded generator", classes },
    make(train, createRandom(seed, "statements.train")),
    make(test, createRandom(seed, "statements.test")),
    options,
  );
}

function make(count: number, random: Random): Sentence[] {
  return Array.from({ length: count }, (_, index) => {
    const label = index % 6;
    return { words: statement(label >> 1, label % 2 === 1, random).split(" "), label };
  });
}

function statement(doer: number, denied: boolean, random: Random): string {
  const agent = KINDS[doer]!;
  const patient = KINDS[(doer + 1 + random.integer(2)) % 3]!;
  // An odd number of negations denies; two affirm in a fifth of the true statements.
  const outer = denied ? random.uniform() < 0.5 : random.uniform() < 0.2;
  const inner = outer !== denied;
  const [past, participle] = random.pick(VERBS);
  const [subject, object] = [thing(agent, random), thing(patient, random)];
  const when = inner ? "never" : "once";
  const form = random.uniform();
  const clause =
    form < 0.5
      ? `${subject} ${when} ${random.pick(ALONE)}`
      : form < 0.75
        ? `${subject} ${when} ${past} ${object}`
        : `${object} was ${when} ${participle} by ${subject}`;
  const opening = random.pick(outer ? DENIED : AFFIRMED);
  const side = random.uniform() < 0.2 ? ` while ${thing(random.pick(KINDS), random)} watched` : "";
  const place = random.uniform() < 0.6 ? ` ${random.pick(PLACES)}` : "";
  return `${opening} ${clause}${place}${side}`;
}

function thing(kind: keyof typeof NOUNS, random: Random): string {
  const adjective = random.uniform() < 0.4 ? `${random.pick(ADJECTIVES)} ` : "";
  return `the ${adjective}${random.pick(NOUNS[kind])}`;
}
