/** The gradient of any kernel that is not dilated. Images are `[B, H, W, C]`, the kernel `[kh, kw, C, O]`. */
import { floats } from "./floats";
import { fillStrip } from "./strip";
import { columnTile, eights } from "./tile";

/**
 * dW, one row of dy after the other: the `kw * C` values of x under a kernel's row are contiguous, so that with
 * `R = kw * C` each row u of the kernel is a product `dW[u] = X[u]ᵀ dy` of `[R, W']` with `[W', O]`, W' pixels a row. Sums are
 * kept in `[kh, fours(R), eights(O)]`, tile by tile over `most` rows.
 *
 * @param work `4 kh fours(R) eights(O) + most (4 kh columns C + 4 W' eights(O)) + 16` bytes,
 *   `columns = (W' - 1) strideWidth + kw`
 */
export function kernelGradient(
  dw: usize,
  dy: usize,
  outHeight: i32,
  outWidth: i32,
  out: i32,
  x: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  top: i32,
  left: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  most: i32,
  work: usize,
): void {
  const columns = (outWidth - 1) * strideWidth + kernelWidth;
  const values = kernelWidth * channels;
  const rows = (values + 3) & ~3;
  const rowSum = floats(eights(out));
  const plane = <usize>rows * rowSum;
  const pixel = floats(channels);
  const pixelOut = floats(out);
  const step = <usize>strideWidth * pixel;
  const line = <usize>columns * pixel;
  const strip = <usize>kernelHeight * line;
  const gradientRow = <usize>outWidth * rowSum;
  const gradients = work + <usize>kernelHeight * plane;
  const strips = gradients + <usize>most * gradientRow;
  memory.fill(work, 0, <usize>kernelHeight * plane);
  const all = batch * outHeight;
  for (let block = 0; block < all; block += most) {
    const count = min(most, all - block);
    for (let i = 0; i < count; i++) {
      const b = (block + i) / outHeight;
      const y = ((block + i) % outHeight) * strideHeight - top;
      const image = x + <usize>(b * height * width) * pixel;
      fillStrip(strips + <usize>i * strip, kernelHeight, columns, image, height, width, y, left, pixel);
      widen(
        gradients + <usize>i * gradientRow,
        rowSum,
        dy + <usize>((block + i) * outWidth) * pixelOut,
        pixelOut,
        outWidth,
      );
    }
    for (let u = 0; u < kernelHeight; u++) {
      for (let row = 0; row < rows; row += 4) {
        const sums = work + <usize>u * plane + <usize>row * rowSum;
        const first = strips + <usize>u * line + floats(row);
        for (let o: usize = 0; o < rowSum; o += 32) {
          for (let i = 0; i < count; i++) {
            const b = gradients + <usize>i * gradientRow + o;
            columnTile(sums + o, rowSum, first + <usize>i * strip, step, b, rowSum, outWidth);
          }
        }
      }
    }
  }
  for (let u = 0; u < kernelHeight; u++) {
    const to = dw + <usize>(u * values) * pixelOut;
    for (let row = 0; row < values; row++) {
      memory.copy(to + <usize>row * pixelOut, work + <usize>u * plane + <usize>row * rowSum, pixelOut);
    }
  }
}

/** Rows of `from` bytes into rows of `to` bytes. */
function widen(target: usize, to: usize, source: usize, from: usize, count: i32): void {
  if (to === from) {
    memory.copy(target, source, <usize>count * from);
    return;
  }
  for (let i = 0; i < count; i++) memory.copy(target + <usize>i * to, source + <usize>i * from, from);
}
