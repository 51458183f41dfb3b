/** Every native kernel on random sizes, ones and odd ones among them: none writes outside of its outputs and its work space. */
import { setFlagsFromString } from "node:v8";
import { beforeAll, describe, it, vi } from "vitest";
import type { NativeKernels } from "../src/native/exports.js";
import { expectUntouched, type Kernel, place, type Regions } from "./guards.js";

const runs = 40;

/** Random whole numbers of one seed. */
function dice(seed: number) {
  let state = seed * 2654435761 + 1;
  const below = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  return {
    /** From 1 on; one of four is 1. */
    size: (most: number) => (below(4) === 0 ? 1 : 1 + below(most)),
    fours: (most: number) => 4 * (1 + below(most)),
    flag: () => below(2) === 1,
    below,
  };
}
type Dice = ReturnType<typeof dice>;

const eights = (n: number) => 8 * Math.ceil(n / 8);
const fours = (n: number) => 4 * Math.ceil(n / 4);

/** Sizes of inputs, outputs and work space in values, and the call on their addresses. */
const cases: Record<string, (d: Dice) => Kernel> = {
  product(d) {
    const [m, k, n] = [d.size(70), d.size(300), d.size(270)];
    const [transposeA, transposeB] = [d.flag(), d.flag()];
    return {
      inputs: { a: m * k, b: k * n },
      outputs: { c: m * n },
      work: 32 + Math.min(fours(k), 256) * (Math.min(eights(n), 256) + 32),
      run: (native, { a, b, c, work }) =>
        native.product(c!, 4 * n, a!, 4 * (transposeA ? m : k), transposeA, b!, 4 * (transposeB ? k : n), transposeB, m, k, n, work!), // biome-ignore format: sizes
    };
  },
  sumRows(d) {
    const [rows, columns] = [d.size(150), d.size(20)];
    return {
      inputs: { x: rows * columns },
      outputs: { y: columns },
      run: (native, { x, y }) => native.sumRows(y!, x!, rows, columns),
    };
  },
  softmax(d) {
    const [rows, columns] = [d.size(9), d.fours(9)];
    return {
      inputs: { x: rows * columns, summand: columns },
      outputs: { y: rows * columns },
      run: (native, { x, y, summand }) => native.softmax(y!, x!, rows, columns, 0.5, summand!),
    };
  },
  softmaxGradient(d) {
    const [rows, columns] = [d.size(9), d.fours(9)];
    return {
      inputs: { dy: rows * columns, y: rows * columns },
      outputs: { dx: rows * columns },
      run: (native, { dx, dy, y }) => native.softmaxGradient(dx!, dy!, y!, rows, columns, 0.5),
    };
  },
  layerNorm(d) {
    const [rows, columns] = [d.size(9), d.fours(9)];
    return {
      inputs: { x: rows * columns, scale: columns, shift: columns },
      outputs: { y: rows * columns, mean: rows, inverse: rows },
      run: (native, { x, y, scale, shift, mean, inverse }) =>
        native.layerNorm(y!, x!, rows, columns, scale!, shift!, 1e-5, mean!, inverse!),
    };
  },
  layerNormGradient(d) {
    const [rows, columns] = [d.size(9), d.fours(9)];
    return {
      inputs: { dy: rows * columns, x: rows * columns, scale: columns, mean: rows, inverse: rows },
      outputs: { dx: rows * columns, along: columns },
      work: columns,
      run: (native, { dx, along, dy, x, scale, mean, inverse, work }) =>
        native.layerNormGradient(dx!, along!, dy!, x!, rows, columns, scale!, mean!, inverse!, work!),
    };
  },
  gelu(d) {
    const count = 4 + d.below(30);
    return { inputs: { x: count }, outputs: { y: count }, run: (native, { x, y }) => native.gelu(y!, x!, count) };
  },
  geluGradient(d) {
    const count = 4 + d.below(30);
    return {
      inputs: { dy: count, x: count },
      outputs: { dx: count },
      run: (native, { dx, dy, x }) => native.geluGradient(dx!, dy!, x!, count),
    };
  },
  erf(d) {
    const count = 4 + d.below(30);
    return { inputs: { x: count }, outputs: { y: count }, run: (native, { x, y }) => native.erf(y!, x!, count) };
  },
  reluGradient(d) {
    const count = d.size(30);
    return {
      inputs: { dy: count, x: count },
      outputs: { dx: count },
      run: (native, { dx, dy, x }) => native.reluGradient(dx!, dy!, x!, count),
    };
  },
  sgd(d) {
    const [count, momentum] = [d.size(30), d.flag()];
    return {
      inputs: { p: count, v: count, g: count },
      outputs: { newP: count, ...(momentum && { newV: count }) },
      run: (native, { newP, newV, p, v, g }) =>
        native.sgd(newP!, newV ?? 0, p!, momentum ? v! : 0, g!, count, 0.1, 0.9, 0.01),
    };
  },
  adam(d) {
    const count = d.size(30);
    return {
      inputs: { p: count, m: count, v: count, g: count },
      outputs: { newP: count, newM: count, newV: count },
      run: (native, { newP, newM, newV, p, m, v, g }) =>
        native.adam(newP!, newM!, newV!, p!, m!, v!, g!, count, 0.9, 0.1, 0.99, 0.01, 1e-8, 0.01, 1, 0.1, 2),
    };
  },
  addBias(d) {
    const [rows, channels] = [d.size(9), d.fours(9)];
    return {
      inputs: { bias: channels },
      updated: { y: rows * channels },
      outputs: {},
      run: (native, { y, bias }) => native.addBias(y!, rows, channels, bias!, d.flag()),
    };
  },
  batchNorm(d) {
    const [rows, channels] = [d.size(150), d.fours(9)];
    return {
      inputs: { x: rows * channels, dy: rows * channels, factor: channels, shift: channels },
      outputs: { y: rows * channels, mean: channels, variance: channels, total: channels, along: channels },
      work: 12 + 4 * channels,
      run: (native, { x, dy, factor, shift, y, mean, variance, total, along, work }) => {
        native.statistics(mean!, variance!, x!, rows, channels, work!);
        native.normalize(y!, x!, rows, channels, mean!, factor!, shift!);
        native.gradientSums(total!, along!, dy!, x!, rows, channels, mean!, work!);
        native.inputGradient(y!, dy!, x!, rows, channels, mean!, factor!, shift!, total!);
      },
    };
  },
  kernelGradient(d) {
    const [batch, height, width, channels, out] = [d.size(3), d.size(9), d.size(9), d.size(6), d.size(10)];
    const [kh, kw, sh, sw] = [d.size(4), d.size(4), d.size(3), d.size(3)];
    const [top, left] = [d.below(kh), d.below(kw)];
    const [outHeight, outWidth] = [1 + Math.floor((height - 1) / sh), 1 + Math.floor((width - 1) / sw)];
    const most = 1 + d.below(4);
    const columns = (outWidth - 1) * sw + kw;
    const row = kh * columns * channels + outWidth * eights(out);
    return {
      inputs: { x: batch * height * width * channels, dy: batch * outHeight * outWidth * out },
      outputs: { dw: kh * kw * channels * out },
      work: kh * fours(kw * channels) * eights(out) + Math.min(most, batch * outHeight) * row + 4,
      run: (native, { dw, dy, x, work }) =>
        native.kernelGradient(dw!, dy!, outHeight, outWidth, out, x!, batch, height, width, channels, top, left, kh, kw, sh, sw, Math.min(most, batch * outHeight), work!), // biome-ignore format: sizes
    };
  },
  stridedInputGradient(d) {
    const [batch, outHeight, outWidth, channels, out] = [d.size(3), d.size(5), 4 + d.below(4), d.fours(3), d.fours(3)];
    const [kh, kw, sh, sw] = [d.size(4), d.size(4), d.size(3), d.size(3)];
    const [top, left] = [d.below(kh), d.below(kw)];
    const [rows, columns] = [(outHeight - 1) * sh + kh, (outWidth - 1) * sw + kw];
    const [height, width] = [Math.max(1, rows - top - d.below(3)), Math.max(1, columns - left - d.below(3))];
    const wide = eights(kw * channels);
    return {
      inputs: { dy: batch * outHeight * outWidth * out, w: kh * kw * channels * out },
      outputs: { dx: batch * height * width * channels },
      work: kh * out * wide + outWidth * wide + rows * columns * channels,
      run: (native, { dx, dy, w, work }) =>
        native.stridedInputGradient(dx!, dy!, outHeight, outWidth, out, w!, batch, height, width, channels, top, left, kh, kw, sh, sw, work!), // biome-ignore format: sizes
    };
  },
  winograd(d) {
    const [batch, height, width, channels, out] = [d.size(3), 1 + d.below(9), 1 + d.below(9), d.fours(4), d.fours(4)];
    const [top, left] = [d.below(3), d.below(3)];
    const [outHeight, outWidth] = [Math.max(1, height + 2 * top - 2), Math.max(1, width + 2 * left - 2)];
    const [across, columns] = [Math.ceil(outWidth / 4), eights(out)];
    const most = fours((1 + d.below(3)) * across);
    const strips = 6 * (4 * across + 2) * channels;
    const matrices = 36 * (most * (channels + columns) + 32);
    const forward = 144 + 16 * out + strips + matrices;
    return {
      inputs: { x: batch * height * width * channels, dy: batch * outHeight * outWidth * out, w: 9 * channels * out },
      updated: { u: 36 * channels * columns },
      outputs: { y: batch * outHeight * outWidth * out, dw: 9 * channels * out },
      work: Math.max(216, forward, forward + 16 * across * out + 36 * channels * columns),
      run: (native, { u, x, dy, w, y, dw, work }) => {
        native.winogradKernel(u!, w!, channels, out, false, work!);
        native.winograd(y!, outHeight, outWidth, out, x!, batch, height, width, channels, top, left, u!, most, work!);
        native.winogradKernelGradient(dw!, dy!, outHeight, outWidth, out, x!, batch, height, width, channels, top, left, most, work!); // biome-ignore format: sizes
      },
    };
  },
};

describe.each(["plain", "with relaxed SIMD"])("kernels %s", (variant) => {
  let native: NativeKernels;
  const memory = new WebAssembly.Memory({ initial: 64 });
  beforeAll(async () => {
    // In Node 20 behind a flag; nothing is compiled twice, so each variant asks for its own module.
    if (variant !== "plain") setFlagsFromString("--experimental-wasm-relaxed-simd");
    vi.resetModules();
    const { nativeKernels } = await import("../src/native/nativeKernels.js");
    native = nativeKernels({ wasm: { asm: { memory } } })!;
  });

  it.each(Object.entries(cases))("%s writes nothing else", (_, draw) => {
    for (let seed = 1; seed <= runs; seed++) {
      const kernel = draw(dice(seed));
      const placed = place(memory, kernel);
      kernel.run(native, placed.addresses as Regions);
      expectUntouched(placed);
    }
  });
});
