/** Initializers by one function each, whether it makes an array or fills a caller's. */
import type { GenerateOptions, Initializer } from "../initializer.js";

/** Makes the values, in the array of the caller's where there is one, and returns it. */
export type Run = (shape: readonly number[], options: GenerateOptions, given?: Float32Array) => Float32Array;

/** The initializer that a {@link Run} is. */
export function byRun(name: string, params: Initializer["params"], run: Run): Initializer {
  return {
    name,
    params,
    generate: (shape, options = {}) => run(shape, options),
    generateInto: (target, shape, options = {}) => void run(shape, options, target),
  };
}

/** The {@link Run} that an initializer is. */
export function runOf(initializer: Initializer): Run {
  return (shape, options, given) => {
    if (given === undefined) return initializer.generate(shape, options);
    initializer.generateInto(given, shape, options);
    return given;
  };
}
