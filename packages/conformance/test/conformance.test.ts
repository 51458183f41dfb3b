import type { Adapter, Graph, GraphNode } from "@idinit/core/graph";
import { expect, test } from "vitest";
import { checks, conformance } from "../src/index.js";
import { type FakeModel, fake, residual } from "./fake.js";

conformance(fake, [residual]);

/** The names of the checks that a broken adapter, or a wrong case, does not pass. */
async function failures(broken: Partial<Adapter<FakeModel>>, one: Partial<typeof residual> = {}): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, run } of checks({ ...fake, ...broken }, { ...residual, ...one })) {
    await run().catch(() => failed.push(name));
  }
  return failed;
}

const ROUND_TRIP = "reads back what it wrote, bit for bit";
const PARTIAL = "writes only what it is given";
const ALL_OR_NOTHING = "writes nothing when one name or length is wrong";
const ROLES = "gives each parameter its role";
const NAMES = "infers nothing from names";
const EQUAL = "holds exactly core's weights after initialization";
const LAYOUT = "stores each kernel as a permutation of the canonical one";
const SEED = "repeats a seed's weights and changes them with the seed";
const CLOSED = "starts with closed residual branches";

const mapNodes = (change: (node: GraphNode) => GraphNode) => ({
  toGraph: (model: FakeModel): Graph => {
    const graph = fake.toGraph(model);
    return { ...graph, nodes: graph.nodes.map(change) };
  },
});

test("an adapter that does everything right fails nowhere", async () => {
  expect(await failures({})).toEqual([]);
});

test("reading views, or not everything", async () => {
  expect(await failures({ read: ({ weights }) => new Map(weights) })).toContain(ROUND_TRIP);
  expect(await failures({ read: (model) => new Map([...fake.read(model)].slice(1)) })).toContain(ROUND_TRIP);
});

test("losing precision on the way", async () => {
  const write = fake.write;
  const rounded = (values: Float32Array) => values.map((value) => Math.round(value * 100) / 100);
  const broken = {
    write: (model: FakeModel, weights: ReadonlyMap<string, Float32Array>) =>
      write(model, new Map([...weights].map(([name, values]) => [name, rounded(values)]))),
  };
  expect(await failures(broken)).toEqual(expect.arrayContaining([ROUND_TRIP, PARTIAL, EQUAL, LAYOUT]));
});

test("writing more than was given", async () => {
  const write = (model: FakeModel, weights: ReadonlyMap<string, Float32Array>) => {
    fake.write(model, weights);
    if (!weights.has("stem/bias")) model.weights.get("stem/bias")!.fill(9);
    return model;
  };
  expect(await failures({ write })).toEqual([PARTIAL]);
});

test("writing before all is checked, or ignoring unknown names", async () => {
  const eager = (model: FakeModel, weights: ReadonlyMap<string, Float32Array>) => {
    for (const one of weights) fake.write(model, new Map([one]));
    return model;
  };
  const lenient = (model: FakeModel, weights: ReadonlyMap<string, Float32Array>) =>
    fake.write(model, new Map([...weights].filter(([name]) => model.weights.has(name))));
  expect(await failures({ write: eager })).toEqual([ALL_OR_NOTHING]);
  expect(await failures({ write: lenient })).toEqual([ALL_OR_NOTHING]);
});

test("a graph that misses the join, or says a wrong layout", async () => {
  const noJoin = mapNodes((node) => (node.op === "add" ? { ...node, op: "mul" } : node));
  expect(await failures(noJoin)).toContain(ROLES);
  const kernel = (node: GraphNode): GraphNode =>
    node.slots?.kernel === undefined
      ? node
      : { ...node, slots: { ...node.slots, kernel: { ...node.slots.kernel, layout: "OI" } } };
  expect(await failures(mapNodes(kernel))).toEqual(expect.arrayContaining([ROLES, EQUAL, LAYOUT, CLOSED]));
});

test("storing what it is given in another order", async () => {
  const write = (model: FakeModel, weights: ReadonlyMap<string, Float32Array>) =>
    fake.write(model, new Map([...weights].map(([name, values]) => [name, values.slice().reverse()])));
  expect(await failures({ write })).toEqual(expect.arrayContaining([ROUND_TRIP, EQUAL, LAYOUT]));
});

test("randomness of its own", async () => {
  let calls = 0;
  const write = (model: FakeModel, weights: ReadonlyMap<string, Float32Array>) => {
    fake.write(model, weights);
    model.weights.get("up/kernel")![0] = ++calls;
    return model;
  };
  expect(await failures({ write })).toEqual(expect.arrayContaining([SEED, EQUAL]));
});

test("roles that are not those of the model, overrides for what is not there", async () => {
  expect(await failures({}, { roles: { ...residual.roles, "up/kernel": "head" } })).toEqual([ROLES]);
  expect(await failures({}, { overrides: { nobody: "head" } })).toEqual(expect.arrayContaining([ROLES, NAMES, EQUAL]));
});

test("an output that its branches do not reach", async () => {
  expect(await failures({}, { forward: ({ weights }) => [...weights.get("stem/kernel")!] })).toEqual([CLOSED]);
  expect(await failures({}, { forward: () => [0, 0] })).toEqual([CLOSED]);
});
