/** The pictures in docs/pictures are what the initializers make; `npm run docs:pictures` draws them anew. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { drawPicture, PICTURE_NAMES } from "../drawing/pictures.js";

const folder = fileURLToPath(new URL("../pictures", import.meta.url));

test.each(PICTURE_NAMES)("%s is as it would be drawn now, and small", async (name) => {
  const svg = drawPicture(name);
  expect(Buffer.byteLength(svg)).toBeLessThan(10_000);
  await expect(svg).toMatchFileSnapshot(`${folder}/${name}.svg`);
});

test("all are shown, and no other is left", () => {
  const page = readFileSync(`${folder}/../initializers.md`, "utf8");
  const shown = [...page.matchAll(/!\[[^\]]+\]\(pictures\/([\w-]+)\.svg\)/g)].map(([, name]) => name);
  expect(shown.toSorted()).toEqual(PICTURE_NAMES.toSorted());
  expect(readdirSync(folder).toSorted()).toEqual(PICTURE_NAMES.map((name) => `${name}.svg`).toSorted());
});
