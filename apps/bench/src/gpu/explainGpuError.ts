/** GPU failures in words that say what to do. */
import { IdinitError } from "@idinit/core";

const CAUSES: readonly (readonly [RegExp, string])[] = [
  [
    /device (is |was |has been )?lost|VK_ERROR_DEVICE_LOST|DeviceLost/i,
    "the GPU device was lost (a driver reset, or its memory ran out); a smaller batch may pass",
  ],
  [
    /out of memory|OUT_OF_(DEVICE|HOST)_MEMORY|failed to allocate|bad_alloc/i,
    "the GPU's memory ran out; a smaller batch may pass",
  ],
  [
    /maxBufferSize|maxStorageBufferBindingSize|exceeds the max/i,
    "a value is larger than this GPU's limits allow (`bench doctor` shows them); a smaller batch may pass",
  ],
  [
    /not supported|NOT_IMPLEMENTED|Could not find an implementation|Kernel .* not (found|registered)/i,
    "an operation has no kernel on this device",
  ],
];

/** The error with its cause in front, where the cause is one of the known ones; an IdinitError as it is. */
export function explainGpuError(error: unknown): IdinitError {
  if (error instanceof IdinitError) return error;
  const message = (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
  const cause = CAUSES.find(([pattern]) => pattern.test(message))?.[1];
  return new IdinitError(cause === undefined ? message : `${cause}: ${message}`);
}
