/** Pieces that operator cases are written with. */
import type { Operand, OperatorCase } from "../operator-model.js";

/** A parameter of these dims, with distinct values of both signs. */
export const p = (...dims: number[]): Operand => ({ dims });
export const positive = (...dims: number[]): Operand => ({ dims, positive: true });
/** A parameter with these values. */
export const values = (dims: readonly number[], ...list: number[]): Operand => ({ dims, values: list });
/** A constant int64 vector. */
export const ints = (...list: number[]): Operand => ({ ints: list });
/** A constant int64 tensor. */
export const indices = (dims: readonly number[], ...list: number[]): Operand => ({ ints: list, dims });
/** A constant float tensor. */
export const floats = (dims: readonly number[], ...list: number[]): Operand => ({ floats: list, dims });
export const scalar = (value: number): Operand => floats([], value);

type Case = Omit<OperatorCase, "op">;

export const of = (op: string, ...cases: Case[]): OperatorCase[] => cases.map((c) => ({ op, ...c }));

export const c = (
  title: string,
  operands: Operand[],
  attributes?: OperatorCase["attributes"],
  more: Partial<Case> = {},
): Case => ({
  title,
  operands,
  ...(attributes && { attributes }),
  ...more,
});

/** The same case for several operators. */
export const each = (ops: readonly string[], make: (op: string) => Case[]): OperatorCase[] =>
  ops.flatMap((op) => of(op, ...make(op)));
