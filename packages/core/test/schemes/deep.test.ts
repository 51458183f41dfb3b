import {
  deepnet,
  fixup,
  gpt2,
  initialWeights,
  mimetic,
  mimeticScheme,
  type Scheme,
  type SchemeName,
  tFixup,
} from "@idinit/core";
import { type Graph, initialize } from "@idinit/core/graph";
import { describe, expect, test } from "vitest";
import { resnet, rms, transformer, WIDTH } from "./networks.js";

const made = (graph: Graph, scheme: Scheme | SchemeName) => initialize(graph, { scheme, seed: 3 });

/** Within what chance allows for some thousand draws. */
function expectStd(values: ArrayLike<number>, std: number, where: string): void {
  expect(Math.abs(rms(values) / std - 1), `${where}: ${rms(values)} for ${std}`).toBeLessThan(0.04);
}

const ALL = { scalars: () => true, biases: true };
/** √(2 / (out·K)) of the test networks' 3 × 3 convolutions. */
const HE = Math.sqrt(2 / (WIDTH * 9));
const XAVIER = Math.sqrt(2 / (2 * WIDTH));
/** Of the feed-forward weights, 64 and 128 wide. */
const WIDE = Math.sqrt(2 / (WIDTH + 128));

describe("fixup", () => {
  test.each([
    [3, 2, 3 ** (-1 / 2)],
    [5, 3, 5 ** (-1 / 4)],
  ])("ResNet of %i branches with %i weights each: inner weights · %f", (branches, weights, factor) => {
    const values = made(resnet(branches, weights, ALL), "fixup");
    for (let i = 0; i < branches; i++) {
      for (let j = 1; j < weights; j++) expectStd(values.get(`b${i}.conv${j}`)!, HE * factor, `conv${j}`);
      expect(rms(values.get(`b${i}.conv${weights}`)!)).toBe(0);
      expect(rms(values.get(`b${i}.conv1.bias`)!)).toBe(0);
      expect([...values.get(`b${i}.scalar`)!]).toEqual([1]);
    }
    expectStd(values.get("stem")!, HE, "stem");
    expect(rms(values.get("head.w")!)).toBe(0);
    expect(rms(values.get("head.b")!)).toBe(0);
  });

  test("Transformer of 2 encoder and 1 decoder layers: L = 2·2 + 3·1 = 7", () => {
    const { pick } = fixup();
    const graph = transformer(2, 1, { packed: true });
    // Without the scalars that `initialize` asks for.
    const values = initialize(graph, { scheme: { name: "bare", params: {}, pick }, seed: 3 });
    expectStd(values.get("e0.qkv.w")!, Math.sqrt(2 / (4 * WIDTH)) * 7 ** (-1 / 6), "packed as one matrix");
    expectStd(values.get("d0.cross.q.w")!, XAVIER * 7 ** (-1 / 6), "query");
    for (const name of ["e0.o.w", "d0.cross.o.w", "e1.fc2.w"]) expect(rms(values.get(name)!)).toBe(0);
    expectStd(values.get("e1.fc1.w")!, Math.sqrt(2 / 128) * 7 ** (-1 / 2), "fc1");
  });
});

describe("gpt2", () => {
  test("0.02, and 0.02 / √(2N) at the end of a branch", () => {
    const values = made(transformer(8, 0, { norm: "pre", packed: true }), "gpt2");
    for (const name of ["e3.qkv.w", "e3.fc1.w", "head.w", "source"]) expectStd(values.get(name)!, 0.02, name);
    for (const name of ["e0.o.w", "e7.fc2.w"]) expectStd(values.get(name)!, 0.02 / 4, name);
    expect(rms(values.get("e0.o.b")!)).toBe(0);
    expect(rms(values.get("e0.self.norm.scale")!)).toBe(1);
  });

  test("one tensor alone, with the depth said", () => {
    const options = { role: "branch-last", branches: 25, scheme: gpt2({ std: 0.1 }), key: "w" } as const;
    expectStd(initialWeights([64, 64], options), 0.02, "0.1 / √25");
    expect(() => initialWeights([4, 4], { ...options, branches: 0 })).toThrow(
      "branches must be an integer >= 1, got 0",
    );
  });
});

describe("t-fixup", () => {
  test("encoder alone, N = 2", () => {
    const values = made(transformer(2), "t-fixup");
    const factor = 0.67 * 2 ** (-1 / 4);
    for (const name of ["e0.v.w", "e1.o.w"]) expectStd(values.get(name)!, XAVIER * factor, name);
    for (const name of ["e0.fc1.w", "e1.fc2.w"]) expectStd(values.get(name)!, WIDE * factor, name);
    for (const name of ["e0.q.w", "e1.k.w"]) expectStd(values.get(name)!, XAVIER, name);
    expectStd(values.get("source")!, (1 / 8) * 18 ** (-1 / 4), "embedding");
  });

  test("encoder N = 2 and decoder M = 3", () => {
    const values = made(transformer(2, 3), "t-fixup");
    const [encoder, decoder] = [0.67 * 2 ** (-1 / 4), 27 ** (-1 / 4)];
    expectStd(values.get("e1.v.w")!, XAVIER * encoder, "encoder value");
    expectStd(values.get("e1.fc2.w")!, WIDE * encoder, "encoder fc2");
    for (const name of ["d0.v.w", "d2.cross.o.w"]) expectStd(values.get(name)!, XAVIER * decoder, name);
    expectStd(values.get("d1.fc1.w")!, WIDE * decoder, "decoder fc1");
    for (const name of ["d0.q.w", "d1.cross.k.w"]) expectStd(values.get(name)!, XAVIER, name);
  });

  test("the value of an attention across is the decoder's", () => {
    const values = made(transformer(2, 3), "t-fixup");
    expectStd(values.get("d1.cross.v.w")!, XAVIER * 27 ** (-1 / 4), "cross value");
  });

  test("packed: the last third alone is smaller; counts by hand win", () => {
    const values = made(transformer(2, 0, { packed: true }), tFixup({ encoderLayers: 16 }));
    const third = (i: number) => values.get("e0.qkv.w")!.subarray(i * WIDTH * WIDTH, (i + 1) * WIDTH * WIDTH);
    expectStd(third(0), XAVIER, "query");
    expectStd(third(1), XAVIER, "key");
    expectStd(third(2), XAVIER * 0.67 * 0.5, "value");
    expect(() => tFixup({ decoderLayers: 0 })).toThrow(
      't-fixup: decoderLayers must be an integer >= 1 or "auto", got 0',
    );
  });
});

describe("deepnet", () => {
  const assumed = deepnet({ alpha: "assumed" });

  test("encoder alone, N = 2: beta = 1/2", () => {
    const values = made(transformer(2, 0, { norm: "post" }), assumed);
    for (const name of ["e0.v.w", "e1.o.w"]) expectStd(values.get(name)!, XAVIER / 2, name);
    for (const name of ["e0.fc1.w", "e1.fc2.w"]) expectStd(values.get(name)!, WIDE / 2, name);
    for (const name of ["e0.q.w", "e1.k.w"]) expectStd(values.get(name)!, XAVIER, name);
  });

  test("encoder N = 2 and decoder M = 3", () => {
    const values = made(transformer(2, 3, { norm: "post", packed: true }), assumed);
    const [encoder, decoder] = [0.87 * 48 ** (-1 / 16), 36 ** (-1 / 4)];
    expectStd(values.get("e1.o.w")!, XAVIER * encoder, "encoder output");
    expectStd(values.get("d2.o.w")!, XAVIER * decoder, "decoder output");
    expectStd(values.get("d2.cross.v.w")!, XAVIER * decoder, "cross value");
    expectStd(values.get("d0.qkv.w")!.subarray(2 * WIDTH * WIDTH), XAVIER * decoder, "packed value");
    expectStd(values.get("d0.qkv.w")!.subarray(0, 2 * WIDTH * WIDTH), XAVIER, "packed query and key");
  });
});

describe("mimetic", () => {
  test("the four weights of an attention are those of one value", () => {
    const values = made(transformer(1, 0, { norm: "pre" }), mimeticScheme({ heads: 4 }));
    const own = mimetic({ heads: 4, attention: "attention(e0.q.w, e0.k.w, e0.v.w, e0.o.w)" });
    for (const [name, part] of [
      ["e0.q.w", "query"],
      ["e0.k.w", "key"],
      ["e0.v.w", "value"],
      ["e0.o.w", "output"],
    ] as const) {
      expect(values.get(name)).toEqual(own[part].generate([WIDTH, WIDTH], { seed: 3 }));
    }
    expectStd(values.get("e0.fc1.w")!, 0.02, "feed-forward");
  });

  test("packed, with heads from the graph; else they must be said", () => {
    const values = made(transformer(1, 0, { packed: true, heads: 2 }), "mimetic");
    const own = mimetic({ heads: 2, attention: "attention(e0.qkv.w, e0.qkv.w, e0.qkv.w, e0.o.w)" });
    expect(values.get("e0.qkv.w")).toEqual(own.queryKeyValue.generate([3 * WIDTH, WIDTH], { seed: 3 }));
    expect(() => made(transformer(1), "mimetic")).toThrow(
      'mimetic: nothing says how many heads the attention of "e0.q.w" has; pass mimetic({ heads })',
    );
    expect(() => mimeticScheme({ heads: 1.5 })).toThrow("heads must be an integer >= 1, got 1.5");
  });
});
