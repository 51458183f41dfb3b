/** Core's initializers as classes for `kernelInitializer` and the like, so that a layer starts with them and a saved model remembers them. */
import {
  dirac,
  glorotNormal,
  glorotUniform,
  type HeOptions,
  hadamard,
  heNormal,
  heUniform,
  IdinitError,
  type IdiOptions,
  type IdizOptions,
  type Initializer,
  idi,
  idiz,
  type Json,
  type Layout,
  orthogonal,
} from "@idinit/core";
import { type DataType, serialization, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { initializers } from "@tensorflow/tfjs-layers";

/** What an initializer class takes besides its own parameters: where the weight is and which random stream it draws. */
export interface PlaceOptions {
  /**
   * Name that forks the random stream. Required for every initializer that draws random numbers, since layers with the same seed and no
   * key would start equal. The weight's name in the model, such as `"fc1/kernel"`, gives the values that `initialize` gives.
   */
  readonly key?: string;
  /** Seed of the random stream, an integer in [0, 2^53). Default 0. */
  readonly seed?: number;
  /** Order of the weight's axes. Default `"IO"`, `"WIO"`, `"HWIO"`, `"DHWIO"` by rank; `"HWOI"`, `"DHWOI"` with `transposed`. */
  readonly layout?: Layout;
  /** Equal blocks along out, each initialized by itself: 4 for an LSTM's kernels, 3 for a GRU's. Default 1. */
  readonly parts?: number;
  /** True for the kernel of a transposed convolution. Default false. */
  readonly transposed?: boolean;
  /** True for the `[kh, kw, in, multiplier]` kernel of a depthwise convolution. Default false. */
  readonly depthwise?: boolean;
}

/** The base class of tfjs's initializers. */
export type TfInitializer = ReturnType<typeof initializers.ones>;

/** A class whose instances can be a layer's `kernelInitializer`. */
export interface InitializerClass<Options> {
  new (options?: Options & PlaceOptions): TfInitializer;
  /** The name in a saved model. */
  readonly className: string;
}

// tfjs-layers accepts only instances of its own base class, and does not export it.
const Base = Object.getPrototypeOf(initializers.zeros().constructor) as new () => TfInitializer;

function defaultLayoutOf(rank: number, transposed = false): Layout | undefined {
  const layouts: readonly (Layout | undefined)[] = transposed
    ? [undefined, undefined, undefined, undefined, "HWOI", "DHWOI"]
    : [undefined, "O", "IO", "WIO", "HWIO", "DHWIO"];
  return layouts[rank];
}

type Draws = "random" | "fixed" | ((initializer: Initializer) => boolean);

function symbolic<Options extends object>(
  name: string,
  draws: Draws,
  factory: (options: Options) => Initializer,
): InitializerClass<Options> {
  const className = `Idinit${name}`;
  return class extends Base {
    static readonly className = className;
    private readonly initializer: Initializer;
    private readonly place: PlaceOptions;
    private readonly random: boolean;
    private used = false;

    constructor(options: Options & PlaceOptions = {} as Options & PlaceOptions) {
      super();
      const { key, seed, layout, parts, transposed, depthwise, ...own } = options;
      this.initializer = factory(own as unknown as Options);
      this.random = draws === "random" || (draws !== "fixed" && draws(this.initializer));
      this.place = { ...given({ key, layout, parts, transposed, depthwise }), seed: seed ?? 0 };
      if (this.random && key === undefined) {
        throw new IdinitError(
          `tfjs: initializer ${name} draws random numbers and needs a key, such as { key: "fc1/kernel" }; else layers of one seed start equal`,
        );
      }
    }

    apply(shape: (number | null)[], dtype: DataType = "float32"): Tensor {
      const where = this.place.key === undefined ? name : `${name} "${this.place.key}"`;
      if (dtype !== "float32") throw new IdinitError(`tfjs: initializer ${where} makes float32 values, not ${dtype}`);
      if (this.random && this.used) {
        throw new IdinitError(
          `tfjs: initializer ${where} has filled a weight already, and a second one would start equal: make one for each layer`,
        );
      }
      const { depthwise, layout = defaultLayoutOf(shape.length, this.place.transposed), ...place } = this.place;
      const extents = shape as number[];
      if (layout === undefined)
        throw new IdinitError(`tfjs: initializer ${where} needs a shape of rank 1 to 5, got [${shape}]`);
      const values = depthwise
        ? this.initializer.generate(...channelwise(extents, where, place))
        : this.initializer.generate(extents, { ...place, layout });
      this.used = true;
      return tensor(values, extents, "float32");
    }

    override getConfig(): serialization.ConfigDict {
      const entries = Object.entries({ ...this.initializer.params, ...this.place });
      return Object.fromEntries(entries.map(([key, value]) => [key, pack(value)])) as serialization.ConfigDict;
    }

    /** tfjs calls this unbound. */
    static fromConfig(made: InitializerClass<Options>, config: serialization.ConfigDict): TfInitializer {
      // tfjs adds customObjects to every configuration it reads.
      const entries = Object.entries(config).filter(([key]) => key !== "customObjects");
      return new made(
        Object.fromEntries(entries.map(([key, value]) => [key, unpack(value)])) as Options & PlaceOptions,
      );
    }
  } as unknown as InitializerClass<Options>;
}

/** tfjs turns every string of a saved configuration into snake case, except values named `name`. */
function pack(value: Json): Json {
  return typeof value === "string" ? { name: value } : value;
}

function unpack(value: unknown): unknown {
  return typeof value === "object" && value !== null && "name" in value ? value.name : value;
}

function given<T extends object>(options: T): { [key in keyof T]?: NonNullable<T[key]> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [key in keyof T]?: NonNullable<T[key]>;
  };
}

function channelwise(
  shape: readonly number[],
  where: string,
  place: { seed?: number; key?: string },
): Parameters<Initializer["generate"]> {
  const [height = 0, width = 0, channels = 0, multiplier = 0] = shape;
  if (shape.length !== 4)
    throw new IdinitError(`tfjs: initializer ${where}: a depthwise kernel is [kh, kw, in, multiplier], got [${shape}]`);
  return [[height, width, channels * multiplier, 1], { ...place, layout: "HWOI", groups: channels }];
}

/** {@link idi} for layers: `tf.layers.dense({ units: 8, kernelInitializer: new IDI({ key: "fc1/kernel" }) })`. */
export const IDI: InitializerClass<IdiOptions> = symbolic("IDI", ({ params }) => params.loose !== 0, idi);
/** {@link idiz} for layers; fixed values, so no key is needed. */
export const IDIZ: InitializerClass<IdizOptions> = symbolic("IDIZ", "fixed", idiz);
/** {@link dirac} for layers. */
export const Dirac: InitializerClass<{ readonly gain?: number }> = symbolic("Dirac", "fixed", dirac);
/** {@link hadamard} (ZerO) for layers. */
export const Hadamard: InitializerClass<object> = symbolic("Hadamard", "fixed", () => hadamard());
/** {@link heNormal} for layers. */
export const KaimingNormal: InitializerClass<HeOptions & { readonly truncated?: boolean }> = symbolic(
  "KaimingNormal",
  "random",
  heNormal,
);
/** {@link heUniform} for layers. */
export const KaimingUniform: InitializerClass<HeOptions> = symbolic("KaimingUniform", "random", heUniform);
/** {@link glorotNormal} for layers. */
export const XavierNormal: InitializerClass<{ readonly gain?: number; readonly truncated?: boolean }> = symbolic(
  "XavierNormal",
  "random",
  glorotNormal,
);
/** {@link glorotUniform} for layers. */
export const XavierUniform: InitializerClass<{ readonly gain?: number }> = symbolic(
  "XavierUniform",
  "random",
  glorotUniform,
);
/** {@link orthogonal} for layers: the same distribution as tfjs's own, without its slow QR. */
export const Orthogonal: InitializerClass<{ readonly gain?: number }> = symbolic("Orthogonal", "random", orthogonal);

/**
 * Tells tfjs these classes, so that a model saved with them can be loaded, and so that wrappers that copy a layer by its configuration
 * (Bidirectional) can copy it. Call it once before loading; calling it again does nothing more. It is not done on import, as importing this
 * package changes nothing.
 */
export function registerInitializers(): void {
  const classes = [IDI, IDIZ, Dirac, Hadamard, KaimingNormal, KaimingUniform, XavierNormal, XavierUniform, Orthogonal];
  for (const each of classes)
    serialization.registerClass(
      each as unknown as serialization.SerializableConstructor<serialization.Serializable>,
      "idinit",
    );
}
