/** A factor at the end of each residual branch. */
import { lackingBranches, nodeNamed, type Step } from "./step.js";

/**
 * Multiplies what a branch brings to its sum by a parameter of one element: x + F(x) becomes x + α·F(x). α starts at what the
 * requirement says, 1 where it says nothing; the scheme then sets it.
 */
export const branchScalars: Step = (lack) => {
  const { edit, missing, translation } = lack;
  const initial = "initial" in missing.requirement ? missing.requirement.initial : 1;
  for (const { place, stem, end } of lackingBranches(lack)) {
    const join = edit.maker(nodeNamed(translation, place.join).outputs[0]!);
    const factor = edit.parameter(`${stem}.multiplier`, [1], initial);
    edit.insertBefore([join], end, `${stem}/multiplied`, (x) => ({ opType: "Mul", inputs: [x, factor] }));
  }
};
