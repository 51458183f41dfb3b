import { decodeModel, encodeModel, GraphBuilder } from "@idinit/onnx";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { adamw, buildTrainingModel, createTrainer, OnnxTrainError, sgd, type TrainerOptions } from "../src/index.js";
import { fixture, modelBytes, relativeError } from "./support/fixtures.js";

const options = (more: Partial<TrainerOptions> = {}): TrainerOptions => ({
  ort,
  loss: "softmax-cross-entropy",
  optimizer: sgd({ lr: 0.1 }),
  ...more,
});

/** y = x w, with w of shape [2, 3]. */
function linearModel(dtype: "float32" | "float64" | "float16" = "float32"): Uint8Array {
  const g = new GraphBuilder({ opset: 17 });
  const x = g.input("x", dtype, ["batch", 2]);
  const arrays = { float32: Float32Array, float64: Float64Array, float16: Uint16Array };
  const w = g.initializer("w", [2, 3], arrays[dtype].from([1, 2, 3, 4, 5, 6]), dtype);
  g.output(g.node("MatMul", [x, w]), dtype, ["batch", 3]);
  return encodeModel(g.build());
}

describe("losses", () => {
  it("mse is the mean over all elements", async () => {
    const trainer = await createTrainer(linearModel(), options({ loss: "mse", optimizer: sgd({ lr: 0.5 }) }));
    // Output [5, 7, 9], differences [1, 0, -1].
    const batch = { x: Float32Array.of(1, 1), target: Float32Array.of(4, 7, 10) };
    const { loss } = await trainer.step(batch);
    expect(loss).toBeCloseTo(2 / 3, 6);
    const w = (await trainer.parameters()).get("w")!;
    [1 - 1 / 3, 2, 3 + 1 / 3, 4 - 1 / 3, 5, 6 + 1 / 3].forEach((value, i) => {
      expect(w[i]).toBeCloseTo(value, 5);
    });
    await trainer.dispose();
  });

  it("softmax cross-entropy does not overflow, also with a class at minus infinity", async () => {
    const trainer = await createTrainer(linearModel(), options({ optimizer: sgd({ lr: 0 }) }));
    const large = await trainer.step({ x: Float32Array.of(1000, 0), target: [0] });
    expect(large).toEqual({ loss: 2000, diverged: false });
    await trainer.loadParameters(new Map([["w", Float32Array.of(1, 1, -Infinity, 0, 0, 0)]]));
    const masked = await trainer.step({ x: Float32Array.of(1, 0), target: [1] });
    expect(masked.loss).toBeCloseTo(Math.log(2), 6);
    await trainer.dispose();
  });

  it("reports a loss that is not finite as it is", async () => {
    const trainer = await createTrainer(linearModel(), options());
    const { loss, diverged } = await trainer.step({ x: Float32Array.of(Infinity, 1), target: [0] });
    expect(loss).toBeNaN();
    expect(diverged).toBe(true);
    await trainer.dispose();
  });
});

describe("a trainer", () => {
  it("exports what it predicts, with the given inputs and outputs", async () => {
    const { model, batch } = fixture("resnet");
    const trainer = await createTrainer(model, options());
    for (let step = 0; step < 3; step++) await trainer.step(batch(step));
    const exported = await trainer.export();
    const given = decodeModel(model).graph;
    const graph = decodeModel(exported).graph;
    expect(graph.inputs).toEqual(given.inputs);
    expect(graph.outputs).toEqual(given.outputs);
    const { logits } = await trainer.predict({ input: batch(0).input });
    const session = await ort.InferenceSession.create(exported);
    const input = new ort.Tensor("float32", batch(0).input as Float32Array, [6, 3, 12, 12]);
    const again = (await session.run({ input })).logits!;
    expect(relativeError(again.data as Float32Array, logits!.data as Float32Array)).toBeLessThan(1e-5);
    expect(relativeError(again.data as Float32Array, fixture("resnet").logits)).toBeGreaterThan(1e-2);
    // The loss in inference mode is that of these logits.
    const target = [...batch(0).target].map(Number);
    const rows = target.map((label, i) => {
      const row = (again.data as Float32Array).slice(5 * i, 5 * i + 5);
      return Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0)) - row[label]!;
    });
    const { loss } = await trainer.evaluate(batch(0));
    expect(loss).toBeCloseTo(rows.reduce((a, b) => a + b) / rows.length, 4);
    await trainer.dispose();
  });

  it("takes other batch sizes, unless one is fixed", async () => {
    const { model, batch } = fixture("mlp");
    const half = { input: (batch(0).input as Float32Array).slice(0, 24), target: batch(0).target.slice(0, 4) };
    const open = await createTrainer(model, options());
    await open.step(batch(0));
    await open.step(half);
    const fixed = await createTrainer(model, options({ batchSize: 9 }));
    await fixed.step(batch(0));
    await expect(fixed.step(half)).rejects.toThrow('"input" of shape [9, 6] needs 54 values, got 24');
    await open.dispose();
    await fixed.dispose();
  });

  it("goes on from loaded parameters and optimizer state as if it had never stopped", async () => {
    const { model, batch } = fixture("resnet");
    const whole = await createTrainer(model, options({ optimizer: adamw({ lr: 0.01 }) }));
    for (let step = 0; step < 2; step++) await whole.step(batch(step));
    const other = await createTrainer(model, options({ optimizer: adamw({ lr: 0.01 }) }));
    await other.loadParameters(await whole.parameters());
    await other.loadParameters(await whole.runningStatistics());
    await other.loadOptimizerState(await whole.optimizerState());
    await whole.step(batch(2));
    await other.step(batch(2));
    expect(await other.parameters()).toEqual(await whole.parameters());
    expect(await other.runningStatistics()).toEqual(await whole.runningStatistics());
    await whole.dispose();
    await other.dispose();
  });

  it("uses another learning rate for one step, and decays only what it is told to", async () => {
    const decay = (name: string) => name.endsWith("weight");
    const { model, batch } = fixture("mlp");
    const trainer = await createTrainer(model, options({ optimizer: sgd({ lr: 0.1, weightDecay: 0.5, decay }) }));
    const before = await trainer.parameters();
    await trainer.step(batch(0), { lr: 0 });
    expect(await trainer.parameters()).toEqual(before);
    const gradients = await trainer.gradients(batch(0));
    await trainer.step(batch(0), { lr: 0.2 });
    const after = await trainer.parameters();
    for (const [name, w] of before) {
      const expected = w.map((value, i) => value - 0.2 * (gradients.get(name)![i]! + (decay(name) ? 0.5 * value : 0)));
      expect(relativeError(after.get(name)!, expected), name).toBeLessThan(1e-5);
    }
    await trainer.dispose();
  });

  it("trains only what is chosen", async () => {
    const { model, batch } = fixture("mlp");
    const trainer = await createTrainer(model, options({ trainable: (name) => name.startsWith("fc3") }));
    await trainer.step(batch(0));
    expect([...(await trainer.parameters()).keys()]).toEqual(["fc3.weight", "fc3.bias"]);
    await trainer.dispose();
  });

  it("answers overlapping calls in order", async () => {
    const { model, batch, steps, run } = fixture("mlp");
    const trainer = await createTrainer(
      model,
      options({ optimizer: sgd({ lr: 0.1, momentum: 0.9, weightDecay: 0.01 }) }),
    );
    const results = await Promise.all(Array.from({ length: steps }, (_, step) => trainer.step(batch(step))));
    results.forEach(({ loss }, i) => {
      expect(loss).toBeCloseTo(run("sgd").losses[i]!, 4);
    });
    await trainer.dispose();
  });

  it("releases its sessions where a further one could not be made, and makes that one when asked again", async () => {
    let failing = false;
    let open = 0;
    const create = async (...args: Parameters<typeof ort.InferenceSession.create>) => {
      if (failing) throw new Error("out of memory");
      const session = await ort.InferenceSession.create(...args);
      open++;
      const release = session.release.bind(session);
      session.release = async () => {
        open--;
        await release();
      };
      return session;
    };
    const counted = { Tensor: ort.Tensor, InferenceSession: { create: create as typeof ort.InferenceSession.create } };
    const trainer = await createTrainer(linearModel(), options({ ort: counted }));
    failing = true;
    const x = Float32Array.of(1, 1);
    await expect(trainer.predict({ x })).rejects.toThrow("out of memory");
    failing = false;
    expect(Object.keys(await trainer.predict({ x }))).toHaveLength(1);
    failing = true;
    await expect(trainer.gradients({ x, target: [0] })).rejects.toThrow("out of memory");
    expect(open).toBe(2);
    await trainer.dispose();
    expect(open).toBe(0);
  });

  it("does nothing after dispose", async () => {
    const trainer = await createTrainer(linearModel(), options());
    await trainer.dispose();
    await trainer.dispose();
    await expect(trainer.parameters()).rejects.toThrow("the trainer is disposed");
  });
});

describe("wrong feeds", () => {
  const x = Float32Array.of(1, 2, 3, 4);
  it.each([
    ["missing target", { x }, '"target" is missing; expected x, target'],
    ["unknown name", { x, target: [0, 1], y: x }, 'unknown input "y"; expected x, target'],
    ["wrong type", { x: Int32Array.of(1, 2), target: [0] }, '"x" is float32, got Int32Array'],
    ["nested arrays", { x: [[1, 2]], target: [0] }, '"x" is float32, got Array'],
    ["no array", { x: "1, 2", target: [0] }, '"x" should be an array or a tensor, got string'],
    ["wrong length", { x: Float32Array.of(1, 2, 3), target: [0] }, '"x" of shape [batch, 2] cannot hold 3 values'],
    ["other batch in the target", { x, target: [0] }, '"target" of shape [2] needs 2 values, got 1'],
    ["label too large", { x, target: [0, 3] }, '"target" should hold class indices 0 to 2, got 3 at index 1'],
    ["negative label", { x, target: Int32Array.of(-1, 0) }, "got -1 at index 0"],
    ["huge label", { x, target: [2 ** 32, 0] }, '"target" is int32, 4294967296 at index 0 is out of its range'],
    ["fractional label", { x, target: [0.5, 0] }, '"target" should hold integers, got 0.5 at index 0'],
    [
      "tensor of another shape",
      { x: new ort.Tensor("float32", x, [4, 1]), target: [0] },
      "should have shape [batch, 2]",
    ],
  ])("%s", async (_title, batch, message) => {
    const trainer = await createTrainer(linearModel(), options());
    const before = await trainer.parameters();
    await expect(trainer.step(batch as never)).rejects.toThrow(message);
    await expect(trainer.step(batch as never)).rejects.toThrow(OnnxTrainError);
    expect(await trainer.parameters()).toEqual(before);
    await trainer.dispose();
  });

  it("wrong parameters and rates change nothing", async () => {
    const trainer = await createTrainer(linearModel(), options());
    const before = await trainer.parameters();
    await expect(trainer.loadParameters(new Map([["v", x]]))).rejects.toThrow('no parameter or running tensor "v"');
    await expect(trainer.loadParameters(new Map([["w", x]]))).rejects.toThrow("needs a Float32Array of 6, got 4");
    await expect(trainer.step({ x, target: [0, 1] }, { lr: -1 })).rejects.toThrow("lr must be in");
    expect(await trainer.parameters()).toEqual(before);
    await trainer.dispose();
  });
});

describe("models that cannot be trained", () => {
  const build = (make: (g: GraphBuilder, x: string, w: string) => string, opset = 17) => {
    const g = new GraphBuilder({ opset });
    const w = g.initializer("w", [2, 2], Float32Array.of(1, 2, 3, 4));
    g.output(make(g, g.input("x", "float32", ["batch", 2]), w), "float32");
    return encodeModel(g.build());
  };

  it("names every node without a gradient at once", () => {
    const bytes = build((g, x, w) => {
      const a = g.node("Det", [g.node("MatMul", [x, w])], {}, { name: "first" });
      return g.node(
        "Mish",
        [g.node("SequenceMap", [a], {}, { name: "second" })],
        {},
        { domain: "my.domain", name: "third" },
      );
    });
    const attempt = () => buildTrainingModel(bytes, { loss: "mse" });
    expect(attempt).toThrow(OnnxTrainError);
    expect(attempt).toThrow(
      /3 node\(s\).*"first" \(Det\): no gradient is defined for Det; "second" \(SequenceMap\): control flow.*; "third" \(Mish\): operator of domain my.domain/,
    );
  });

  it("does not mind such nodes beside the way", () => {
    const bytes = build((g, x, w) => g.node("MatMul", [g.node("Hardmax", [x]), w]));
    expect(buildTrainingModel(bytes, { loss: "mse", batchSize: 3 }).info.output.dims).toEqual([3, 2]);
  });

  it("takes the file's own shapes where it cannot infer them", () => {
    const model = decodeModel(
      build((g, x, w) => g.node("MatMul", [g.node("MaxRoiPool", [x], {}, { name: "grid" }), w])),
    );
    expect(() => buildTrainingModel(model, { loss: "mse" })).toThrow(/shape of value "matmul".* cannot be inferred/);
    const valueInfo = [{ name: "grid", elemType: 1, shape: ["batch", 2] }];
    const told = { ...model, graph: { ...model.graph, valueInfo } };
    expect(buildTrainingModel(told, { loss: "mse", batchSize: 3 }).info.output.dims).toEqual([3, 2]);
  });

  it.each([
    ["nothing to train", build((g, x) => g.node("Relu", [x])), /depends on no trainable float32 initializer/],
    ["float16", linearModel("float16"), /parameters must be float32: "w" is float16/],
    ["float64", linearModel("float64"), /parameters must be float32: "w" is float64/],
    ["old opset", build((g, x, w) => g.node("MatMul", [x, w]), 12), /opset 13 to 25 is supported, the model has 12/],
    ["new opset", build((g, x, w) => g.node("MatMul", [x, w]), 26), /the model has 26/],
  ])("%s", (_title, bytes, message) => {
    expect(() => buildTrainingModel(bytes, { loss: "mse" })).toThrow(message);
  });

  it("rejects unknown names and values in options", async () => {
    const bytes = modelBytes("mlp");
    const loss = "softmax-cross-entropy";
    expect(() => buildTrainingModel(bytes, { loss: "hinge" as never })).toThrow(/loss must be one of/);
    expect(() => buildTrainingModel(bytes, { loss, trainable: ["fc9"] })).toThrow(/no initializer "fc9"/);
    expect(() => buildTrainingModel(bytes, { loss, output: "y" })).toThrow(
      /1 outputs \(logits\), "y" is not among them/,
    );
    expect(() => buildTrainingModel(bytes, { loss, inputShapes: { z: [1] } })).toThrow(/no input "z", it has input/);
    expect(() => sgd({ lr: -1 })).toThrow("sgd: lr must be in [0, Infinity), got -1");
    expect(() => adamw({ beta1: 1 })).toThrow("adamw: beta1 must be in [0, 1), got 1");
    await expect(createTrainer(bytes, options({ optimizer: undefined as never }))).rejects.toThrow(
      "optimizer is missing",
    );
  });
});

describe("exported forms", () => {
  it("splits initializers that Identity spreads and statistics that norms share", async () => {
    const g = new GraphBuilder({ opset: 15 });
    const x = g.input("x", "float32", ["batch", 2]);
    const one = g.initializer("one", [2], Float32Array.of(1, 1));
    const zero = g.initializer("zero", [2], Float32Array.of(0, 0));
    const scale = g.node("Identity", [one], {}, { outputs: ["scale"] })[0]!;
    const y = g.node("BatchNormalization", [x, scale, zero, zero, one], {}, { outputs: ["a"] })[0]!;
    g.output(g.node("BatchNormalization", [y, one, zero, zero, one], {}, { outputs: ["b"] })[0]!, "float32", [
      "batch",
      2,
    ]);
    const trainer = await createTrainer(encodeModel(g.build()), options({ loss: "mse", optimizer: sgd({ lr: 0.1 }) }));
    expect([...(await trainer.parameters()).keys()].sort()).toEqual(["one", "scale", "zero"]);
    const names = ["a.running_mean", "a.running_var", "b.running_mean", "b.running_var"];
    expect([...(await trainer.runningStatistics()).keys()].sort()).toEqual(names);
    await trainer.step({ x: Float32Array.of(1, 2, 3, 5), target: new Float32Array(4) });
    const running = await trainer.runningStatistics();
    expect(running.get("a.running_mean")![1]).toBeCloseTo(0.35, 6);
    expect(running.get("a.running_var")![1]).toBeCloseTo(0.9 + 0.1 * 2.25, 6);
    expect(running.get("b.running_mean")![1]).toBeCloseTo(0, 6);
    await trainer.dispose();
  });

  it("keeps scalars of the architecture out of training unless they are asked for", () => {
    const g = new GraphBuilder({ opset: 17 });
    const x = g.input("x", "float32", ["batch", 2]);
    const w = g.initializer("w", [2, 2], Float32Array.of(1, 2, 3, 4));
    const gain = g.initializer("gain", [], Float32Array.of(0.5));
    g.output(g.node("Mul", [g.node("MatMul", [x, w]), gain]), "float32", ["batch", 2]);
    const bytes = encodeModel(g.build());
    const trained = (trainable?: string[]) => [
      ...buildTrainingModel(bytes, { loss: "mse", trainable }).info.gradients.keys(),
    ];
    expect(trained()).toEqual(["w"]);
    expect(trained(["gain", "w"])).toEqual(["w", "gain"]);
  });
});
