// What is timed of our own: the built package, and its plain generators alone.
import { createStream, idi, idiz, normal, orthogonal, truncatedNormal, uniform } from "../dist/index.js";
import { draw } from "../dist/random/draw.js";
import { plainNormal } from "../dist/random/plainNormal.js";
import { plainUniform } from "../dist/random/plainUniform.js";
import { instantiate } from "../dist/wasm/module.js";

export const hasKernels = instantiate() !== undefined;

/** Runs by name on tensors of side² values. */
export function ownCases(side) {
  const size = side * side;
  const shape = [side, side];
  const warm = new Float32Array(size).fill(1);
  const stream = createStream(0, "bench");
  // Fresh arrays are kept until the next one comes, so that no run pays for collecting another's.
  let kept;
  const into = (initializer) => () => initializer.generateInto(warm, shape, { key: "bench" });
  const fresh = (make) => () => {
    kept = make();
    return kept;
  };
  return {
    "fill(0)": () => warm.fill(0),
    "idi, warm": into(idi()),
    "idiz, warm": into(idiz()),
    allocate: fresh(() => new Float32Array(size)),
    "allocate and fill": fresh(() => new Float32Array(size).fill(1)),
    "idi, fresh": fresh(() => idi().generate(shape, { key: "bench" })),
    "idiz, fresh": fresh(() => idiz().generate(shape, { key: "bench" })),
    normal: into(normal()),
    uniform: into(uniform()),
    truncatedNormal: into(truncatedNormal()),
    "normal, plain JavaScript": () => draw(warm, 0, plainNormal(stream, 0, 1)),
    "uniform, plain JavaScript": () => draw(warm, 0, plainUniform(stream, 0, 2 ** -24)),
    "Math.random": () => {
      for (let i = 0; i < size; i++) warm[i] = Math.random();
    },
  };
}

export const ORTHOGONAL = Object.fromEntries(
  [256, 1024].map((side) => [`orthogonal ${side}`, () => orthogonal().generate([side, side], { key: "bench" })]),
);
