/** Reading and writing weights. */
import type { Adapter } from "@idinit/core/graph";
import { expect } from "vitest";
import type { ConformanceCase } from "../case.js";

/** What was written is read, all of it, and reading gives copies. */
export async function roundTrip<Model, Written extends Model>(
  adapter: Adapter<Model, Written>,
  one: ConformanceCase<Model>,
): Promise<void> {
  const model = await one.model();
  const before = adapter.read(model);
  const names = float32Names(adapter, model);
  expect([...before.keys()].sort(), "read gives every float32 parameter of the graph").toEqual(names);
  const ramps = new Map([...before].map(([name, values], i) => [name, ramp(values, i)]));
  const written = adapter.write(model, ramps);
  const after = adapter.read(written);
  expect([...after.keys()].sort()).toEqual(names);
  for (const [name, values] of ramps) expect(after.get(name), name).toEqual(values);
  const [first = ""] = names;
  after.get(first)?.fill(-1);
  expect(adapter.read(written).get(first), "read gives copies, not views").toEqual(ramps.get(first));
}

/** Parameters that are not in the map stay as they are. */
export async function writesOnlyWhatIsGiven<Model, Written extends Model>(
  adapter: Adapter<Model, Written>,
  one: ConformanceCase<Model>,
): Promise<void> {
  const model = await one.model();
  const before = adapter.read(model);
  for (const [name, values] of [...before].slice(0, 3)) {
    const changed = ramp(values, 5);
    const after = adapter.read(adapter.write(await one.model(), new Map([[name, changed]])));
    for (const [other, kept] of before) expect(after.get(other), other).toEqual(other === name ? changed : kept);
  }
}

/** A wrong entry among right ones is an error, and the right ones are not written either. */
export async function writesAllOrNothing<Model, Written extends Model>(
  adapter: Adapter<Model, Written>,
  one: ConformanceCase<Model>,
): Promise<void> {
  const model = await one.model();
  const before = adapter.read(model);
  const names = [...before.keys()];
  const last = names.at(-1)!;
  const good = new Map([...before].map(([name, values], i) => [name, ramp(values, i)]));
  const tooLong = new Map(good).set(last, new Float32Array(before.get(last)!.length + 1));
  const unknown = new Map(good).set("no such parameter", new Float32Array(1));
  for (const [what, weights, named] of [
    ["wrong length", tooLong, last],
    ["unknown name", unknown, "no such parameter"],
  ] as const) {
    expect(() => adapter.write(model, weights), `${what} is an error that names the parameter`).toThrow(named);
    for (const [name, values] of adapter.read(model)) expect(values, `${what}: ${name}`).toEqual(before.get(name));
  }
}

/** Distinct values that float32 holds exactly. */
function ramp(values: Float32Array, offset: number): Float32Array {
  return values.map((_, i) => 1 + offset + (i % 4096) / 4096);
}

function float32Names<Model, Written>(adapter: Adapter<Model, Written>, model: Model): string[] {
  const { parameters } = adapter.toGraph(model);
  return parameters
    .filter(({ dtype = "float32" }) => dtype === "float32")
    .map(({ name }) => name)
    .sort();
}
