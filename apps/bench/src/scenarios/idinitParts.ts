/** IDInit with single parts of it exchanged, for the experiments that ask what a part is good for. */
import {
  type IdiOptions,
  type IdizOptions,
  type Initializer,
  identity,
  idi,
  idinit,
  idiz,
  type Scheme,
  zeros,
} from "@idinit/core";
import { altered } from "./contender.js";

/** Every kernel at its centre tap, as ZerO and Dirac have it, instead of spread over the taps (IDIC). */
export const channelMaintain: Scheme = altered("channel-maintain", idinit(), atCentre);

/** Without the Loose noise: 0 and 1 only. */
export const notLoose: Scheme = { ...idinit({ loose: 0 }), name: "not-loose" };

/** Wider layers get zeros below the identity instead of another identity. */
export const zeroPadded: Scheme = altered("zero-padded", idinit({ loose: 0 }), (picked) =>
  picked.name === "idi" ? identity() : picked,
);

/** The last weight of each branch, and a residual network's head, exactly 0 instead of IDIZ. */
export const zeroLast: Scheme = altered("zero-last", idinit(), (picked) => (picked.name === "idiz" ? zeros() : picked));

/** The first weights of the branches from another initializer, the last of them exactly 0. */
export function firstOfBranch(name: string, initializer: Initializer): Scheme {
  return altered(name, zeroLast, (picked, { branch }) => (branch && picked.name === "idi" ? initializer : picked));
}

/** All eight of Loose × IDIC × IDIZ; the last is IDInit itself. */
export const combinations: readonly Scheme[] = [
  combination("none", { loose: false, patch: false, zero: false }),
  combination("loose", { loose: true, patch: false, zero: false }),
  combination("idic", { loose: false, patch: true, zero: false }),
  combination("idiz", { loose: false, patch: false, zero: true }),
  combination("loose+idic", { loose: true, patch: true, zero: false }),
  combination("loose+idiz", { loose: true, patch: false, zero: true }),
  combination("idic+idiz", { loose: false, patch: true, zero: true }),
  combination("idinit", { loose: true, patch: true, zero: true }),
];

interface Parts {
  readonly loose: boolean;
  /** Taps spread over the patch. */
  readonly patch: boolean;
  /** The last weights almost 0. */
  readonly zero: boolean;
}

function combination(name: string, { loose, patch, zero }: Parts): Scheme {
  const std = loose ? 1e-6 : 0;
  return altered(name, idinit({ loose: std }), (picked) => {
    const placed = patch ? picked : atCentre(picked);
    return zero ? placed : withoutZero(placed, std);
  });
}

function atCentre(picked: Initializer): Initializer {
  if (picked.name === "idi") return idi({ ...(picked.params as IdiOptions), taps: "centre" });
  return picked.name === "idiz" ? idiz({ ...(picked.params as IdizOptions), taps: "centre" }) : picked;
}

/** An identity where IDIZ stood, at the same taps. */
function withoutZero(picked: Initializer, loose: number): Initializer {
  if (picked.name !== "idiz") return picked;
  const { epsilon: _, ...places } = picked.params as IdizOptions;
  return idi({ ...places, loose });
}
