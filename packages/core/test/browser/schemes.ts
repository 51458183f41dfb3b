/** Every scheme on a network made for it, and the first 16 hex digits of the SHA-256 of all its weights, seed 7. */
import { mimeticScheme, type Scheme, type SchemeName } from "@idinit/core";
import type { Graph } from "@idinit/core/graph";
import { Build } from "../graph/build.js";
import { resnet, transformer } from "../schemes/networks.js";

export interface SchemeCase {
  readonly name: SchemeName;
  readonly scheme?: Scheme;
  readonly graph: Graph;
  readonly digest: string;
}

/** An embedding, a recurrent layer without gates, a head. */
function recurrent(): Graph {
  const b = new Build();
  const x = b.node(
    "recurrent",
    [b.embedding(b.input(), "table")],
    {
      inputKernel: { parameter: b.parameter("wx", [16, 8]), layout: "OI" },
      recurrentKernel: { parameter: b.parameter("wh", [16, 16]), layout: "OI" },
      bias: { parameter: b.parameter("b", [16]), layout: "O" },
    },
    { kind: "rnn" },
  );
  return b.graph(b.dense(x, "head", [64, 16]));
}

const plain = resnet(2, 2, { norms: true });
const scalars = () => true;

export const SCHEMES: readonly SchemeCase[] = [
  { name: "idinit", graph: plain, digest: "3c11c91ab4f8f62e" },
  { name: "kaiming", graph: plain, digest: "e3b3f575f6ca0fee" },
  { name: "xavier", graph: plain, digest: "4878124e624e135f" },
  { name: "orthogonal", graph: plain, digest: "80f6f1d435251a47" },
  { name: "zero", graph: plain, digest: "d69e4fc02d562307" },
  { name: "zero-gamma", graph: plain, digest: "fa1fe5b7aaccba15" },
  { name: "pytorch", graph: plain, digest: "0f3979923469a97c" },
  { name: "keras", graph: plain, digest: "4878124e624e135f" },
  { name: "tfjs", graph: plain, digest: "26d0e258f9605fd3" },
  { name: "fixup", graph: resnet(2, 2, { scalars, biases: true }), digest: "ad4c3a2ebb3054ad" },
  { name: "skipinit", graph: resnet(2, 2, { scalars }), digest: "db429025e84b3aac" },
  { name: "rezero", graph: resnet(2, 2, { scalars, norms: true }), digest: "5ba148d623fd361e" },
  { name: "t-fixup", graph: transformer(1, 1), digest: "9aa87014c406f401" },
  { name: "deepnet", graph: transformer(2, 0, { norm: "post", alpha: () => Math.SQRT2 }), digest: "785cc08c5f7cc9ab" },
  { name: "gpt2", graph: transformer(1, 0, { norm: "pre", packed: true }), digest: "3f66765d2a61b3a3" },
  { name: "mup", graph: transformer(1, 0, { norm: "pre" }), digest: "34c082b309722862" },
  {
    name: "mimetic",
    scheme: mimeticScheme({ heads: 4 }),
    graph: transformer(1, 0, { norm: "pre" }),
    digest: "334801dd989b968d",
  },
  { name: "irnn", graph: recurrent(), digest: "dd2a31d0e8cafb1c" },
  { name: "isonet", graph: resnet(2, 2, { scalars, shiftedRelu: true }), digest: "baaab61de493812c" },
  { name: "delta-orthogonal", graph: plain, digest: "4791728b2e815cfa" },
];
