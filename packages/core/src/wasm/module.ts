/**
 * The kernels of `assembly/` in WebAssembly: compiled at the first use, or not at all where the engine lacks vectors or a
 * policy forbids it. Everything they make, plain JavaScript makes too, bit by bit.
 */
import { BINARY } from "./binary.js";

/** What `assembly/index.ts` exports. Addresses and strides are in bytes. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  words(k0: number, k1: number, k2: number, k3: number, low: number, next: number, groups: number): void;
  uniform(groups: number, low: number, step: number): void;
  normal(groups: number, mean: number, std: number): void;
  truncated(groups: number, centre: number, scale: number, mean: number, std: number, low: number, high: number): void;
  multiplyAdd(
    c: number,
    strideC: number,
    a: number,
    strideA: number,
    b: number,
    strideB: number,
    m: number,
    k: number,
    n: number,
  ): void;
}

/** The part of the engine's WebAssembly that is used here; the language's own types leave it out. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** In every engine that has WebAssembly, and in no library of the language's types. */
declare const atob: (base64: string) => string;

/** The compiled module, `null` where there can be none. A constant, made late: whoever asks first changes nothing. */
let compiled: object | null | undefined;

/** New kernels with a memory of their own (64 kB), or `undefined` where WebAssembly can't be had. */
export function instantiate(): Kernels | undefined {
  if (compiled === undefined) compiled = compile();
  return compiled === null ? undefined : (new WebAssembly.Instance(compiled).exports as Kernels);
}

function compile(): object | null {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(BINARY), (byte) => byte.charCodeAt(0)));
  } catch {
    return null;
  }
}
