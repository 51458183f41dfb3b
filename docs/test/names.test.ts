/** The table of names in docs/initializers.md has everything that the libraries offer, and everything there is here. */
import { readFileSync } from "node:fs";
import * as core from "@idinit/core";
import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";

const page = readFileSync(new URL("../initializers.md", import.meta.url), "utf8");
const [table] = page.split("## The names elsewhere")[1]!.split("\n## ");
const [head, , ...rows] = table!
  .split("\n")
  .filter((line) => line.startsWith("|"))
  .map((line) => line.split("|").slice(1, -1));
const column = (name: string) => {
  const at = head!.findIndex((cell) => cell.trim().startsWith(name));
  return rows.map((row) => row[at]!).join(" ");
};
const words = (text: string) => text.split(/\s+/).filter(Boolean);

/** What each documents as public; tfjs is asked itself. */
const OFFERED: Readonly<Record<string, string[]>> = {
  // https://docs.pytorch.org/docs/stable/nn.init.html
  "torch.nn.init":
    words(`calculate_gain uniform_ normal_ constant_ ones_ zeros_ eye_ dirac_ xavier_uniform_ xavier_normal_
    kaiming_uniform_ kaiming_normal_ trunc_normal_ orthogonal_ sparse_`),
  // https://docs.jax.dev/en/latest/jax.nn.initializers.html
  "jax.nn.initializers":
    words(`constant delta_orthogonal glorot_normal glorot_uniform he_normal he_uniform kaiming_normal
    kaiming_uniform lecun_normal lecun_uniform normal ones orthogonal truncated_normal uniform variance_scaling xavier_normal
    xavier_uniform zeros`),
  // https://keras.io/api/layers/initializers/
  "keras.initializers": words(`RandomNormal RandomUniform TruncatedNormal Zeros Ones GlorotNormal GlorotUniform HeNormal
    HeUniform LecunNormal LecunUniform Orthogonal Constant VarianceScaling Identity STFT`),
  tfjs: Object.keys(tf.initializers),
  // timm.layers
  timm: words("trunc_normal_ trunc_normal_tf_ variance_scaling_ lecun_normal_"),
};

test("there is a table", () => expect(rows.length).toBeGreaterThan(20));

describe.each(Object.entries(OFFERED))("%s", (ecosystem, names) => {
  test.each(names)("%s", (name) => expect(column(ecosystem)).toMatch(new RegExp(`\`${name}[\`(]`)));
});

test("every factory of @idinit/core has a row", () => {
  const initializers = Object.entries(core).flatMap(([name, value]) => {
    try {
      const made = typeof value === "function" ? (value as () => unknown)() : undefined;
      if (made instanceof Promise) made.catch(() => {});
      return typeof made === "object" && made !== null && "generate" in made ? [name] : [];
    } catch {
      return []; // Needs arguments.
    }
  });
  expect(initializers.length).toBeGreaterThan(15);
  expect(initializers.filter((name) => !new RegExp(`\`${name}\\(`).test(column("here")))).toEqual([]);
});
