/** IDInit with single parts of it exchanged, for the experiments that ask what a part is good for. */
import { type IdiOptions, type IdizOptions, identity, idi, idinit, idiz, type Scheme, zeros } from "@idinit/core";
import { altered } from "./contender.js";

/** Every kernel at its centre tap, as ZerO and Dirac have it, instead of spread over the taps (IDIC). */
export const channelMaintain: Scheme = altered("channel-maintain", idinit(), (picked) => {
  if (picked.name === "idi") return idi({ ...(picked.params as IdiOptions), taps: "centre" });
  if (picked.name === "idiz") return idiz({ ...(picked.params as IdizOptions), taps: "centre" });
  return picked;
});

/** Without the Loose noise: 0 and 1 only. */
export const notLoose: Scheme = { ...idinit({ loose: 0 }), name: "not-loose" };

/** Wider layers get zeros below the identity instead of another identity. */
export const zeroPadded: Scheme = altered("zero-padded", idinit({ loose: 0 }), (picked) =>
  picked.name === "idi" ? identity() : picked,
);

/** The last weight of each branch, and a residual network's head, exactly 0 instead of IDIZ. */
export const zeroLast: Scheme = altered("zero-last", idinit(), (picked) => (picked.name === "idiz" ? zeros() : picked));
