/** Memory of tensors that are not needed any more. */
import type { Tensor } from "./ort.js";

/** Bytes below which a tensor is left to the garbage collector. */
const SMALL = 2 ** 14;

interface Port {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  close(): void;
}

type Channel = new () => { readonly port1: Port };

/**
 * A function that gives tensors back, and those in main memory at once, as nothing else may hold their arrays.
 *
 * Every step leaves the old state behind, as large as the model. The collector does not know how soon that adds up and
 * marked the whole heap every second step: a quarter of the time of a small model's step.
 */
export function discarder(): (tensor: Tensor) => void {
  const free = freer();
  return (tensor) => {
    if (free && tensor.location === "cpu" && ArrayBuffer.isView(tensor.data)) {
      const { buffer, byteLength } = tensor.data;
      if (buffer instanceof ArrayBuffer && byteLength >= SMALL && byteLength === buffer.byteLength) free(buffer);
    }
    tensor.dispose();
  };
}

/** What takes the memory out of a buffer; `undefined` where nothing can. */
function freer(): ((buffer: ArrayBuffer) => void) | undefined {
  if ("transfer" in ArrayBuffer.prototype) {
    return (buffer) => void (buffer as ArrayBuffer & { transfer(size: number): ArrayBuffer }).transfer(0);
  }
  // Node 20 has no `transfer`: what is sent through a closed port is gone as well.
  const { MessageChannel } = globalThis as { MessageChannel?: Channel };
  if (!MessageChannel) return undefined;
  const { port1 } = new MessageChannel();
  port1.close();
  return (buffer) => port1.postMessage(null, [buffer]);
}
