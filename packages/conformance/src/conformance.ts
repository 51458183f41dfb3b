/** The suite as vitest tests. */
import type { Adapter } from "@idinit/core/graph";
import { describe, test } from "vitest";
import type { ConformanceCase } from "./case.js";
import { checks } from "./checks.js";

/**
 * Declares the tests that every adapter passes, for each of its cases.
 *
 * @param adapter What is tested. `write` must return something that `read` and `forward` take.
 * @param cases Real models of the framework.
 * @example conformance(tfjsAdapter, [{ name: "MLP", model: makeMlp, roles: { "dense/kernel": "head", "dense/bias": "bias" } }]);
 */
export function conformance<Model, Written extends Model>(
  adapter: Adapter<Model, Written>,
  cases: readonly ConformanceCase<Model>[],
): void {
  describe.each(cases.map((one) => ({ title: one.name, one })))(`${adapter.name}: $title`, ({ one }) => {
    for (const { name, run } of checks(adapter, one)) test(name, run);
  });
}
