#!/usr/bin/env node
/** The program: bad input ends with one line and exit code 1. */
import { IdinitError } from "@idinit/core";
import { createProgram } from "./commands/program.js";

try {
  await createProgram().parseAsync();
} catch (error) {
  if (!(error instanceof IdinitError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
