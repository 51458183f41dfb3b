import { conformance } from "@idinit/conformance";
import { onnxAdapter } from "../src/index.js";
import { modelOf, names, roles, run } from "./fixtures.js";

// One export of each network, and of those whose training export stores weights differently that one: the roles of all are in exported.test.ts.
const chosen = names.filter((name) =>
  /^(lstm|gru|unet|mlp)/.test(name) ? name.includes(".train") : !name.includes(".train"),
);

conformance(
  onnxAdapter,
  chosen
    .filter((name) => !/dynamic|postln-(chunk|slice)|gelu-tanh/.test(name))
    .map((name) => ({ name, model: () => modelOf(name), roles: roles[name]!, forward: run })),
);
