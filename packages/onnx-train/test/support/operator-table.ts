/** The table of operators in docs/operators.md, from the code and the lists of checks. */
import { decompositions } from "../../src/decompositions/index.js";
import { gradientRules } from "../../src/gradients/index.js";
import { stopsGradient } from "../../src/gradients/stops.js";
import { unsupportedOperators } from "../../src/model/unsupported.js";
import { operatorCases } from "./operator-cases.js";
import { operatorFixtures } from "./operator-fixtures.js";
import { legalIn } from "./operator-model.js";
import { webgpuResults } from "./webgpu-results.js";

/**
 * The opsets that are compared, beside 17 in which finite differences are taken: the oldest, those that moved attributes to
 * inputs or changed a meaning, the newest.
 */
export const OPSETS = [13, 18, 21, 25] as const;

/** Compared with fixed masks, in test/dropout.test.ts. */
const CHECKED_ELSEWHERE: ReadonlySet<string> = new Set(["Dropout"]);

export const trainedOperators = [...Object.keys(gradientRules), ...Object.keys(decompositions)].sort();
export const operators = trainedOperators.filter((op) => !CHECKED_ELSEWHERE.has(op));

/** The opsets that an operator is compared in. */
export function opsetsOf(op: string): number[] {
  return OPSETS.filter((opset) => operatorCases.some((c) => c.op === op && legalIn(c, opset)));
}

/** The first opset in which an operator has a case; comparisons go on from there to the newest. */
const since = (op: string) => Math.min(...operatorCases.filter((c) => c.op === op).map(({ opset = 13 }) => opset));

const count = (list: readonly { readonly op: string }[], op: string) => list.filter((c) => c.op === op).length;

/** What the provider did with an operator when it was last run. */
function webgpu(op: string): string {
  const cpu = webgpuResults[op];
  if (!cpu) return "not run";
  return cpu.length === 0 ? "yes" : `yes; on the CPU: ${cpu.join(", ")}`;
}

function row(op: string): string {
  const form = op in decompositions ? "simpler operators" : "rule";
  const cells = CHECKED_ELSEWHERE.has(op)
    ? ["13–23", "fixed masks", "–", "yes", "yes", webgpu(op)]
    : [
        `${since(op)}–${OPSETS.at(-1)}`,
        `${count(operatorCases, op)}`,
        `${count(operatorFixtures, op) || "–"}`,
        "yes",
        "yes",
        webgpu(op),
      ];
  return `| ${[op, form, ...cells].join(" | ")} |`;
}

const list = (names: Iterable<string>) => [...names].sort().join(", ");

/** The whole page. */
export function operatorPage(): string {
  const reasons = new Map<string, string[]>();
  for (const [op, reason] of Object.entries(unsupportedOperators))
    reasons.set(reason, [...(reasons.get(reason) ?? []), op]);
  return `# Operators that \`@idinit/onnx-train\` trains through

Made from the code and its tests by \`npx vitest run packages/onnx-train/test/operators.test.ts -u\`; a test fails where this
page is not up to date.

- **form**: a gradient rule of its own, or the operator is written as simpler ones that have rules.
- **opsets**: those of the model that the operator's cases are legal in, compared in 13, 17, ${OPSETS.slice(1).join(", ")} (\`packages/onnx-train/test/operators-runtimes.test.ts\`).
  Models of opset 13 to 16 are lifted to 17.
- **finite differences**: number of cases, each of them every element of every parameter against fourth-order central
  differences (\`packages/onnx-train/test/gradients.test.ts\`).
- **PyTorch**: number of cases against PyTorch 1.13's autograd (\`packages/onnx-train/test/operators-pytorch.test.ts\`); a dash
  where PyTorch has no such operator.
- **cpu** is onnxruntime-node; **wasm** is onnxruntime-web in Node.
- **webgpu** is the provider of that name in onnxruntime-node: gradients of up to two cases after \`lower(bytes, webgpuLowering)\`
  against those on the CPU, within 1e-4 of the largest value (functions from sine and cosine 1e-3, since WGSL allows them an
  error of 2^-11). Operators behind "on the CPU" have no WebGPU kernel: they compute right, and their values cross the bus.
  Run on SwiftShader, a Vulkan driver without a GPU; where there is no adapter the table keeps the last results
  (\`packages/onnx-train/test/operators-webgpu.test.ts\`).

| operator | form | opsets | finite differences | PyTorch | cpu | wasm | webgpu |
| --- | --- | --- | --- | --- | --- | --- | --- |
${trainedOperators.map(row).join("\n")}

## Operators that end a gradient

Their results do not change with small changes of an input, or are no floats. Parameters behind them are not trained by way of them:
${list(stopsGradient)}, and Cast to a type that is no float.

## Operators that cannot be trained through

A model with one of these between a parameter and the loss is refused by an error that lists all such nodes with the reason. The same
goes for operators of other domains than the standard one, and for standard operators not named on this page.

| operators | reason |
| --- | --- |
${[...reasons].map(([reason, ops]) => `| ${list(ops)} | ${reason} |`).join("\n")}
`;
}
