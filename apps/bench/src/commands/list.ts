/** `list`: what there is to choose from. */
import { SCHEME_NAMES } from "@idinit/core";
import { mlp } from "../architectures/index.js";
import { engines } from "../engines/index.js";
import { nameOf } from "../scenarios/contender.js";
import { defaultScenarios, scenarios } from "../scenarios/index.js";
import type { Scenario } from "../scenarios/scenario.js";

/** Of names, the gap behind them included. */
const WIDTH = 24;
/** More networks with the same schemes are counted. */
const NAMED = 3;

/** Scenarios, engines (and whether they run here) and schemes, as text. */
export async function list(): Promise<string> {
  const probe = mlp({ features: 2, hidden: 2, layers: 2, classes: 2 });
  const optimizer = { kind: "sgd", momentum: 0.9, weightDecay: 0 } as const;
  const lines = ["Scenarios"];
  for (const scenario of scenarios) {
    const note = defaultScenarios.includes(scenario) ? "" : "  [only when named]";
    lines.push(
      `  ${scenario.name.padEnd(WIDTH)}${scenario.title} [${scenario.source}]${note}`,
      `${" ".repeat(WIDTH + 2)}${networksOf(scenario)}`,
    );
  }
  lines.push("", "Engines");
  for (const engine of engines) {
    const reason = await engine.unsupported(probe, { optimizer, batchSize: 1, threads: 1 });
    const state = reason ?? "available";
    lines.push(`  ${engine.name.padEnd(WIDTH)}${state}`);
  }
  lines.push("", "Schemes", `  ${SCHEME_NAMES.join(", ")}`);
  return lines.join("\n");
}

/** Networks, and in brackets what is compared on them; together where that is the same. */
function networksOf({ variants }: Scenario): string {
  const bySchemes = new Map<string, string[]>();
  for (const { name, schemes } of variants) {
    const compared = schemes.map(nameOf).join(", ");
    bySchemes.set(compared, [...(bySchemes.get(compared) ?? []), name]);
  }
  return [...bySchemes]
    .map(([compared, names]) => {
      const named = names.length > NAMED ? `${names[0]} … ${names.at(-1)}, ${names.length} in all` : names.join(", ");
      return `${named} (${compared})`;
    })
    .join("; ");
}
