/** The smallest deep network: two numbers. */
import { mlp, resMlp } from "../architectures/index.js";
import { initialParameters } from "../architectures/initialParameters.js";
import type { Observation, SimulationScenario, SimulationTask } from "./scenario.js";

const INPUTS = [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8];
const FACTOR = 50;
const LEARNING_RATE = 1e-5;
/** Mean of x². */
const POWER = INPUTS.reduce((sum, x) => sum + x * x, 0) / INPUTS.length;
/** So near to the solution a run counts as there. */
const NEAR = 0.01;

/** r of a variant. */
const skips: Readonly<Record<string, 0 | 1>> = { "without shortcut": 0, "with shortcut": 1 };
const schemes = ["idinit", "xavier"] as const;

/**
 * x_L = (r + w₂ w₁)^L x₀ learns 50 x₀ from x₀ in 1, 1.1, …, 1.8 by gradient descent on the mean of ½ (x_L − 50 x₀)² (P22 3.1; P25 D,
 * Figure 22; after Bachlechner et al. 2021). L = 5 gives the papers' solutions w₁ w₂ = 50^(1/5) − r: 2.19 without a shortcut, 1.19 with one.
 * IDInit starts at {1, 1} without and at {1, 0} with a shortcut, as a block of one dense unit does.
 */
export const toy: SimulationScenario = {
  kind: "simulation",
  name: "toy",
  title: "Two weights: where training starts in the landscape of the gradient",
  source: "P22 3.1, Figure 2; P25 D, Figure 22",
  variants: Object.keys(skips).map((name) => ({ name, schemes })),
  presets: {
    smoke: { layers: 5, steps: 50, seeds: [0] },
    quick: { layers: 5, steps: 600, seeds: [0, 1, 2, 3, 4, 5] },
    paper: { layers: 5, steps: 600, seeds: Array.from({ length: 24 }, (_, seed) => seed) },
  },
  constants: { inputs: INPUTS, target: `${FACTOR} x`, learningRate: LEARNING_RATE },
  observed: [
    { name: "w₁ w₂", label: "w₁ w₂", limit: "solution" },
    { name: "loss", label: "loss", drawn: false },
    { name: "solved", label: "share within 0.01 of the solution", drawn: false },
  ],
  reported: [
    { variant: "without shortcut", scheme: "idinit", value: "w₁ w₂ = 2.19", setting: "from {1, 1}" },
    { variant: "with shortcut", scheme: "idinit", value: "w₁ w₂ = 1.19", setting: "from {1, 0}" },
  ],
  *simulate({ variant, scheme, seed, preset: { layers, steps } }: SimulationTask) {
    const skip = skips[variant]!;
    const point = start(skip, scheme, seed);
    yield look(point, skip, layers);
    for (let step = 0; step < steps; step++) {
      const [first, second] = gradient(point, skip, layers);
      point[0] -= LEARNING_RATE * first;
      point[1] -= LEARNING_RATE * second;
      yield look(point, skip, layers);
    }
  },
};

/** d loss / d w₁ and d loss / d w₂. */
export function gradient([w1, w2]: readonly [number, number], skip: number, layers: number): [number, number] {
  const base = skip + w1 * w2;
  const common = POWER * (base ** layers - FACTOR) * layers * base ** (layers - 1);
  return [common * w2, common * w1];
}

/** Whether a variant has a shortcut: r. */
export function skipOf(variant: string): number {
  return skips[variant] ?? 0;
}

function start(skip: 0 | 1, scheme: string, seed: number): [number, number] {
  const network = skip
    ? resMlp({ features: 1, width: 1, blocks: 1, activation: "none", classes: 1 })
    : mlp({ features: 1, hidden: 1, layers: 2, activation: "none", classes: 1 });
  const weights = initialParameters(network, schemes.find((name) => name === scheme)!, seed);
  const [first, second] = skip ? ["block1.fc1.weight", "block1.fc2.weight"] : ["fc1.weight", "fc2.weight"];
  return [weights.get(first!)![0]!, weights.get(second!)![0]!];
}

function look([w1, w2]: readonly [number, number], skip: number, layers: number): readonly Observation[] {
  const [product, solution] = [w1 * w2, FACTOR ** (1 / layers) - skip];
  return [
    { name: "w₁", value: w1 },
    { name: "w₂", value: w2 },
    { name: "w₁ w₂", value: product },
    { name: "solution", value: solution },
    { name: "loss", value: (POWER * ((skip + product) ** layers - FACTOR) ** 2) / 2 },
    { name: "solved", value: Math.abs(product - solution) < NEAR ? 1 : 0 },
  ];
}
