/** The backend's build with threads, which TensorFlow.js takes in pages that are cross-origin isolated. */
interface ThreadedBackend {
  readonly wasm: { readonly wasmMemory?: object; readonly tfjs?: { getThreadsCount(): number } };
}

/** TensorFlow.js takes four threads at most, unless it is told otherwise. */
const FEW = 4;

/**
 * Whether the backend has so many threads that XNNPACK's convolutions and products are faster than ours, which take one: on one
 * thread it needs two to four times as long.
 */
export function manyThreads(backend: object): boolean {
  const { wasm } = backend as ThreadedBackend;
  return wasm.wasmMemory !== undefined && (wasm.tfjs?.getThreadsCount() ?? 1) > FEW;
}
