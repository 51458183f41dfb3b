import type { Site } from "@idinit/core";
import { inferRoles } from "@idinit/core/graph";
import { describe, expect, test } from "vitest";
import { transformer } from "../schemes/networks.js";
import { Build } from "./build.js";

const byName = (sites: readonly Site[]) => new Map(sites.map((site) => [site.parameter, site]));

describe("the weights of an attention know each other", () => {
  test("separate", () => {
    const sites = byName(inferRoles(transformer(2)));
    const attention = { query: "e1.q.w", key: "e1.k.w", value: "e1.v.w", output: "e1.o.w" };
    for (const name of Object.values(attention)) expect(sites.get(name)!.attention).toEqual(attention);
    expect(sites.get("e1.fc1.w")!.attention).toBeUndefined();
    expect(sites.get("e1.q.b")!.attention).toBeUndefined();
  });

  test("packed, with the number of heads where the graph shows it", () => {
    const sites = byName(inferRoles(transformer(1, 0, { packed: true, heads: 4 })));
    const attention = { query: "e0.qkv.w", key: "e0.qkv.w", value: "e0.qkv.w", output: "e0.o.w", heads: 4 };
    for (const name of ["e0.qkv.w", "e0.o.w"]) expect(sites.get(name)!.attention).toEqual(attention);
  });
});

describe("encoder and decoder", () => {
  test.each(["none", "pre", "post"] as const)("are told apart by the attention across, norm %s", (norm) => {
    const sites = inferRoles(transformer(2, 3, { norm }));
    expect(sites[0]!.network).toMatchObject({ branches: 13, stacks: { encoder: 4, decoder: 9 } });
    for (const { parameter, branch, role } of sites) {
      const stack = parameter.startsWith("e") ? "encoder" : parameter.startsWith("d") ? "decoder" : undefined;
      // The key and value of an attention across are made outside of every branch; a norm may stand between two.
      if (parameter.includes(".cross.k") || parameter.includes(".cross.v") || role.startsWith("norm")) continue;
      expect(branch?.stack, parameter).toBe(stack);
    }
  });

  test("the keys of an attention across belong to the half that asks", () => {
    const sites = byName(inferRoles(transformer(1, 1)));
    for (const name of ["q", "k", "v", "o"]) expect(sites.get(`d0.cross.${name}.w`)!.attention!.stack).toBe("decoder");
    expect(sites.get("e0.k.w")!.attention!.stack).toBe("encoder");
  });

  test("one stack has no halves", () => {
    for (const { branch, network } of inferRoles(transformer(2))) {
      expect(branch?.stack).toBeUndefined();
      expect(network.stacks).toBeUndefined();
    }
  });

  test("keys from a pooled copy of the same signal (spatial reduction) look at no memory", () => {
    const b = new Build();
    const x = b.dense(b.input(), "stem");
    const reduced = b.dense(b.pool(x, false), "reduce");
    const y = b.add(x, b.dense(b.attend(b.dense(x, "q"), b.dense(reduced, "k"), b.dense(reduced, "v")), "o"));
    expect(inferRoles(b.graph(b.dense(y, "head")))[0]!.network.stacks).toBeUndefined();
  });
});

test("constant factors on a skip are multiplied", () => {
  const sites = byName(inferRoles(transformer(1, 0, { alpha: (_, branch) => (branch === 0 ? 1.5 : undefined) })));
  expect(sites.get("e0.q.w")!.branch!.skipFactor).toBe(1.5);
  expect(sites.get("e0.fc1.w")!.branch!.skipFactor).toBeUndefined();
});
