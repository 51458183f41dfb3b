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

/** The compiled module, `null` where there can be none. A constant, made late: whoever asks first changes nothing. */
let compiled: object | null | undefined;

/** New kernels with a memory of their own (64 kB), or `undefined` where WebAssembly can't be had. */
export function instantiate(): Kernels | undefined {
  if (compiled === undefined) compiled = compile();
  return compiled === null ? undefined : (new WebAssembly.Instance(compiled).exports as Kernels);
}

function compile(): object | null {
  if (typeof WebAssembly === "undefined") return null;
  try {
    return new WebAssembly.Module(decode(BINARY));
  } catch {
    return null;
  }
}

/** Bytes of base64 without white space. */
function decode(text: string): Uint8Array {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const bytes = new Uint8Array(Math.floor((text.replaceAll("=", "").length * 3) / 4));
  let bits = 0;
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    bits = (bits << 6) | digits.indexOf(text[i]!);
    if (i % 4 !== 0) bytes[at++] = bits >>> (6 - 2 * (i % 4));
  }
  return bytes;
}
