/** `list`: what there is to choose from. */
import { SCHEME_NAMES } from "@idinit/core";
import { mlp } from "../architectures/index.js";
import { engines } from "../engines/index.js";
import { nameOf } from "../scenarios/contender.js";
import { defaultScenarios, scenarios } from "../scenarios/index.js";

/** Scenarios, engines (and whether they run here) and schemes, as text. */
export async function list(): Promise<string> {
  const probe = mlp({ features: 2, hidden: 2, layers: 2, classes: 2 });
  const optimizer = { kind: "sgd", momentum: 0.9, weightDecay: 0 } as const;
  const lines = ["Scenarios"];
  for (const scenario of scenarios) {
    const variants = scenario.variants
      .map(({ name, schemes }) => `${name} (${schemes.map(nameOf).join(", ")})`)
      .join("; ");
    const note = defaultScenarios.includes(scenario) ? "" : "  [only when named]";
    lines.push(
      `  ${scenario.name.padEnd(18)}${scenario.title} [${scenario.source}]${note}`,
      `${" ".repeat(20)}${variants}`,
    );
  }
  lines.push("", "Engines");
  for (const engine of engines) {
    const reason = await engine.unsupported(probe, { optimizer, batchSize: 1, threads: 1 });
    const state = reason ?? "available";
    lines.push(`  ${engine.name.padEnd(18)}${state}`);
  }
  lines.push("", "Schemes", `  ${SCHEME_NAMES.join(", ")}`);
  return lines.join("\n");
}
