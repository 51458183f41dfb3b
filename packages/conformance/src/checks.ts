/** The suite as plain functions, so that it can itself be tested. */
import type { Adapter } from "@idinit/core/graph";
import type { ConformanceCase } from "./case.js";
import { branchesAreClosed } from "./checks/closed.js";
import { namesDoNotMatter, rolesAreInferred } from "./checks/roles.js";
import { roundTrip, writesAllOrNothing, writesOnlyWhatIsGiven } from "./checks/roundTrip.js";
import { layoutIsAPermutation, seedDecides, weightsEqualCore } from "./checks/weights.js";

/** One property; `run` throws where the adapter does not have it. */
export interface Check {
  readonly name: string;
  run(): Promise<void>;
}

/** Everything the suite asks of an adapter about one case. */
export function checks<Model, Written extends Model>(
  adapter: Adapter<Model, Written>,
  one: ConformanceCase<Model>,
): readonly Check[] {
  const all: Check[] = [
    { name: "reads back what it wrote, bit for bit", run: () => roundTrip(adapter, one) },
    { name: "writes only what it is given", run: () => writesOnlyWhatIsGiven(adapter, one) },
    { name: "writes nothing when one name or length is wrong", run: () => writesAllOrNothing(adapter, one) },
    { name: "gives each parameter its role", run: () => rolesAreInferred(adapter, one) },
    { name: "infers nothing from names", run: () => namesDoNotMatter(adapter, one) },
    { name: "holds exactly core's weights after initialization", run: () => weightsEqualCore(adapter, one) },
    { name: "stores each kernel as a permutation of the canonical one", run: () => layoutIsAPermutation(adapter, one) },
    { name: "repeats a seed's weights and changes them with the seed", run: () => seedDecides(adapter, one) },
  ];
  if (one.forward !== undefined) {
    all.push({ name: "starts with closed residual branches", run: () => branchesAreClosed(adapter, one) });
  }
  return all;
}
