/**
 * The kernels of `assembly/` in WebAssembly, on the backend's own memory: they read and write its tensors in place. Where
 * they cannot be had, the gradients are composed of the backend's kernels.
 */
import { FUSED, VECTORS } from "./binary.js";
import { decodeBase64 } from "./decodeBase64.js";
import type { NativeKernels } from "./exports.js";
import { forSharedMemory } from "./forSharedMemory.js";

interface Memory {
  readonly buffer: ArrayBufferLike;
}

/** The part of Emscripten's module that is used here. */
interface EmscriptenModule {
  readonly asm?: { readonly memory?: Memory };
  /** Of the build with threads, whose memory is made outside. */
  readonly wasmMemory?: Memory;
}

/** The part of the engine's WebAssembly that is used here; the language's own types leave it out. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** One instance a backend, as long as the backend lives; `null` where there can be none. */
const instances = new WeakMap<object, NativeKernels | null>();

/**
 * The kernels on a wasm backend's memory, whether threads share it or not; they compute on the calling thread. `undefined` where
 * the engine lacks vectors and where a policy forbids to compile.
 */
export function nativeKernels(backend: object): NativeKernels | undefined {
  const { wasm } = backend as { readonly wasm: EmscriptenModule };
  let kernels = instances.get(wasm);
  if (kernels === undefined) instances.set(wasm, (kernels = instantiate(wasm)));
  return kernels ?? undefined;
}

function instantiate({ asm, wasmMemory }: EmscriptenModule): NativeKernels | null {
  const memory = asm?.memory ?? wasmMemory;
  if (!memory) return null;
  const shared = !(memory.buffer instanceof ArrayBuffer);
  for (const binary of [FUSED, VECTORS]) {
    try {
      const bytes = decodeBase64(binary);
      const module = new WebAssembly.Module(shared ? forSharedMemory(bytes) : bytes);
      return new WebAssembly.Instance(module, { env: { memory } }).exports as NativeKernels;
    } catch {
      // The next one asks less of the engine.
    }
  }
  return null;
}
