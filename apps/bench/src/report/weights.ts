/** Pictures of weights before and after training. */
import type { WeightsRecord } from "../records.js";
import { short } from "./format.js";
import { html, type Markup } from "./markup.js";
import { matrixPicture } from "./png.js";
import { type Group, mainEngine } from "./summarize.js";

/** Screen pixels an entry. */
const PIXELS = 2;

/** One row a scheme, for each kernel that was sampled the picture before and after; nothing where none was. */
export function weightPictures(group: Group): Markup {
  const engine = mainEngine(group);
  const sampled = group.rows.flatMap(({ scheme, runs, ...row }) => {
    if (row.engine !== engine) return [];
    const weights = runs.find((run) => run.weights.length > 0)?.weights;
    return weights ? [{ scheme, weights }] : [];
  });
  const names = [...new Set(sampled.flatMap(({ weights }) => weights.map(({ name }) => name)))];
  if (names.length === 0) return html``;
  return html`<details open><summary>Weights before and after training</summary>
<div class="scroll"><table class="weights">
<thead><tr><th></th>${names.map((name) => html`<th colspan="2"><code>${name}</code></th>`)}</tr>
<tr><th></th>${names.map(() => html`<th>before</th><th>after</th>`)}</tr></thead>
<tbody>${sampled.map(
    ({ scheme, weights }) =>
      html`<tr><th>${scheme}</th>${names.flatMap((name) =>
        (["before", "after"] as const).map((when) =>
          cell(weights.find((one) => one.name === name && one.when === when)),
        ),
      )}</tr>`,
  )}</tbody></table></div>
<p class="note">Upper left corner of the matrix [out, in · taps], at most 48 × 48; blue is negative, red positive, full colour
at the largest entry shown. “Near 0” counts the entries of the whole kernel below 1e-5.</p></details>`;
}

function cell(record: WeightsRecord | undefined): Markup {
  if (!record) return html`<td>–</td>`;
  const { sample, std, nearZero, shape } = record;
  const limit = sample.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const title = `${record.name} [${shape.join(", ")}] ${record.when}`;
  return html`<td><img alt="${title}" title="${title}" width="${PIXELS * sample.columns}" height="${PIXELS * sample.rows}"
src="${matrixPicture(sample.values, sample.columns, limit)}">
<div class="facts">max ${short(limit)} · std ${short(std)}<br>near 0: ${(100 * nearZero).toFixed(1)} %</div></td>`;
}
