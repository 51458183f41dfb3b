/** A site: everything a scheme may want to know about one parameter's place in the network. */
import type { Layout } from "../layout.js";
import type { Activation } from "./graph.js";

/** All roles. */
export const ROLES = [
  "first", // reads the network's input
  "hidden", // any dense or conv kernel not named below
  "shortcut", // projection on the skip path of a residual block
  "branch-last", // last weight of a residual branch
  "head", // makes the network's output
  "query",
  "key",
  "value",
  "query-key-value",
  "attention-output",
  "squeeze-excite", // layers that make a channel gate
  "router", // mixture-of-experts gate
  "recurrent-input",
  "recurrent-hidden",
  "embedding",
  "position",
  "tied-head",
  "bias",
  "norm-scale",
  "norm-shift",
  "norm-mean",
  "norm-variance",
  "branch-gate", // learnable scalar or per-channel factor that closes a residual branch
  "scale", // learnable factor elsewhere
  "slope", // PReLU
  "peephole", // an LSTM's weight from its cell to a gate, one value per unit
  "other", // a vector in an operation that core does not know: left as it is
] as const;

/** What a parameter is for. Found by `inferRoles` from the graph's structure; can be overridden by name. */
export type Role = (typeof ROLES)[number];

/** Place inside a residual branch. */
export interface BranchPlace {
  /** Index of the residual branch in forward order, 0-based. */
  readonly index: number;
  /** Number of residual branches in the network, L. */
  readonly count: number;
  /** Name of the node that adds the branch to its skip path. */
  readonly join: string;
  /** The value that comes to the join over the skip path. */
  readonly skip: string;
  /** Position of this weight among the branch's kernels in forward order, 0-based. */
  readonly position: number;
  /** Number of kernels on the branch's main path, m. */
  readonly weights: number;
  /** Which half of an encoder-decoder the branch is in; absent where no attention looks from one half at the other. */
  readonly stack?: "encoder" | "decoder";
  /** Constant that the skip path is multiplied by before the join (DeepNet's α); absent where the graph shows none. */
  readonly skipFactor?: number;
  /** The parameter that gates the branch's output after its last weight, if any: a norm's scale or a branch gate. */
  readonly gate?: {
    readonly parameter: string;
    readonly kind: "norm-scale" | "branch-gate";
    /** Whether its present values hold the branch shut; absent when no values are known. */
    readonly closed?: boolean;
  };
}

/** The weights of one attention, by parameter name: which of them belong together. A packed weight stands in several places. */
export interface AttentionPlace {
  readonly query?: string;
  readonly key?: string;
  readonly value?: string;
  readonly output?: string;
  /** Which half of an encoder-decoder asks; keys and values may be made of the other half. Absent where there are no halves. */
  readonly stack?: "encoder" | "decoder";
  /** Number of heads; absent where the graph does not show it. */
  readonly heads?: number;
}

/** One parameter, its role and its surroundings. */
export interface Site {
  readonly parameter: string;
  readonly role: Role;
  /** The node that uses the parameter (the first one, when it is shared). */
  readonly node: string;
  /** Shape in `layout`, as the initializer is to see it. */
  readonly shape: readonly number[];
  readonly layout: Layout;
  readonly groups: number;
  /** Equal blocks along `out` to be initialized each by itself (packed QKV: 3, LSTM gates: 4). */
  readonly parts: number;
  /** The non-linearity applied to this weight's output, through norms, bias, gates and residual joins; `"linear"` where there is none. */
  readonly activation: Activation;
  /** Whether this weight ends a residual branch: `branch-last` always, `attention-output` and others where they do. */
  readonly closesBranch: boolean;
  /** True for kernels of transposed convolutions. */
  readonly transposed: boolean;
  readonly branch?: BranchPlace;
  /** The attention that this weight is part of; the first one where it serves several. */
  readonly attention?: AttentionPlace;
  /** Inputs that one output of the node's kernel reads, in / groups · taps: what a bias is scaled by. Absent where the node has no kernel. */
  readonly fanIn?: number;
  /** Role of the kernel in the same node: tells a bias whose it is. */
  readonly kernelRole?: Role;
  /** Units of the recurrent node that uses the parameter. */
  readonly units?: number;
  /** Facts about the whole network. */
  readonly network: {
    /** Whether it has residual branches. */
    readonly residual: boolean;
    /** The non-linearity most of its weights have. */
    readonly activation: Activation;
    /** Number of residual branches. */
    readonly branches: number;
    /** Numbers of residual branches in the halves of an encoder-decoder; absent elsewhere. */
    readonly stacks?: { readonly encoder: number; readonly decoder: number };
  };
  /** Why this role, in one sentence. */
  readonly reason: string;
}
