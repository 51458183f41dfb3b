import { describe, expect, test } from "vitest";
import { threefryBlocks, type Words } from "../../src/random/threefry.js";

const hex = (text: string) => text.split(" ").map((word) => Number.parseInt(word, 16));

describe("threefry 4x32, 20 rounds", () => {
  // Known answers published with Random123 (kat_vectors): counter, key, output.
  test.each([
    ["0 0 0 0", "0 0 0 0", "9c6ca96a e17eae66 fc10ecd4 5256a7d8"],
    [
      "ffffffff ffffffff ffffffff ffffffff",
      "ffffffff ffffffff ffffffff ffffffff",
      "2a881696 57012287 f6c7446e a16a6732",
    ],
    [
      "243f6a88 85a308d3 13198a2e 03707344",
      "a4093822 299f31d0 082efa98 ec4e6c89",
      "59cd1dbb b8879579 86b5d00c ac8b6d84",
    ],
  ])("counter %s, key %s", (counter, key, output) => {
    const words = new Uint32Array(4);
    threefryBlocks(hex(key) as unknown as Words, hex(counter) as unknown as Words, words);
    expect([...words]).toEqual(hex(output));
  });

  test("consecutive blocks are those of consecutive counters, with carry", () => {
    const key: Words = [1, 2, 3, 4];
    const together = new Uint32Array(12);
    threefryBlocks(key, [0xfffffffe, 6, 0, 0], together);
    const counters: Words[] = [
      [0xfffffffe, 6, 0, 0],
      [0xffffffff, 6, 0, 0],
      [0, 7, 0, 0],
    ];
    const alone = counters.flatMap((counter) => {
      const words = new Uint32Array(4);
      threefryBlocks(key, counter, words);
      return [...words];
    });
    expect([...together]).toEqual(alone);
  });
});
