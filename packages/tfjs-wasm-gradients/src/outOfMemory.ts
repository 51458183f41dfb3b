/** Says so when the backend's memory is full. On its own the backend writes to address 0 then, and fails anywhere later. */
import { engine, memory } from "@tensorflow/tfjs-core";
import { WasmGradientsError } from "./errors.js";

interface AllocatingBackend {
  readonly wasm: { _malloc(bytes: number): number; _free(address: number): void; readonly HEAPU8: Uint8Array };
}

const guarded = new WeakSet<object>();

/** Guards the wasm backend, if it has been started, and those that will be. */
export function guardMemory(backendName: string): void {
  // Not by findBackend, which would start it.
  const { registry, registryFactory } = engine();
  const started = registry[backendName];
  if (started) guard(started);
  const entry = registryFactory[backendName];
  if (!entry || guarded.has(entry)) return;
  guarded.add(entry);
  const { factory } = entry;
  entry.factory = () => {
    const made = factory();
    if (!("then" in made)) return guard(made);
    return made.then(guard);
  };
}

function guard<T extends object>(backend: T): T {
  const { wasm } = backend as unknown as AllocatingBackend;
  if (guarded.has(wasm)) return backend;
  guarded.add(wasm);
  // Emscripten puts its function into the module when it is first called.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    // From 4 GiB on the module would take the size modulo 4 GiB.
    const address = bytes < 2 ** 32 ? allocate(bytes) : 0;
    if (address !== 0) return address;
    throw new WasmGradientsError(
      `the wasm backend is out of memory: asked for ${mebibytes(bytes)}; its memory is ${mebibytes(wasm.HEAPU8.length)} and may ` +
        `become 4096 MiB at most, less if the engine has no more to give; ${memory().numTensors} tensors are alive`,
    );
  };
  return backend;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 2 : 0)} MiB`;
}
