/** DeepNet's α: a constant factor on the skip path of each residual branch. */
import { lackingBranches, nodeNamed, type Step } from "./step.js";

/** x + F(x) becomes αx + F(x). α is a constant, which nothing trains; a wrong factor that is there is made up for. */
export const skipFactors: Step = (lack) => {
  const { edit, missing, translation } = lack;
  for (const [i, { place, stem }] of lackingBranches(lack).entries()) {
    const join = edit.maker(nodeNamed(translation, place.join).outputs[0]!);
    const alpha = edit.constant(`${stem}/alpha`, missing.factors![i]! / (place.skipFactor ?? 1));
    edit.insertBefore([join], place.skip, `${stem}/skip`, (x) => ({ opType: "Mul", inputs: [x, alpha] }));
  }
};
