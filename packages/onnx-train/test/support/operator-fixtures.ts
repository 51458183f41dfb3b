/** PyTorch's gradients of single operators, made by fixtures/make_operators.py. */
import { readFileSync } from "node:fs";
import type { OperatorCase } from "./operator-model.js";

export interface OperatorFixture extends OperatorCase {
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

const path = new URL("../../fixtures/operators.json", import.meta.url);

/** `null` stands for an operand that is left out. */
export const operatorFixtures: readonly OperatorFixture[] = (
  JSON.parse(readFileSync(path, "utf8")) as OperatorFixture[]
).map((fixture) => ({ ...fixture, operands: fixture.operands.map((operand) => operand ?? undefined) }));
