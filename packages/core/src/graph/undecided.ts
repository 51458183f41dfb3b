/** What stands in for a guess: an error that names the parameter, what it could be and how to say which. */
import { IdinitError } from "../errors.js";
import type { Role } from "./site.js";

/** Roles given by hand, by parameter name. */
export type RoleOverrides = Readonly<Record<string, Role>>;

/** @throws {IdinitError} always: `what`, then the override that decides it. */
export function undecided(what: string, suggestion: RoleOverrides): never {
  throw new IdinitError(`roles: ${what}; pass roles: ${JSON.stringify(suggestion)}`);
}
