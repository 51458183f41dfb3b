/** Keeps Node's event loop turning. */

/** The longest that a timer takes. */
const LONGEST = 2 ** 31 - 1;

/**
 * The same promise, during which the event loop has something to wait for. Work on a device is nothing to it: with nothing
 * else left, Node first waits until V8 has optimized all WebAssembly (75 s of onnxruntime-web's on one core), then ends.
 */
export async function keepAlive<T>(call: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, LONGEST);
  try {
    return await call;
  } finally {
    clearInterval(timer);
  }
}
