/** An array for matrices and a product of them: in WebAssembly, or in plain JavaScript with the same bits. */
import { instantiate } from "../wasm/module.js";
import { type MultiplyAdd, plainMultiplyAdd } from "./multiplyAdd.js";

/** Zeros to lay matrices out in. It lives as long as its user, not longer. */
export interface Workspace {
  readonly data: Float64Array;
  readonly multiplyAdd: MultiplyAdd;
}

/** Makes room for `length` numbers. */
export type MakeWorkspace = (length: number) => Workspace;

const PAGE = 65536;

/** From this length on, kernels are worth their instantiation. */
const LONG = 2048;

/** The faster kind that can be had. */
export function createWorkspace(length: number): Workspace {
  return (length < LONG ? undefined : acceleratedWorkspace(length)) ?? plainWorkspace(length);
}

export function plainWorkspace(length: number): Workspace {
  const data = new Float64Array(length);
  return { data, multiplyAdd: plainMultiplyAdd(data) };
}

/** In the memory of kernels of its own, in place of what other kernels keep there. */
function acceleratedWorkspace(length: number): Workspace | undefined {
  const kernels = instantiate();
  if (kernels === undefined) return undefined;
  try {
    kernels.memory.grow(Math.max(0, Math.ceil((length * 8 - kernels.memory.buffer.byteLength) / PAGE)));
  } catch {
    return undefined;
  }
  return {
    data: new Float64Array(kernels.memory.buffer, 0, length),
    multiplyAdd: (c, a, b, m, k, n) => {
      kernels.multiplyAdd(8 * c.at, 8 * c.stride, 8 * a.at, 8 * a.stride, 8 * b.at, 8 * b.stride, m, k, n);
    },
  };
}
