/** Layer classes that this package does not know: opaque, or described by the user. */
import { IdinitError } from "@idinit/core";
import type { Slot } from "@idinit/core/graph";
import { ones } from "@tensorflow/tfjs-core";
import { initializers, input, layers, model } from "@tensorflow/tfjs-layers";
import { describe, expect, test } from "vitest";
import { toGraph } from "../src/graph.js";
import { initialize } from "../src/index.js";
import type { Layer } from "../src/layer.js";
import { read } from "../src/weights.js";
import { apply } from "./models.js";

const nodesOf = (layer: Layer, shape: number[]) => {
  const x = input({ shape });
  return toGraph(model({ inputs: x, outputs: apply(layer, x) })).nodes;
};

describe("custom layers", () => {
  class Shift extends layers.Layer {
    static className = "Shift";
    override build() {
      this.addWeight("offset", [4, 3], "float32", initializers.zeros());
    }
    override computeOutputShape(shape: number[]) {
      return shape;
    }
    override call() {
      return ones([1]);
    }
  }
  const net = () => {
    const x = input({ shape: [4, 3], name: "x" });
    return model({ inputs: x, outputs: apply(new Shift({ name: "position" }), x) });
  };

  test("unknown: an opaque node that carries the class name and the weight", () => {
    const slots = { other: { parameter: "position/offset", layout: "IO" } };
    expect(toGraph(net()).nodes).toEqual([
      { name: "position", op: "opaque", inputs: ["x"], outputs: ["position"], attributes: { opType: "Shift" }, slots },
    ]);
  });

  test("unknown with several weights: a node for each, in a chain", () => {
    class Pair extends layers.Layer {
      static className = "Pair";
      override build() {
        this.addWeight("q/matrix", [3, 2], "float32", initializers.zeros());
        this.addWeight("k/matrix", [2], "float32", initializers.zeros());
      }
      override computeOutputShape() {
        return [1, 2];
      }
    }
    const nodes = nodesOf(new Pair({ name: "pair" }), [3]);
    expect(
      nodes.map(({ op, inputs, outputs, slots }) => [op, slots?.other?.parameter, inputs.length, outputs]),
    ).toEqual([
      ["opaque", "pair/matrix", 1, ["pair/matrix"]],
      ["opaque", "pair/matrix_1", 1, ["pair/matrix_1"]],
    ]);
    expect(nodes[1]?.inputs).toEqual(nodes[0]?.outputs);
  });

  const described = (weight: string, slot: Slot = "shift") => ({
    Shift: () => [{ op: "shift" as const, slots: { [slot]: { weight, layout: "O" as const, shape: [12] } } }],
  });

  test("described: the steps of the description", () => {
    expect(toGraph(net(), described("offset")).nodes).toEqual([
      {
        name: "position",
        op: "shift",
        inputs: ["x"],
        outputs: ["position"],
        slots: { shift: { parameter: "position/offset", layout: "O", shape: [12] } },
      },
    ]);
  });

  test("a description that names no weight of the layer, or no value", () => {
    expect(() => toGraph(net(), described("kernel"))).toThrow(
      new IdinitError('tfjs: the description of layer "position" names the weight "kernel"; the layer has "offset"'),
    );
    const reads = { Shift: () => [{ op: "move" as const, inputs: [1] }] };
    expect(() => toGraph(net(), reads)).toThrow('layer "position" reads 1, which is no input and no earlier step');
  });

  test("a description that is no function, or leaves out a weight", () => {
    const step = { op: "move" } as unknown as () => [];
    expect(() => toGraph(net(), { Shift: step })).toThrow(
      new IdinitError(
        'tfjs: layers.Shift must be a function that gives a list of steps, got object (layer "position")',
      ),
    );
    expect(() => toGraph(net(), { Shift: () => [{ op: "move" }] })).toThrow(
      'tfjs: the description of layer "position" leaves out the weight "offset"; give it a slot',
    );
  });

  test("a layout that does not fit is an error that names the layer", () => {
    const Shift = () => [{ op: "dense" as const, slots: { kernel: { weight: "offset", layout: "HWIO" as const } } }];
    expect(() => initialize(net(), { layers: { Shift } })).toThrow(/layout HWIO needs 4 dimensions.*position\/offset/);
  });

  test("a description with a kernel, a bias and an activation gives what the stock layer gets", () => {
    /** Dense with the kernel stored [out, in]. */
    class Linear extends layers.Layer {
      static className = "Linear";
      override build(shape: number[]) {
        this.addWeight("matrix", [4, shape.at(-1) as number], "float32", initializers.zeros());
        this.addWeight("offset", [4], "float32", initializers.zeros());
      }
      override computeOutputShape(shape: number[]) {
        return [...shape.slice(0, -1), 4];
      }
    }
    const between = (layer: Layer) => {
      const x = input({ shape: [3], name: "x" });
      const first = apply(layers.dense({ name: "first", units: 6, activation: "relu" }), x);
      return model({ inputs: x, outputs: apply(layers.dense({ name: "head", units: 2 }), apply(layer, first)) });
    };
    const described = {
      Linear: () => [
        {
          op: "dense" as const,
          slots: {
            kernel: { weight: "matrix", layout: "OI" as const },
            bias: { weight: "offset", layout: "O" as const },
          },
        },
        { op: "activation" as const, attributes: { kind: "relu" } },
      ],
    };
    const own = read(initialize(between(new Linear({ name: "middle" })), { layers: described }));
    const stock = read(initialize(between(layers.dense({ name: "middle", units: 4, activation: "relu" }))));
    const [matrix, kernel] = [own.get("middle/matrix")!, stock.get("middle/kernel")!];
    for (let out = 0; out < 4; out++)
      for (let from = 0; from < 6; from++)
        // The random loosening of the identity is named after the weight, so it differs.
        expect(matrix[out * 6 + from]).toBeCloseTo(kernel[from * 4 + out]!, 4);
    expect(own.get("middle/offset")).toEqual(stock.get("middle/bias"));
  });

  test("layers kept inside a layer: an error, unless it lists their weights", () => {
    class Block extends layers.Layer {
      static className = "Block";
      readonly inner = layers.dense({ name: "inner", units: 3, useBias: false });
      override build(shape: number[]) {
        this.inner.build(shape);
        this.built = true;
      }
      override computeOutputShape(shape: number[]) {
        return shape;
      }
    }
    class Listed extends Block {
      static override className = "Listed";
      override get trainableWeights() {
        // Also read while the constructor of the base class runs.
        return this.inner?.trainableWeights ?? [];
      }
    }
    const around = (layer: Layer) => {
      const x = input({ shape: [3], name: "x" });
      return model({ inputs: x, outputs: apply(layer, x) });
    };
    expect(() => toGraph(around(new Block({ name: "block" })))).toThrow(
      'tfjs: layer "block" (Block) keeps the layer "inner" without listing its weights',
    );
    const graph = toGraph(around(new Listed({ name: "block" })), {
      Listed: () => [{ op: "dense", slots: { kernel: { weight: "kernel", layout: "IO" } } }],
    });
    expect(graph.nodes.map(({ op, slots }) => [op, slots?.kernel?.parameter])).toEqual([["dense", "block/kernel"]]);
    expect(toGraph(around(new Listed({ name: "block" }))).nodes).toHaveLength(1);
  });
});
