/**
 * 3×3 convolutions of stride 1 and their gradients by Winograd's F(4×4, 3×3): a quarter of the multiplications. Images are
 * `[B, H, W, C]`, kernels `[3, 3, C, O]`, C and O multiples of 4. Tiles of 6×6 values, each transformed in both directions,
 * give 36 matrix products over the channels. Addresses are in bytes.
 */
import { floats } from "./floats";
import { fillStrip } from "./strip";
import { columnTile, eights, rowTile } from "./tile";
import { gradients, inputs, outputs, tapGradients, taps } from "./transforms";

/** Bytes between two of the 36 matrices: not a power of two, or their values would compete for the same cache lines. */
function planeOf(rows: i32, columns: i32): usize {
  return floats(rows * columns) + 64;
}

/**
 * The kernel's 36 matrices `[in, out]`, in columns of eight: `[36][out / 8][in][8]`. With `flipped` those of the gradient:
 * the kernel is turned by 180° and in and out change places.
 *
 * @param work 864 bytes
 */
export function winogradKernel(u: usize, kernel: usize, channels: i32, out: i32, flipped: bool, work: usize): void {
  const between = floats(channels * out);
  const plane = floats(flipped ? out * eights(channels) : channels * eights(out));
  const source = flipped ? kernel + 8 * between : kernel;
  const step: usize = flipped ? <usize>0 - between : between;
  const half = work + 288;
  for (let c = 0; c < channels; c++) {
    for (let o = 0; o < out; o += 4) {
      const at = source + floats(c * out + o);
      taps(3, work, 48, 16, at, 3 * step, step);
      taps(6, half, 16, 96, work, 16, 48);
      if (flipped) {
        let to = u + floats((c & ~7) * out + o * 8 + (c & 7));
        for (let f = 0; f < 36; f++, to += plane) {
          const values = v128.load(half + <usize>f * 16);
          v128.store32_lane(to, values, 0);
          v128.store32_lane(to + 32, values, 1);
          v128.store32_lane(to + 64, values, 2);
          v128.store32_lane(to + 96, values, 3);
        }
      } else {
        let to = u + floats((o & ~7) * channels + c * 8 + (o & 7));
        for (let f = 0; f < 36; f++, to += plane) v128.store(to, v128.load(half + <usize>f * 16));
      }
    }
  }
}

/** Tiles of a strip of six rows to rows `first...` of the 36 matrices at v. */
function transformInputs(
  v: usize,
  plane: usize,
  first: i32,
  strip: usize,
  tiles: i32,
  channels: i32,
  work: usize,
): void {
  const pixel = floats(channels);
  const row = <usize>(4 * tiles + 2) * pixel;
  for (let t = 0; t < tiles; t++) {
    for (let c: usize = 0; c < pixel; c += 16) {
      const from = strip + <usize>(4 * t) * pixel + c;
      inputs(6, work, 96, 16, from, row, pixel);
      const to = v + <usize>(first + t) * pixel + c;
      inputs(6, to, plane, 6 * plane, work, 16, 96);
    }
  }
}

/** Tiles of a strip of four rows of gradients, likewise; `columns` is the length of a matrix row. */
function transformGradients(
  w: usize,
  plane: usize,
  columns: i32,
  first: i32,
  strip: usize,
  tiles: i32,
  out: i32,
  work: usize,
): void {
  const pixel = floats(out);
  const row = <usize>(4 * tiles) * pixel;
  for (let t = 0; t < tiles; t++) {
    for (let c: usize = 0; c < pixel; c += 16) {
      const from = strip + <usize>(4 * t) * pixel + c;
      gradients(4, work, 96, 16, from, row, pixel);
      const to = w + floats((first + t) * columns) + c;
      gradients(6, to, plane, 6 * plane, work, 16, 96);
    }
  }
}

/** One row of tiles from the 36 matrices at m to the image's rows from `y` on; what overlaps its edges is dropped. */
function transformOutputs(
  image: usize,
  height: i32,
  width: i32,
  out: i32,
  y: i32,
  m: usize,
  plane: usize,
  columns: i32,
  first: i32,
  tiles: i32,
  work: usize,
): void {
  const pixel = floats(out);
  const row = <usize>width * pixel;
  const patch = work + 576;
  for (let t = 0; t < tiles; t++) {
    const target = image + <usize>y * row + <usize>(4 * t) * pixel;
    const whole = y + 4 <= height && 4 * t + 4 <= width;
    const to = whole ? target : patch;
    const toRow = whole ? row : 4 * pixel;
    for (let c: usize = 0; c < pixel; c += 16) {
      const from = m + floats((first + t) * columns) + c;
      outputs(6, work, 96, 16, from, 6 * plane, plane);
      outputs(4, to + c, pixel, toRow, work, 16, 96);
    }
    if (whole) continue;
    const bytes = <usize>min(4, width - 4 * t) * pixel;
    for (let i = 0; i < min(4, height - y); i++)
      memory.copy(target + <usize>i * row, patch + <usize>(4 * i) * pixel, bytes);
  }
}

/**
 * y = x * kernel, whose matrices at u {@link winogradKernel} made.
 *
 * @param most tiles at a time, a multiple of 4 and of at least one row of tiles
 * @param work `576 + 64 out + 24 (width' + 2) channels + 36 (4 most (channels + eights(out)) + 128)` bytes, width' the
 *   output's width rounded up to a multiple of 4
 */
export function winograd(
  y: usize,
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
  u: usize,
  most: i32,
  work: usize,
): void {
  const across = (outWidth + 3) >> 2;
  const down = (outHeight + 3) >> 2;
  const columns = eights(out);
  const pixel = floats(channels);
  const planeV = planeOf(most, channels);
  const planeM = planeOf(most, columns);
  const planeU = floats(channels * columns);
  const strip = work + 576 + ((<usize>out) << 6);
  const v = strip + <usize>(6 * (4 * across + 2)) * pixel;
  const m = v + 36 * planeV;
  const rows = batch * down;
  const perBlock = most / across;
  for (let block = 0; block < rows; block += perBlock) {
    const end = min(rows, block + perBlock);
    for (let row = block; row < end; row++) {
      const image = x + <usize>((row / down) * height * width) * pixel;
      fillStrip(strip, 6, 4 * across + 2, image, height, width, 4 * (row % down) - top, left, pixel);
      transformInputs(v, planeV, (row - block) * across, strip, across, channels, work);
    }
    const tiles = (end - block) * across;
    for (let f = 0; f < 36; f++) {
      const a = v + <usize>f * planeV;
      const b = u + <usize>f * planeU;
      const c = m + <usize>f * planeM;
      for (let o = 0; o < columns; o += 8) {
        const strip8 = b + <usize>o * pixel;
        for (let t = 0; t < tiles; t += 4) {
          rowTile(c + floats(t * columns + o), floats(columns), a + <usize>t * pixel, pixel, strip8, channels);
        }
      }
    }
    for (let row = block; row < end; row++) {
      const image = y + floats((row / down) * outHeight * outWidth * out);
      const first = (row - block) * across;
      transformOutputs(image, outHeight, outWidth, out, 4 * (row % down), m, planeM, columns, first, across, work);
    }
  }
}

/**
 * The gradient of the kernel, from x and dy.
 *
 * @param most as in {@link winograd}
 * @param work `576 + 24 (width' + 2) channels + 16 width' out + 36 (4 most (channels + columns) + 128 + 4 channels columns)`
 *   bytes, `columns = eights(out)`
 */
export function winogradKernelGradient(
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
  most: i32,
  work: usize,
): void {
  const across = (outWidth + 3) >> 2;
  const down = (outHeight + 3) >> 2;
  const columns = eights(out);
  const pixel = floats(channels);
  const pixelOut = floats(out);
  const planeV = planeOf(most, channels);
  const planeW = planeOf(most, columns);
  const planeP = floats(channels * columns);
  const strip = work + 576;
  const stripOut = strip + <usize>(6 * (4 * across + 2)) * pixel;
  const v = stripOut + <usize>(16 * across) * pixelOut;
  const w = v + 36 * planeV;
  const p = w + 36 * planeW;
  const rows = batch * down;
  const perBlock = most / across;
  memory.fill(p, 0, 36 * planeP);
  for (let block = 0; block < rows; block += perBlock) {
    const end = min(rows, block + perBlock);
    for (let row = block; row < end; row++) {
      const b = row / down;
      const y = 4 * (row % down);
      const first = (row - block) * across;
      const image = x + <usize>(b * height * width) * pixel;
      fillStrip(strip, 6, 4 * across + 2, image, height, width, y - top, left, pixel);
      transformInputs(v, planeV, first, strip, across, channels, work);
      const gradient = dy + <usize>(b * outHeight * outWidth) * pixelOut;
      fillStrip(stripOut, 4, 4 * across, gradient, outHeight, outWidth, y, 0, pixelOut);
      transformGradients(w, planeW, columns, first, stripOut, across, out, work);
    }
    const tiles = (end - block) * across;
    for (let f = 0; f < 36; f++) {
      const a = v + <usize>f * planeV;
      const b = w + <usize>f * planeW;
      const sums = p + <usize>f * planeP;
      for (let c = 0; c < channels; c += 4) {
        for (let o = 0; o < columns; o += 8) {
          const at = sums + floats(c * columns + o);
          const right = b + floats(o);
          columnTile(at, floats(columns), a + floats(c), pixel, right, floats(columns), tiles);
        }
      }
    }
  }
  for (let c = 0; c < channels; c++) {
    for (let o = 0; o < out; o += 4) {
      const from = p + floats(c * columns + o);
      tapGradients(6, work, 96, 16, from, 6 * planeP, planeP);
      const between = floats(channels * out);
      const to = dw + floats(c * out + o);
      tapGradients(3, to, between, 3 * between, work, 16, 96);
    }
  }
}
