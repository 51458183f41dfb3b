/** Whether an untrained network keeps lengths: the singular values of its Jacobian. */
import { createStream, fillNormal } from "@idinit/core";
import { resMlp } from "../architectures/index.js";
import { initialParameters } from "../architectures/initialParameters.js";
import { forward } from "../reference/forward.js";
import { pullBack } from "../reference/pullBack.js";
import type { MeasureScenario } from "./scenario.js";

const FEATURES = 3072;
const BLOCKS = 64;
const CLASSES = 10;

/**
 * χ = ‖J‖² / rank(J), the mean squared singular value, of 64 blocks x + relu(W x) (P25 C.5, Figure 18), for inputs from
 * N(0, 1). Of the blocks (last block's output by first block's input: 1 means dynamical isometry), and of the whole
 * network (logits by input), which with IDInit is tiny: the head starts near 0.
 */
export const jacobian: MeasureScenario = {
  kind: "measure",
  name: "jacobian",
  title: "Mean squared singular value of the Jacobian, before training",
  source: "P25 C.5, Figure 18",
  variants: [{ name: "64 blocks", schemes: ["idinit", "kaiming", "xavier", "pytorch"] }],
  presets: {
    // `width` is that of the blocks, `rounds` the number of random inputs.
    smoke: { rounds: 1, width: 64, seeds: [0] },
    quick: { rounds: 4, width: 128, seeds: [0] },
    paper: { rounds: 100, width: 256, seeds: [0] },
  },
  reported: [
    { variant: "64 blocks", scheme: "pytorch", value: "> 2000", setting: "width 256" },
    { variant: "64 blocks", scheme: "idinit", value: "about 1", setting: "width 256" },
  ],
  architecture: ({ preset: { width } }) =>
    resMlp({ features: FEATURES, width, blocks: BLOCKS, layersPerBlock: 1, classes: CLASSES }),
  *measure(task) {
    const { scheme, seed, preset } = task;
    const { rounds, width } = preset;
    const architecture = this.architecture(task);
    const weights = initialParameters(architecture, scheme, seed);
    const last = `block${BLOCKS}.add`;
    let [blocks, network] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      const input = fillNormal(createStream(seed, `input.${round}`), new Float64Array(FEATURES));
      const values = forward(architecture, weights, input, 1);
      const through = (rows: Float64Array, output: string, from: string) =>
        pullBack(architecture, weights, values, rows, { output, from });
      blocks += squares(through(identity(width), last, "stem")) / width;
      network += squares(through(identity(CLASSES), architecture.output, "input")) / CLASSES;
      yield;
    }
    return [
      { name: "chi of the blocks", depth: BLOCKS, layer: last, value: blocks / rounds },
      { name: "chi of the network", depth: BLOCKS + 1, layer: architecture.output, value: network / rounds },
    ];
  },
};

function identity(size: number): Float64Array {
  return Float64Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1 : 0));
}

function squares(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
