/** Rows of an image with the zeros of its padding around them, so that no transform asks where the image ends. */

/**
 * `strip[r, j] = image[top + r, j - left]`, r < rows, j < columns, and zero outside the image.
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
  const inside = min(width, columns - left);
  const before = <usize>left * pixel;
  const bytes = <usize>inside * pixel;
  const after = <usize>(columns - left - inside) * pixel;
  for (let row = top; row < top + rows; row++, strip += before + bytes + after) {
    if (row < 0 || row >= height) {
      memory.fill(strip, 0, before + bytes + after);
      continue;
    }
    if (before) memory.fill(strip, 0, before);
    memory.copy(strip + before, image + <usize>(row * width) * pixel, bytes);
    if (after) memory.fill(strip + before + bytes, 0, after);
  }
}
