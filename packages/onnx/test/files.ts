import { readFileSync } from "node:fs";

export const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)));
export const text = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");
