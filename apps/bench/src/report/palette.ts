/** One colour for each scheme in every picture; apart from each other for colour-blind eyes, readable on white and on black. */
const COLOURS: Readonly<Record<string, string>> = {
  idinit: "#2b83d6",
  kaiming: "#d95f02",
  xavier: "#12996f",
  orthogonal: "#c765a0",
  pytorch: "#8c8c8c",
  "zero-gamma": "#d3a11a",
  zero: "#7d62c9",
  keras: "#9c6b3c",
  fixup: "#b8336a",
  skipinit: "#5a8f29",
  rezero: "#4a5fc1",
  "not-loose": "#12996f",
  "zero-padded": "#d95f02",
  "zero-last": "#d95f02",
  "channel-maintain": "#7d62c9",
  "xavier-zero": "#12996f",
  "hadamard-zero": "#7d62c9",
  none: "#8c8c8c",
  loose: "#9c6b3c",
  idic: "#c765a0",
  idiz: "#12996f",
  "loose+idic": "#d3a11a",
  "loose+idiz": "#7d62c9",
  "idic+idiz": "#d95f02",
  gd: "#d95f02",
  sgd: "#12996f",
  "sgd-momentum": "#2b83d6",
};

/** Schemes in the order of legends. */
export function orderSchemes(schemes: Iterable<string>): string[] {
  const known = Object.keys(COLOURS);
  const rank = (scheme: string) => (known.indexOf(scheme) + known.length + 1) % (known.length + 1);
  return [...new Set(schemes)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** The colour of a scheme; one that this list lacks is grey. */
export function colourOf(scheme: string): string {
  return COLOURS[scheme] ?? "#666666";
}
