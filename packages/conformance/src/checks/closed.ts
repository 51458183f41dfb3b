/** IDInit's promise for residual networks: at the start, the branches add next to nothing. */
import { idi, kaimingNormal, zeros } from "@idinit/core";
import { type Adapter, inferRoles, initializeModel } from "@idinit/core/graph";
import { expect } from "vitest";
import type { ConformanceCase } from "../case.js";

/**
 * Compares the output with that of the same model whose branches are shut by exact zeros, and, so that a model which
 * ignores its branches cannot pass, with one whose branches are open.
 */
export async function branchesAreClosed<Model, Written extends Model>(
  adapter: Adapter<Model, Written>,
  one: ConformanceCase<Model>,
): Promise<void> {
  const roles = one.overrides ?? {};
  const sites = inferRoles(adapter.toGraph(await one.model()), { roles });
  const closing = sites.filter(({ closesBranch, role }) => closesBranch && role !== "query-key-value");
  if (closing.length === 0) return;
  // The head of a residual network starts near zero as well; it is opened here, for it would hide what reaches it.
  const heads = sites.filter(({ role }) => role === "head").map(({ parameter }) => [parameter, idi()] as const);
  const output = async (last: readonly (readonly [string, ReturnType<typeof idi>])[]) => {
    const initializers = Object.fromEntries([...heads, ...last]);
    const model = initializeModel(adapter, await one.model(), { scheme: "idinit", seed: 3, roles, initializers });
    return Array.from(await one.forward!(model));
  };
  const shut = await output(closing.map(({ parameter }) => [parameter, zeros()]));
  const largest = Math.max(...shut.map(Math.abs));
  expect(largest, "the output is not zero").toBeGreaterThan(0);
  const difference = (values: readonly number[]) =>
    Math.max(...values.map((value, i) => Math.abs(value - shut[i]!))) / largest;
  const limit = one.closedWithin ?? 2e-3;
  expect(difference(await output([])), "branches add next to nothing").toBeLessThan(limit);
  const open = await output(closing.map(({ parameter }) => [parameter, kaimingNormal()]));
  expect(difference(open), "the output depends on the branches").toBeGreaterThan(limit);
}
