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

/** In the memory of kernels of its own, behind the page that other kernels use. */
function acceleratedWorkspace(length: number): Workspace | undefined {
  const kernels = instantiate();
  if (kernels === undefined) return undefined;
  try {
    kernels.memory.grow(Math.ceil((length * 8) / PAGE));
  } catch {
    return undefined;
  }
  return {
    data: new Float64Array(kernels.memory.buffer, PAGE, length),
    multiplyAdd: (c, a, b, m, k, n) => {
      const bytes = ({ at }: { at: number }) => PAGE + 8 * at;
      kernels.multiplyAdd(bytes(c), 8 * c.stride, bytes(a), 8 * a.stride, bytes(b), 8 * b.stride, m, k, n);
    },
  };
}
