/** Initializers from what is printed of them: for plans in JSON, and for workers, which no function can be sent to. */
import { checkObject, IdinitError, show } from "../errors.js";
import type { Initializer, Json } from "../initializer.js";
import type { Axes } from "../initializers/axes.js";
import { constant } from "../initializers/constant.js";
import { deltaOrthogonal } from "../initializers/deltaOrthogonal.js";
import { glorotNormal } from "../initializers/glorotNormal.js";
import { glorotUniform } from "../initializers/glorotUniform.js";
import { hadamard } from "../initializers/hadamard.js";
import { heNormal } from "../initializers/heNormal.js";
import { heUniform } from "../initializers/heUniform.js";
import { identity } from "../initializers/identity.js";
import { idi } from "../initializers/idi.js";
import { idiz } from "../initializers/idiz.js";
import { lecunNormal } from "../initializers/lecunNormal.js";
import { lecunUniform } from "../initializers/lecunUniform.js";
import { type MimeticAttention, type MimeticOptions, mimetic } from "../initializers/mimetic.js";
import { normal } from "../initializers/normal.js";
import { ones } from "../initializers/ones.js";
import { orthogonal } from "../initializers/orthogonal.js";
import { sparse } from "../initializers/sparse.js";
import { stft } from "../initializers/stft.js";
import { truncatedNormal } from "../initializers/truncatedNormal.js";
import { uniform } from "../initializers/uniform.js";
import { varianceScaling } from "../initializers/varianceScaling.js";
import { withAxes } from "../initializers/withAxes.js";
import { zeros } from "../initializers/zeros.js";
import { lastPartScaled } from "../schemes/scaledParts.js";
import { whole } from "../schemes/whole.js";

/** What `JSON.stringify` keeps of an initializer. */
export interface InitializerRecord {
  readonly name: string;
  /** Those left out have their defaults. */
  readonly params?: Readonly<Record<string, Json>>;
}

type Factory = (params: never) => Initializer;

/** Factories whose initializers make a range of rows without the rest. */
const BY_ROWS: Readonly<Record<string, Factory>> = {
  constant: ({ value }: { value: number }) => constant(value),
  glorotNormal,
  glorotUniform,
  hadamard,
  heNormal,
  heUniform,
  identity,
  idi,
  idiz,
  lecunNormal,
  lecunUniform,
  normal,
  ones,
  truncatedNormal,
  uniform,
  varianceScaling,
  zeros,
};

/** Factories of the others. */
const AS_WHOLE: Readonly<Record<string, Factory>> = {
  deltaOrthogonal,
  mimetic: ({ weight, ...options }: MimeticOptions & { weight: keyof MimeticAttention }) => mimetic(options)[weight],
  orthogonal,
  sparse,
  stft,
};

/**
 * The initializer that a name and parameters stand for: the inverse of `JSON.stringify`.
 *
 * @throws {IdinitError} for a name that is none of core's initializers, an unknown parameter and one out of range.
 * @example initializerOf(JSON.parse('{"name":"normal","params":{"std":0.02}}')).generate([4, 4])
 */
export function initializerOf(record: InitializerRecord): Initializer {
  checkObject("initializerOf", "record", record);
  const { name, params = {} } = record;
  checkObject("initializerOf", "params", params);
  const { axes, lastPart, whole: unpacked, ...own } = params;
  if (axes !== undefined) return withAxes(initializerOf({ name, params: own }), axes as Axes);
  if (lastPart !== undefined) return lastPartScaled(initializerOf({ name, params: own }), Number(lastPart));
  if (unpacked === true) return whole(initializerOf({ name, params: own }));
  const factory = factoryOf(name);
  if (factory === undefined) {
    const known = [...Object.keys(BY_ROWS), ...Object.keys(AS_WHOLE)].sort().join(", ");
    throw new IdinitError(`initializerOf: name must be one of ${known}, got ${show(name)}`);
  }
  const made = factory(own as never);
  for (const key of Object.keys(own)) {
    if (made !== undefined && Object.hasOwn(made.params, key)) continue;
    throw new IdinitError(`initializerOf: ${name} has no parameter ${show(key)}`);
  }
  return made;
}

/**
 * Whether {@link initializerOf} gives the same initializer again: it is one of core's and not of the caller's own.
 * An initializer of the caller's own must not have the name and the parameters of one of core's.
 */
export function isReproducible({ name, params }: Initializer): boolean {
  if (factoryOf(name) === undefined) return false;
  try {
    return JSON.stringify(sorted(initializerOf({ name, params }).params)) === JSON.stringify(sorted(params));
  } catch {
    return false;
  }
}

/** Whether `rows` makes only what is asked for. */
export function makesRowsAlone(initializer: Initializer): boolean {
  return Object.hasOwn(BY_ROWS, initializer.name) && isReproducible(initializer) && !("axes" in initializer.params);
}

function factoryOf(name: string): Factory | undefined {
  if (Object.hasOwn(BY_ROWS, name)) return BY_ROWS[name];
  return Object.hasOwn(AS_WHOLE, name) ? AS_WHOLE[name] : undefined;
}

function sorted(params: Readonly<Record<string, Json>>): [string, Json][] {
  return Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
}
