/**
 * The kernels of `assembly/` in WebAssembly, on the backend's own memory: they read and write its tensors in place. Where
 * they cannot be had, the gradients are composed of the backend's kernels.
 */
import { BINARY } from "./binary.js";
import { decodeBase64 } from "./decodeBase64.js";

/** What `assembly/index.ts` exports; addresses and sizes of work space are in bytes. */
export interface NativeKernels {
  winogradKernel(u: number, kernel: number, channels: number, out: number, flipped: boolean, work: number): void;
  winograd(...sizes: WinogradArguments): void;
  winogradKernelGradient(...sizes: WinogradGradientArguments): void;
  kernelGradient(...sizes: KernelGradientArguments): void;
  statistics(mean: number, variance: number, x: number, rows: number, channels: number, work: number): void;
  normalize(y: number, x: number, rows: number, channels: number, mean: number, factor: number, shift: number): void;
  gradientSums(
    total: number,
    along: number,
    dy: number,
    x: number,
    rows: number,
    channels: number,
    mean: number,
    work: number,
  ): void;
  inputGradient(
    dx: number,
    dy: number,
    x: number,
    rows: number,
    channels: number,
    mean: number,
    factor: number,
    slope: number,
    constant: number,
  ): void;
}

type KernelGradientArguments = [
  dw: number,
  dy: number,
  outHeight: number,
  outWidth: number,
  out: number,
  x: number,
  batch: number,
  height: number,
  width: number,
  channels: number,
  top: number,
  left: number,
  kernelHeight: number,
  kernelWidth: number,
  strideHeight: number,
  strideWidth: number,
  most: number,
  work: number,
];

type WinogradArguments = [
  y: number,
  outHeight: number,
  outWidth: number,
  out: number,
  x: number,
  batch: number,
  height: number,
  width: number,
  channels: number,
  top: number,
  left: number,
  u: number,
  most: number,
  work: number,
];

type WinogradGradientArguments = [
  dw: number,
  dy: number,
  outHeight: number,
  outWidth: number,
  out: number,
  x: number,
  batch: number,
  height: number,
  width: number,
  channels: number,
  top: number,
  left: number,
  most: number,
  work: number,
];

/** The part of Emscripten's module that is used here. */
interface EmscriptenModule {
  readonly asm?: { readonly memory?: { readonly buffer: ArrayBufferLike } };
}

/** The part of the engine's WebAssembly that is used here; the language's own types leave it out. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** One instance a backend, as long as the backend lives; `null` where there can be none. */
const instances = new WeakMap<object, NativeKernels | null>();

/**
 * The kernels on a wasm backend's memory. `undefined` where the engine lacks vectors, where a policy forbids to compile, and
 * on the backend's build with threads: its memory is shared, and XNNPACK's threads do more than one thread here.
 */
export function nativeKernels(backend: object): NativeKernels | undefined {
  const { wasm } = backend as { readonly wasm: EmscriptenModule };
  let kernels = instances.get(wasm);
  if (kernels === undefined) instances.set(wasm, (kernels = instantiate(wasm)));
  return kernels ?? undefined;
}

function instantiate({ asm }: EmscriptenModule): NativeKernels | null {
  const memory = asm?.memory;
  if (!(memory?.buffer instanceof ArrayBuffer)) return null;
  try {
    const module = new WebAssembly.Module(decodeBase64(BINARY));
    return new WebAssembly.Instance(module, { env: { memory } }).exports as NativeKernels;
  } catch {
    return null;
  }
}
