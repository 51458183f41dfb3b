/** What is compared on one network. */
import { type Initializer, SCHEME_NAMES, type Scheme, type SchemeName, type Site } from "@idinit/core";

/** A scheme by its name, or one that no name stands for; records and reports call it by its own. */
export type Contender = SchemeName | Scheme;

/** As it stands in records. */
export function nameOf(contender: Scheme | string): string {
  return typeof contender === "string" ? contender : contender.name;
}

/**
 * A scheme that picks as another does, with some of its initializers exchanged.
 *
 * @example const zeroLast = altered("zero-last", idinit(), (picked) => (picked.name === "idiz" ? zeros() : picked));
 */
export function altered(
  name: string,
  { params, pick }: Scheme,
  change: (picked: Initializer, site: Site) => Initializer,
): Scheme {
  return {
    name,
    params,
    pick(site) {
      const picked = pick(site);
      return picked === "leave" ? picked : change(picked, site);
    },
  };
}

/** Those of `names`, each the network's own contender or the scheme of that name; all of the network's where no names are given. */
export function choose(own: readonly Contender[], names: readonly string[] | undefined): readonly Contender[] {
  if (names === undefined) return own;
  return names.flatMap(
    (name) => own.find((one) => nameOf(one) === name) ?? SCHEME_NAMES.find((known) => known === name) ?? [],
  );
}
