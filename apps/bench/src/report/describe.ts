/** A configuration in one line. */
import type { Json } from "@idinit/core";

/** `"architecture mlp-5x512-relu · epochs 3 · optimizer sgd (momentum 0.9, weight decay 0.0005) · no augment"`. */
export function describe(config: { readonly [key: string]: Json }): string {
  return Object.entries(config)
    .map(([name, value]) => item(words(name), value))
    .join(" · ");
}

function item(name: string, value: Json): string {
  if (typeof value === "boolean") return value ? name : `no ${name}`;
  if (value === null || typeof value !== "object") return `${name} ${value}`;
  if (Array.isArray(value)) return `${name} ${value.join(", ")}`;
  const { kind = "", ...rest } = value as { readonly [key: string]: Json };
  const inner = Object.entries(rest).map(([key, held]) => item(words(key), held));
  return `${name} ${kind} (${inner.join(", ")})`;
}

/** `"weightDecay"` as `"weight decay"`. */
function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
