/** A random stream: addressed by index, forked by name, without state. */
import { type Fail, failing } from "../errors.js";
import { threefryBlocks, type Words } from "./threefry.js";

/** An endless row of random words, one per element index. A value: drawing from it changes nothing. */
export interface Stream {
  readonly key: Words;
}

/**
 * The stream of one seed and one name.
 *
 * The seed fills half of the generator's 128-bit key as it is, so different seeds never share a stream; a 64-bit hash
 * of the name fills the other half.
 *
 * @param seed An integer in [0, 2^53).
 * @param name Any string, normally the parameter's name.
 * @param who Opens error messages: what asks, e.g. `"heNormal"`.
 * @throws {IdinitError} for another seed.
 * @example fillNormal(createStream(0, "fc.weight"), new Float32Array(8))
 */
export function createStream(seed: number, name: string, who = "createStream"): Stream {
  const fail: Fail = failing(who);
  if (!Number.isSafeInteger(seed) || seed < 0) fail("seed must be an integer in [0, 2^53)", seed);
  if (typeof name !== "string") fail("key must be a string", name);
  const [first, second] = hashName(name);
  return { key: [seed >>> 0, Math.floor(seed / 4294967296), first, second] };
}

/**
 * Threefry used as a hash (Matyas–Meyer–Oseas: each block is enciphered under the state and added to the result),
 * over the name's UTF-16 code units, eight a block, closed by a block with the name's length.
 */
function hashName(name: string): Words {
  let state: Words = [0, 0, 0, 0];
  const output = new Uint32Array(4);
  const absorb = (...block: Words) => {
    threefryBlocks(state, block, output);
    state = [...output.map((word, i) => word ^ block[i]!)] as unknown as Words;
  };
  // Code units behind the end are NaN, which counts as 0.
  const pair = (index: number) => name.charCodeAt(index) | (name.charCodeAt(index + 1) << 16);
  for (let i = 0; i < name.length; i += 8) absorb(pair(i), pair(i + 2), pair(i + 4), pair(i + 6));
  absorb(name.length, 0, 0, 0);
  return state;
}
