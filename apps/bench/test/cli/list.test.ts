import { describe, expect, it } from "vitest";
import { list } from "../../src/commands/list.js";
import { defaultScenarios, scenarios } from "../../src/scenarios/index.js";

describe("list", () => {
  it("names every scenario apart from its title, marks what runs only when named, and counts many networks", async () => {
    const text = await list();
    for (const { name, title } of scenarios) expect(text).toMatch(new RegExp(`^  ${name} +${title.slice(0, 20)}`, "m"));
    expect(text.match(/\[only when named\]/g)).toHaveLength(scenarios.length - defaultScenarios.length);
    expect(text).toContain("rate 0.001, decay 1e-8 … rate 10, decay 1e-1, 40 in all (idinit, kaiming");
    expect(text).toContain("FC, ResFC (idinit, xavier); Conv, ResConv (idinit, kaiming)");
  });
});
