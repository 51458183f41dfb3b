/** What this package throws: a missing backend, a layout or a type that the kernels do not take. */
export class WasmGradientsError extends Error {
  override readonly name = "WasmGradientsError";
}
