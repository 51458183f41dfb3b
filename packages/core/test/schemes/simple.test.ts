import { deltaOrthogonal, deltaOrthogonalScheme, irnn, mup, orthogonal } from "@idinit/core";
import { initialize } from "@idinit/core/graph";
import { describe, expect, test } from "vitest";
import { Build } from "../graph/build.js";
import { resnet, rms, transformer, WIDTH } from "./networks.js";

const near = (value: number, expected: number) => expect(Math.abs(value / expected - 1), `${value}`).toBeLessThan(0.05);
const HE_IN = Math.sqrt(2 / (WIDTH * 9));

test("skipinit: scalars and head 0, the rest He", () => {
  const weights = initialize(resnet(2, 2, { scalars: () => true }), { scheme: "skipinit" });
  for (const name of ["b0.scalar", "b1.scalar", "head.w", "head.b"]) expect(rms(weights.get(name)!)).toBe(0);
  for (const name of ["b0.conv1", "b1.conv2"]) near(rms(weights.get(name)!), HE_IN);
  near(rms(weights.get("stem")!), Math.sqrt(2 / 27));
});

describe("rezero", () => {
  test("ResNet: scalars 0, convolutions Kaiming normal, norms 1", () => {
    const weights = initialize(resnet(2, 2, { scalars: () => true, norms: true }), { scheme: "rezero" });
    expect([...weights.get("b1.scalar")!]).toEqual([0]);
    near(rms(weights.get("b1.conv2")!), HE_IN);
    expect(rms(weights.get("b1.conv2.norm.scale")!)).toBe(1);
    near(rms(weights.get("head.w")!), Math.SQRT2 * Math.sqrt(2 / (10 + WIDTH)));
  });

  test("one scalar may serve both sublayers of a Transformer's layer", () => {
    const b = new Build();
    const gated = (x: string) => b.node("scale", [x], { gate: { parameter: b.parameter("alpha", [1]), layout: "O" } });
    const x = b.dense(b.input(), "stem", [32, 32]);
    const square = [32, 32] as const;
    const attended = b.attend(b.dense(x, "q", square), b.dense(x, "k", square), b.dense(x, "v", square));
    const y = b.add(x, gated(b.dense(attended, "o", square)));
    const z = b.add(y, gated(b.dense(b.act(b.dense(y, "fc1", square)), "fc2", square)));
    const weights = initialize(b.graph(b.dense(z, "head", square)), { scheme: "rezero" });
    expect([...weights.get("alpha")!]).toEqual([0]);
    const bound = Math.sqrt(6 / 64);
    const largest = Math.max(...weights.get("q.w")!.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(Math.fround(bound));
    expect(largest).toBeGreaterThan(0.98 * bound);
    near(rms(weights.get("fc1.w")!), Math.SQRT2 * Math.sqrt(2 / 64));
  });
});

test("isonet: Dirac convolutions, shifts −1, scalars 0", () => {
  const weights = initialize(resnet(1, 2, { scalars: () => true, shiftedRelu: true }), { scheme: "isonet" });
  const conv = weights.get("b0.conv2")!;
  for (let m = 0; m < WIDTH; m++) {
    for (let j = 0; j < WIDTH; j++) {
      const taps = [...conv.slice((m * WIDTH + j) * 9, (m * WIDTH + j) * 9 + 9)];
      expect(taps).toEqual(taps.map((_, t) => (m === j && t === 4 ? 1 : 0)));
    }
  }
  expect([...weights.get("b0.act.b")!]).toEqual([-1]);
  expect([...weights.get("b0.scalar")!]).toEqual([0]);
  expect(rms(weights.get("head.b")!)).toBe(0);
  near(rms(weights.get("head.w")!), 1 / Math.sqrt(3 * WIDTH));
});

test("irnn: the recurrent kernel is a scaled identity", () => {
  const b = new Build();
  const x = b.node(
    "recurrent",
    [b.embedding(b.input(), "table")],
    {
      inputKernel: { parameter: b.parameter("wx", [16, 8]), layout: "OI" },
      recurrentKernel: { parameter: b.parameter("wh", [16, 16]), layout: "OI" },
      bias: { parameter: b.parameter("b", [16]), layout: "O" },
    },
    { kind: "rnn" },
  );
  const weights = initialize(b.graph(b.dense(x, "head", [64, 16])), { scheme: irnn({ gain: 0.5 }) });
  expect([...weights.get("wh")!]).toEqual(Array.from({ length: 256 }, (_, i) => (i % 17 === 0 ? 0.5 : 0)));
  expect(rms(weights.get("b")!)).toBe(0);
  near(rms(weights.get("head.w")!), 0.001);
  expect(rms(weights.get("wx")!)).toBeLessThan(0.0013);
});

describe("mup", () => {
  const graph = transformer(1, 0, { norm: "pre" });

  test("the head shrinks with its fan_in, everything else with its root", () => {
    const weights = initialize(graph, { scheme: mup({ gain: 2, baseWidth: 16 }) });
    near(rms(weights.get("e0.fc1.w")!), 2 / Math.sqrt(WIDTH));
    near(rms(weights.get("e0.fc2.w")!), 2 / Math.sqrt(128));
    near(rms(weights.get("head.w")!), (2 * 4) / WIDTH);
    near(rms(initialize(graph, { scheme: "mup" }).get("head.w")!), 1 / WIDTH);
    near(rms(initialize(graph, { scheme: mup({ baseWidth: WIDTH }) }).get("head.w")!), 1 / Math.sqrt(WIDTH));
  });

  test("readout zero", () => {
    const weights = initialize(graph, { scheme: mup({ readout: "zero" }) });
    for (const name of ["head.w", "e0.q.w"]) expect(rms(weights.get(name)!)).toBe(0);
    expect(rms(weights.get("e0.k.w")!)).toBeGreaterThan(0);
    expect(() => mup({ readout: "none" as "zero" })).toThrow("readout must be one of random, zero");
    expect(() => mup({ baseWidth: 0.5 })).toThrow("mup: baseWidth must be");
  });
});

test("delta-orthogonal: convolutions at the centre, dense kernels orthogonal", () => {
  const weights = initialize(resnet(1, 2), { scheme: "delta-orthogonal", seed: 2 });
  const given = { seed: 2, key: "b0.conv1" };
  expect(weights.get("b0.conv1")).toEqual(deltaOrthogonal().generate([WIDTH, WIDTH, 3, 3], given));
  expect(weights.get("head.w")).toEqual(orthogonal().generate([10, WIDTH], { seed: 2, key: "head.w" }));
  const wide = initialize(resnet(1, 2), { scheme: deltaOrthogonalScheme({ gain: "activation" }), seed: 2 });
  near(rms(wide.get("b0.conv1")!) / rms(weights.get("b0.conv1")!), Math.SQRT2);
});
