import * as core from "@idinit/core";
import * as formats from "@idinit/core/formats";
import * as networks from "@idinit/core/graph";
import * as large from "@idinit/core/large";
import * as node from "@idinit/core/node";
import * as web from "@idinit/core/web";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// biome-ignore lint/suspicious/noExplicitAny: what a caller without types may pass
type Any = any;
const { createStream, IdinitError } = core;
const graph = {
  parameters: [{ name: "w", shape: [2, 2] }],
  nodes: [
    { name: "fc", op: "dense", inputs: ["x"], outputs: ["y"], slots: { kernel: { parameter: "w", layout: "OI" } } },
  ],
  inputs: ["x"],
  outputs: ["y"],
} as const;
const stream = createStream(0, "w");
const adapter = { name: "a", toGraph: () => graph, read: () => new Map(), write: (model: object) => model };
const four = new Float32Array(4);
const tensors = new Map([["w", { data: four, shape: [2, 2] }]]);
const forward = () => [1, 2];

/** Every public function with arguments that it takes, or `null` for those that take none. */
const functions: Readonly<Record<string, readonly unknown[] | null>> = {
  bfloat16: [four],
  constant: [1],
  createPool: [2, () => ({ end: () => {} })],
  createServer: null,
  createStream: [0, "w"],
  deepnet: [{}],
  defaultLayout: null,
  deltaOrthogonal: [{}],
  deltaOrthogonalScheme: [{}],
  dirac: [{}],
  fans: [[2, 2], {}],
  fillNormal: [stream, four, {}],
  fillTruncatedNormal: [stream, four, { low: -1, high: 1 }],
  fillUniform: [stream, four, {}],
  fixup: null,
  float16: [four],
  formatInspection: [networks.inspect(graph)],
  gain: ["relu"],
  glorotNormal: [{}],
  glorotUniform: [{}],
  gpt2: [{}],
  hadamard: null,
  halfToFloat32: [formats.float16(four)],
  heNormal: [{}],
  heUniform: [{}],
  identity: [{}],
  idi: [{}],
  idinit: [{}],
  idiz: [{}],
  inferRoles: [graph, {}],
  initialize: [graph, {}],
  initializeModel: [adapter],
  initializerOf: [{ name: "zeros" }],
  initialWeights: [[2, 2], {}],
  inspect: [graph, {}],
  inspectModel: [adapter],
  irnn: [{}],
  isonet: null,
  kaiming: [{}],
  kaimingNormal: [{}],
  kaimingUniform: [{}],
  keras: null,
  lecunNormal: [{}],
  lecunUniform: null,
  lsuv: [graph, { forward }],
  mimetic: [{ heads: 1, attention: "a" }],
  mimeticScheme: [{}],
  missingRequirements: [graph, { scheme: "idinit" }],
  mup: [{}],
  normal: [{}],
  npy: [four, [2, 2]],
  ones: null,
  orthogonal: [{}],
  orthogonalScheme: [{}],
  planGraph: [graph, {}],
  planList: [[{ name: "w", shape: [2, 2], role: "hidden" }], {}],
  pytorch: null,
  readSafetensors: [formats.safetensors(tensors)],
  resolveScheme: ["idinit"],
  rezero: null,
  safetensors: [tensors, {}],
  safetensorsChunks: [tensors, {}],
  skipinit: null,
  sparse: [{}],
  stft: [{ side: "real" }],
  streamTensors: [large.planGraph(graph), {}],
  tFixup: [{}],
  tfjs: null,
  toFolder: ["model", {}],
  toCanonical: [[2, 2], {}],
  truncatedNormal: [{}],
  uniform: [{}],
  validate: [graph],
  varianceScaling: [{}],
  webWorkerPool: [{ size: 1 }],
  withAxes: [core.zeros(), {}],
  workerPool: [{ size: 1, module: new URL("data:text/javascript,") }],
  writeSafetensors: [large.planGraph(graph), { open: () => ({ write: () => {}, close: () => {} }) }],
  xavier: [{}],
  xavierNormal: [{}],
  xavierUniform: [{}],
  zero: null,
  zeroGamma: null,
  zeros: null,
};
const all: Readonly<Record<string, unknown>> = {
  ...core,
  ...networks,
  ...formats,
  ...large,
  ...node,
  webWorkerPool: web.workerPool,
};
const cases = Object.entries(functions).flatMap(([name, args]) =>
  (args ?? []).map((_, place): [string, number] => [name, place]),
);

/** Runs a function to its end, whether it returns, promises or yields. */
async function run(name: string, args: readonly unknown[]) {
  const made = await (all[name] as (...args: readonly unknown[]) => Any)(...args);
  if (typeof made?.next === "function") for await (const _ of made);
  if (typeof made?.close === "function") await made.close();
}

// What a browser has, for its pool of workers.
beforeAll(() => {
  vi.stubGlobal("navigator", { hardwareConcurrency: 1 });
  vi.stubGlobal(
    "Worker",
    class {
      terminate() {}
    },
  );
});
afterAll(() => {
  vi.unstubAllGlobals();
});

test("no public function is missing above", () => {
  expect(Object.keys(web)).toEqual(["workerPool"]);
  const names = Object.keys(all).filter((name) => typeof all[name] === "function" && name !== "IdinitError");
  expect(Object.keys(functions).sort()).toEqual(names.sort());
});

describe("an argument of another kind is an IdinitError that says what came", () => {
  test.each(cases)("%s, argument %i", async (name, place) => {
    const args = functions[name]!;
    await expect(run(name, args)).resolves.toBeUndefined();
    // No argument of any function may be one of these.
    for (const [bad, shown] of [
      [null, "null"],
      [Number.NaN, "NaN"],
      [true, "true"],
    ]) {
      const failure = run(name, args.with(place, bad));
      await expect(failure, `${name} given ${shown}`).rejects.toThrow(IdinitError);
      await expect(failure).rejects.toThrow(new RegExp(`, got (${shown}|undefined|boolean|object|number)`));
    }
  });
});

describe("an option that is not known is an error that lists the known ones", () => {
  const factories = Object.entries(functions).filter(([, args]) => args?.length === 1 && isOptions(args[0]));
  test.each(factories)("%s", (name, args) => {
    const given = { ...(args![0] as object), sdt: 1 };
    expect(() => (all[name] as Any)(given)).toThrow(/^[\w-]+: option must be one of \w.*, got "sdt"$/);
  });
});

function isOptions(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value?.constructor === Object &&
    !("name" in value || "nodes" in value || "bits" in value)
  );
}

test("numbers that are text, nodes without lists and targets that are no arrays of floats", () => {
  expect(() => core.normal({ std: "1" as Any })).toThrow('normal: std must be a finite float32 number >= 0, got "1"');
  expect(() => networks.validate({ ...graph, outputs: "y" as Any })).toThrow(
    'graph: outputs must be an array, got "y"',
  );
  expect(() => networks.validate({ ...graph, nodes: [{ ...graph.nodes[0], inputs: undefined as Any }] })).toThrow(
    'graph: inputs of node "fc" must be an array, got undefined',
  );
  expect(() => core.idi().generateInto([1, 2, 3, 4] as Any, [2, 2])).toThrow("idi: target must be a Float32Array");
  expect(() => core.fillNormal(stream, new Float32Array(2), { from: -1 })).toThrow(
    "fillNormal: from must be an integer",
  );
  expect(() => core.fillNormal(stream, new Float32Array(2), { std: -1 })).toThrow(
    "fillNormal: std must be >= 0, got -1",
  );
  expect(() => core.fillUniform(stream, four, { high: Number.POSITIVE_INFINITY })).toThrow(
    "fillUniform: high must be a finite number, got Infinity",
  );
  expect(() => core.fillTruncatedNormal(stream, four, { low: 0 } as Any)).toThrow(
    "fillTruncatedNormal: low and high must be numbers, got [0, undefined]",
  );
});
