/**
 * The kernels of `assembly/` in WebAssembly, on the backend's own memory: they read and write its tensors in place. Where
 * they cannot be had, the gradients are composed of the backend's kernels.
 */
import { FUSED, VECTORS } from "./binary.js";
import { decodeBase64 } from "./decodeBase64.js";
import type { NativeKernels } from "./exports.js";

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
  for (const binary of [FUSED, VECTORS]) {
    try {
      const module = new WebAssembly.Module(decodeBase64(binary));
      return new WebAssembly.Instance(module, { env: { memory } }).exports as NativeKernels;
    } catch {
      // The next one asks less of the engine.
    }
  }
  return null;
}
