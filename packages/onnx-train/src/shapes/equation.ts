/** Equations of Einsum: one letter an axis, dots for the broadcast ones. */
import { OnnxTrainError } from "../errors.js";

export interface Equation {
  /** One list of labels an operand; the axes behind dots are called `.0`, `.1`, ..., the last one `.0`. */
  readonly operands: readonly (readonly string[])[];
  readonly result: readonly string[];
}

/** The labels of an equation for operands of these ranks. @throws OnnxTrainError where they do not fit each other. */
export function parseEquation(equation: string, ranks: readonly number[]): Equation {
  const wrong = (why: string): never => {
    throw new OnnxTrainError(`equation "${equation}" ${why}`);
  };
  const [left = "", right] = equation.replaceAll(/\s/g, "").split("->");
  const terms = left.split(",");
  if (terms.length !== ranks.length) wrong(`has ${terms.length} operands, the node ${ranks.length}`);
  let broadcast = 0;
  const dots = (count: number) => Array.from({ length: count }, (_, i) => `.${count - 1 - i}`);
  const labels = (term: string, rank: number | undefined) => {
    const [before = "", after] = term.split("...");
    const letters = [...before, ...(after ?? "")];
    if (letters.some((letter) => !/[A-Za-z]/.test(letter))) wrong(`has other signs than letters in "${term}"`);
    if (after === undefined) return rank === undefined || rank === letters.length ? letters : undefined;
    const count = rank === undefined ? broadcast : rank - letters.length;
    broadcast = Math.max(broadcast, count);
    return count < 0 ? undefined : [...before, ...dots(count), ...after];
  };
  const operands = terms.map(
    (term, i) => labels(term, ranks[i]!) ?? wrong(`wants other ranks than [${ranks.join(", ")}]`),
  );
  const all = operands.flat();
  const once = [...new Set(all)].filter((label) => all.indexOf(label) === all.lastIndexOf(label));
  const implicit = () => [...dots(broadcast), ...once.filter((label) => !label.startsWith(".")).sort()];
  const result = right === undefined ? implicit() : labels(right, undefined)!;
  const strange = result.find((label) => !all.includes(label));
  if (strange) wrong(`has "${strange}" in its result alone`);
  return { operands, result };
}
