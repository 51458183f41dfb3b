// What is timed of our own: the built package, and its plain generators alone. Cases by name, in groups that are timed each by itself.
import {
  createStream,
  idi,
  idiz,
  initialWeights,
  normal,
  orthogonal,
  truncatedNormal,
  uniform,
} from "../dist/index.js";
import { draw } from "../dist/random/draw.js";
import { plainNormal } from "../dist/random/plainNormal.js";
import { plainUniform } from "../dist/random/plainUniform.js";
import { instantiate } from "../dist/wasm/module.js";

export const hasKernels = instantiate() !== undefined;

/** An array of side² values, and what fills it by an initializer. */
function warmArray(side) {
  const warm = new Float32Array(side * side).fill(1);
  return { warm, into: (initializer) => () => initializer.generateInto(warm, [side, side], { key: "bench" }) };
}

/** Little work but to clear an array that is there: engines need some tens of rounds until they have compiled all of it. */
export function identityCases(side) {
  const { warm, into } = warmArray(side);
  return { "fill(0)": () => warm.fill(0), "idi, warm": into(idi()), "idiz, warm": into(idiz()) };
}

/** Draws into an array that is there. */
export function drawCases(side) {
  const { warm, into } = warmArray(side);
  const stream = createStream(0, "bench");
  return {
    normal: into(normal()),
    uniform: into(uniform()),
    truncatedNormal: into(truncatedNormal()),
    "normal, plain JavaScript": () => draw(warm, 0, plainNormal(stream, 0, 1)),
    "uniform, plain JavaScript": () => draw(warm, 0, plainUniform(stream, 0, 2 ** -24)),
    "Math.random": () => {
      for (let i = 0; i < warm.length; i++) warm[i] = Math.random();
    },
  };
}

/** Keeps what a run makes until after its time is taken, so that no run pays for freeing it. */
function keeping(make) {
  let kept;
  return () => {
    kept = make();
    return kept;
  };
}

/** Into arrays made for it. The system gives memory page by page, at the first store to each. */
export function freshCases(side) {
  const size = side * side;
  const generate = (initializer) => keeping(() => initializer.generate([side, side], { key: "bench" }));
  return {
    allocate: keeping(() => new Float32Array(size)),
    "allocate, one store a row": keeping(() => {
      const data = new Float32Array(size);
      for (let at = 0; at < size; at += side + 1) data[at] = 1;
      return data;
    }),
    "allocate and fill": keeping(() => new Float32Array(size).fill(1)),
    "idi, fresh": generate(idi()),
    "idiz, fresh": generate(idiz()),
  };
}

/** All tensors of a model: `[key, shape, options]` each. */
export function modelCases(tensors) {
  const sizeOf = (shape) => shape.reduce((product, size) => product * size, 1);
  const targets = tensors.map(([, shape]) => new Float32Array(sizeOf(shape)).fill(1));
  const small = normal({ std: 0.02 });
  return {
    "model, allocate and fill": keeping(() => tensors.map(([, shape]) => new Float32Array(sizeOf(shape)).fill(1))),
    "model, draws and one store a row": keeping(() =>
      tensors.map(([key, shape, { role }]) => {
        if (role === "embedding" || role === "position") return small.generate(shape, { key });
        const data = new Float32Array(sizeOf(shape));
        const row = shape[1] ?? 1;
        for (let at = 0; at < data.length; at += row) data[at] = 1;
        return data;
      }),
    ),
    "model, idinit": keeping(() => tensors.map(([key, shape, options]) => initialWeights(shape, { ...options, key }))),
    "model, normal": () => {
      for (const [i, [key, shape]] of tensors.entries()) small.generateInto(targets[i], shape, { key });
    },
  };
}

export function orthogonalCases(sides) {
  return Object.fromEntries(
    sides.map((side) => [`orthogonal ${side}`, () => orthogonal().generate([side, side], { key: "bench" })]),
  );
}
