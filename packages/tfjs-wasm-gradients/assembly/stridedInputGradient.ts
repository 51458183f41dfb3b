/** The gradient of the input of any convolution that is not dilated. Images are `[B, H, W, C]`, the kernel `[kh, kw, C, O]`. */
import { floats } from "./floats";
import { fillStrip } from "./strip";
import { eights, rowTile } from "./tile";

/**
 * dx, one row of dy after the other: for each row u of the kernel, `dy W[u]ᵀ` has the `kw * C` values that each pixel of dy
 * adds to a row of the padded image. C and O are multiples of 4, a row of dy has at least 4 pixels, and no padding is negative.
 *
 * @param work `4 kh O eights(kw C) + 4 outWidth eights(kw C) + 4 rows columns C` bytes, `rows = (outHeight - 1) strideHeight + kh`
 *   and `columns = (outWidth - 1) strideWidth + kw`
 */
export function stridedInputGradient(
  dx: usize,
  dy: usize,
  outHeight: i32,
  outWidth: i32,
  out: i32,
  kernel: usize,
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
  work: usize,
): void {
  const rows = (outHeight - 1) * strideHeight + kernelHeight;
  const columns = (outWidth - 1) * strideWidth + kernelWidth;
  const pixel = floats(channels);
  const pixelOut = floats(out);
  const bytes = <usize>kernelWidth * pixel;
  const wide = floats(eights(kernelWidth * channels));
  const line = <usize>columns * pixel;
  const parts = work + <usize>(kernelHeight * out) * wide;
  const image = parts + <usize>outWidth * wide;
  for (let u = 0; u < kernelHeight; u++) {
    pack(work + <usize>(u * out) * wide, kernel + <usize>u * bytes * <usize>out, kernelWidth * channels, out);
  }
  for (let b = 0; b < batch; b++) {
    memory.fill(image, 0, <usize>rows * line);
    for (let i = 0; i < outHeight; i++) {
      const gradients = dy + <usize>((b * outHeight + i) * outWidth) * pixelOut;
      for (let u = 0; u < kernelHeight; u++) {
        multiply(parts, wide, gradients, outWidth, out, work + <usize>(u * out) * wide);
        const first = image + <usize>(i * strideHeight + u) * line;
        for (let j = 0; j < outWidth; j++)
          add(first + <usize>(j * strideWidth) * pixel, parts + <usize>j * wide, bytes);
      }
    }
    fillStrip(dx + <usize>(b * height * width) * pixel, height, width, image, rows, columns, top, -left, pixel);
  }
}

/** `[values, out]` to its transpose in columns of eight: `[values / 8][out][8]`. */
function pack(target: usize, kernel: usize, values: i32, out: i32): void {
  for (let value = 0; value < values; value++) {
    const to = target + floats((value & ~7) * out + (value & 7));
    const from = kernel + floats(value * out);
    for (let o: usize = 0; o < <usize>out; o++) store<f32>(to + (o << 5), load<f32>(from + (o << 2)));
  }
}

/** `parts[j, :] = dy[j, :] W[u]ᵀ`, four pixels at a time, the last four twice if need be. */
function multiply(parts: usize, wide: usize, dy: usize, count: i32, out: i32, packed: usize): void {
  const pixel = floats(out);
  for (let value: usize = 0; value < wide; value += 32) {
    const b = packed + value * <usize>out;
    for (let j = 0; j < count; j += 4) {
      const at = min(j, count - 4);
      rowTile(parts + <usize>at * wide + value, wide, dy + <usize>at * pixel, pixel, b, out);
    }
  }
}

function add(target: usize, source: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(target + at, f32x4.add(v128.load(target + at), v128.load(source + at)));
  }
}
