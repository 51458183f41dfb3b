/** Makes everything and says its digests. Runs in Node and, bundled, in a browser. */
import { type GenerateOptions, type Initializer, resolveScheme } from "@idinit/core";
import { inferRoles, initialize } from "@idinit/core/graph";
import { instantiate } from "../../src/wasm/module.js";
import { INITIALIZERS, ROUNDED } from "./initializers.js";
import { SCHEMES } from "./schemes.js";

/** What one engine says. */
export interface Measured {
  /** Whether the kernels of WebAssembly were at work. */
  readonly kernels: boolean;
  /** A digest for each of `INITIALIZERS`, of `ROUNDED` and of `SCHEMES`: the first 16 hex digits of the SHA-256. */
  readonly whole: readonly string[];
  /** The same, made in slices of rows, the last first. */
  readonly sliced: readonly string[];
}

type Values = Float32Array<ArrayBufferLike>;
type Bytes = Values | Uint16Array<ArrayBufferLike>;

const OPTIONS = { seed: 7, key: "layer.weight" };
const SLICES = 3;

export async function measure(): Promise<Measured> {
  const whole: Promise<string>[] = [];
  const sliced: Promise<string>[] = [];
  for (const { initializer, shape } of INITIALIZERS) {
    // With axes of its own, a tensor has no rows to cut.
    const rows = "axes" in initializer.params ? undefined : shape[0];
    whole.push(digest([initializer.generate(shape, OPTIONS)]));
    sliced.push(digest(slices(initializer, shape, rows, OPTIONS)));
  }
  for (const { initializer, shape, round } of ROUNDED) {
    whole.push(digest([round(initializer.generate(shape, OPTIONS)).bits]));
    sliced.push(digest(slices(initializer, shape, shape[0], OPTIONS).map((slice) => round(slice).bits)));
  }
  for (const { name, scheme = resolveScheme(name), graph } of SCHEMES) {
    const weights = initialize(graph, { scheme, seed: OPTIONS.seed });
    const cut = new Map<string, Values[]>();
    for (const site of inferRoles(graph).toReversed()) {
      const { parameter: key, shape, layout, groups, parts, transposed } = site;
      const pick = scheme.pick(site);
      const rows = layout.startsWith("O") ? shape[0] : undefined;
      const options = { layout, groups, parts, transposed, seed: OPTIONS.seed, key };
      cut.set(key, pick === "leave" ? [weights.get(key)!] : slices(pick, shape, rows, options));
    }
    whole.push(digest([...weights.values()]));
    sliced.push(digest([...weights.keys()].flatMap((key) => cut.get(key)!)));
  }
  return {
    kernels: instantiate() !== undefined,
    whole: await Promise.all(whole),
    sliced: await Promise.all(sliced),
  };
}

/** A tensor in slices of its first axis, of `rows` rows, made from the last to the first. */
function slices(
  initializer: Initializer,
  shape: readonly number[],
  rows: number | undefined,
  options: GenerateOptions,
) {
  if (rows === undefined) return [initializer.generate(shape, options)];
  const starts = Array.from({ length: SLICES + 1 }, (_, i) => Math.floor((rows * i) / SLICES));
  const made: Values[] = [];
  for (let i = SLICES - 1; i >= 0; i--) {
    const [start, end] = [starts[i]!, starts[i + 1]!];
    if (end > start) made.unshift(initializer.generate(shape, { ...options, rows: [start, end - start] }));
  }
  return made;
}

async function digest(tensors: readonly Bytes[]): Promise<string> {
  const bytes = await new Blob([...tensors] as BlobPart[]).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
