/** The same gradients in every opset that an operator is legal in, and in wasm. */
import * as ortNode from "onnxruntime-node";
import * as ortWeb from "onnxruntime-web";
import { describe, expect, it } from "vitest";
import { relativeError } from "./support/fixtures.js";
import { operatorCases } from "./support/operator-cases.js";
import { type CaseResult, legalIn, type OperatorCase, runCase, usualOpset } from "./support/operator-model.js";
import { OPSETS, operators } from "./support/operator-table.js";

ortWeb.env.wasm.numThreads = 1;

/** One case for each of the opsets: fewer sessions where one serves several. */
describe.each(operators)("%s", (op) => {
  const cases = operatorCases.filter((c) => c.op === op);
  const same = (actual: CaseResult, expected: CaseResult, what: string) => {
    for (const [name, { data }] of expected.gradients)
      expect(relativeError(actual.gradients.get(name)!.data, data), `${what}: ${name}`).toBeLessThan(1e-4);
  };

  it("has the same gradient in every opset and in wasm", async () => {
    const usual = new Map<OperatorCase, CaseResult>();
    for (const opset of OPSETS) {
      const legal = cases.find((c) => legalIn(c, opset));
      if (!legal) continue;
      const expected = usual.get(legal) ?? (await runCase(ortNode, legal));
      usual.set(legal, expected);
      if (opset !== usualOpset(legal)) same(await runCase(ortNode, legal, opset), expected, `opset ${opset}`);
    }
    for (const [legal, expected] of usual) same(await runCase(ortWeb, legal), expected, `wasm: ${legal.title}`);
  });
});
