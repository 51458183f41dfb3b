import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { IdinitError } from "@idinit/core";
import type { Engine } from "../engine.js";
import { loadFailure } from "../lazyEngine.js";
import { chainOf, unsupportedOptimizer } from "./chain.js";

/**
 * brain.js's `NeuralNetwork`: dense networks in plain JavaScript.
 *
 * It differs from the other engines in three ways that no option changes. Its activation follows the last layer too, so
 * `logits()` are activated outputs. Its loss is the squared error to one-hot targets. It updates after every example; the
 * learning rate it gets is `learningRate / batch size`, so that a batch moves the weights about as far as one step on the
 * mean gradient would.
 */
export const brain: Engine = {
  name: "brain",

  async unsupported(architecture, options) {
    try {
      await import("brain.js");
    } catch (error) {
      return loadFailure(error);
    }
    const chain = chainOf(architecture);
    return typeof chain === "string" ? chain : unsupportedOptimizer(options);
  },

  async describe() {
    const entry = createRequire(import.meta.url).resolve("brain.js");
    const manifest = JSON.parse(await readFile(join(dirname(entry), "..", "package.json"), "utf8")) as {
      version: string;
    };
    return {
      framework: "brain.js",
      version: manifest.version,
      device: "JavaScript, 1 thread",
      objective: "squared-error",
    };
  },

  async create(architecture, weights, options) {
    const chain = chainOf(architecture);
    const reason = typeof chain === "string" ? chain : unsupportedOptimizer(options);
    if (typeof chain === "string" || reason) throw new IdinitError(`${architecture.name}: ${reason}`);
    const { brainLearner } = await import("./learner.js");
    return brainLearner(architecture.name, chain, weights, options);
  },
};
