/** Bytes of so many values of float32. */
export function floats(count: i32): usize {
  return (<usize>count) << 2;
}
