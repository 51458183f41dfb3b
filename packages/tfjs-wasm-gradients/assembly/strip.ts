/** Rows of an image with the zeros of its padding around them, so that no transform asks where the image ends. */

/**
 * `strip[r, j] = image[top + r, j - left]`, r < rows, j < columns, and zero outside the image. TensorFlow.js's padding "same"
 * of volumes is negative, that is it skips pixels, where the stride is larger than the kernel.
 *
 * @param pixel bytes of all channels
 */
export function fillStrip(
  strip: usize,
  rows: i32,
  columns: i32,
  image: usize,
  height: i32,
  width: i32,
  top: i32,
  left: i32,
  pixel: usize,
): void {
  const skipped = max(-left, 0);
  const empty = min(max(left, 0), columns);
  const inside = max(0, min(width - skipped, columns - empty));
  const before = <usize>empty * pixel;
  const bytes = <usize>inside * pixel;
  const after = <usize>(columns - empty - inside) * pixel;
  for (let row = top; row < top + rows; row++, strip += before + bytes + after) {
    if (row < 0 || row >= height) {
      memory.fill(strip, 0, before + bytes + after);
      continue;
    }
    if (before) memory.fill(strip, 0, before);
    memory.copy(strip + before, image + <usize>(row * width + skipped) * pixel, bytes);
    if (after) memory.fill(strip + before + bytes, 0, after);
  }
}
