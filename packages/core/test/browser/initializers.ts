/** Every initializer, and the first 16 hex digits of the SHA-256 of what it makes: small, and large enough for every path of the kernels. */
import {
  constant,
  deltaOrthogonal,
  glorotNormal,
  glorotUniform,
  hadamard,
  heNormal,
  heUniform,
  type Initializer,
  identity,
  idi,
  idiz,
  lecunNormal,
  lecunUniform,
  mimetic,
  normal,
  ones,
  orthogonal,
  sparse,
  stft,
  truncatedNormal,
  uniform,
  varianceScaling,
  withAxes,
  zeros,
} from "@idinit/core";
import { bfloat16, float16 } from "@idinit/core/formats";

type Shape = readonly number[];

/** A tensor and its digest; seed 7, key "layer.weight". */
export interface Case {
  readonly initializer: Initializer;
  readonly shape: Shape;
  readonly digest: string;
}

const SMALL = [12, 5, 3];
const LARGE = [96, 65, 3];

const FACTORIES: readonly [initializer: Initializer, small: string, large: string][] = [
  [constant(0.5), "cafd64bf4904eb78", "d25adf5e473d27be"],
  [deltaOrthogonal({ narrowing: "rows" }), "5908e7d4a664dca4", "5f472318a43c93b9"],
  [glorotNormal(), "19b83797ce10f0a3", "841efde89a01293d"],
  [glorotNormal({ truncated: true }), "7789081fbe6c613a", "e55801a97f27b315"],
  [glorotUniform(), "91654ed442eaf5b0", "830277a3e7f7d99e"],
  [hadamard(), "653b78ed36c555c2", "006a743ea919a039"],
  [heNormal(), "d0df3adc04a2f65a", "7ec9f7892c689184"],
  [heUniform(), "72bffcb42058d13c", "48421ae4cd226738"],
  [identity(), "a02775999f6eb65c", "2a1871a50d385d60"],
  [idi(), "699b3b17aa8a0c27", "67e6d37638055256"],
  [idi({ loose: 0.1, order: "channel-fastest" }), "22d60647f46d4058", "1106629de22888d4"],
  [idiz(), "73dfe16316bd4d42", "4d5f53246eb84006"],
  [lecunNormal(), "9cea62f3c680ecb1", "7d2545a2e22f5197"],
  [lecunUniform(), "a8bf09bcb7c1ed77", "568f26c27f280d14"],
  [normal({ mean: 1, std: 2 }), "af9d819cb2792c25", "c616243f175b6d6d"],
  [ones(), "8ae5327754f051e8", "a9ea0af29796911b"],
  [orthogonal(), "46e8c304aa12b8af", "ac9d99c10e80cd1f"],
  [sparse({ sparsity: 0.5 }), "71d716015ea61b2a", "1415266c60d6791d"],
  [truncatedNormal(), "642de434e9838967", "18e1746bf68b861d"],
  [uniform(), "736168989a21a38d", "9600b8b76862d60b"],
  [varianceScaling({ distribution: "truncatedNormal", mode: "fan_out" }), "74b8976187303148", "9822b75ef7de2262"],
  [zeros(), "fe2f74a1e0b16a66", "e47f311f2c77210a"],
];

/** The initializers that make kernels of any shape. */
export const KERNELS: readonly Initializer[] = FACTORIES.map(([initializer]) => initializer);

const attention = mimetic({ heads: 2, attention: "a" });

/** Those that make no kernel of any shape. */
const OTHERS: readonly [initializer: Initializer, shape: Shape, digest: string][] = [
  [attention.query, [12, 12], "58849942db456aa6"],
  [attention.key, [12, 12], "9e6aa5601200301f"],
  [attention.value, [12, 12], "a61ba94fbf8132a7"],
  [attention.output, [12, 12], "dce1af47f60c7642"],
  [attention.queryKeyValue, [36, 12], "193555b9c0292e79"],
  [stft({ side: "imag", window: "hamming" }), [9, 1, 12], "2b4890a870ab704b"],
  [stft({ side: "real" }), [33, 1, 64], "c0008ab59bf91000"],
  [withAxes(glorotNormal(), { in: 0, out: [1, 2], batch: 3 }), [4, 3, 2, 5], "26c69414a55a0d93"],
  [orthogonal(), [130, 130], "2b743879864cbc31"],
];

export const INITIALIZERS: readonly Case[] = [
  ...FACTORIES.map(([initializer, digest]) => ({ initializer, shape: SMALL, digest })),
  ...FACTORIES.map(([initializer, , digest]) => ({ initializer, shape: LARGE, digest })),
  ...OTHERS.map(([initializer, shape, digest]) => ({ initializer, shape, digest })),
];

/** Normal draws down to subnormal size, `[96, 65, 3]`, rounded to 16 bits. */
export const ROUNDED = [
  { name: "float16", initializer: normal({ std: 1e-4 }), shape: LARGE, round: float16, digest: "5133c24abe02b1ad" },
  { name: "bfloat16", initializer: normal({ std: 1e-4 }), shape: LARGE, round: bfloat16, digest: "ef4d214a771374b9" },
] as const;
