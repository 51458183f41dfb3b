/** Uploads from shared memory. */

type Data = ArrayBufferLike | ArrayBufferView;

/** The part of `GPUQueue` that is changed. */
export interface UploadQueue {
  writeBuffer(buffer: object, bufferOffset: number, data: Data, dataOffset?: number, size?: number): void;
}

/**
 * Lets `queue.writeBuffer` take views of a `SharedArrayBuffer`, as browsers do: Dawn's binding for Node refuses them
 * ("Invalid argument"), and the memory of onnxruntime-web is shared. They are copied once more.
 */
export function acceptSharedViews(queue: UploadQueue): void {
  const { writeBuffer } = queue;
  queue.writeBuffer = function (buffer, bufferOffset, data, ...part) {
    writeBuffer.call(this, buffer, bufferOffset, unshared(data), ...part);
  };
}

/** The same elements in memory of their own, where they are shared. */
function unshared(data: Data): Data {
  if (!ArrayBuffer.isView(data)) return isShared(data) ? new Uint8Array(data).slice() : data;
  if (!isShared(data.buffer)) return data;
  // Offsets into typed arrays count elements: the copy has elements of the same size.
  if (data instanceof DataView) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  return (data as Uint8Array).slice();
}

const isShared = (buffer: ArrayBufferLike) => buffer instanceof SharedArrayBuffer;
