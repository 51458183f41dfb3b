/** Grey drawings of ten signs: the embedded stand-in for MNIST. */
import type { Dataset, ImageExamples } from "../dataset.js";
import { createRandom, type Random } from "../random.js";

type Point = readonly [x: number, y: number];
type Stroke = readonly Point[];

const SIDE = 28;

/** Strokes in the unit square, y downwards. */
const SIGNS: Readonly<Record<string, readonly Stroke[]>> = {
  ring: [arc(0.5, 0.5, 0.38, 0, 360)],
  bar: [
    [
      [0.5, 0.08],
      [0.5, 0.92],
    ],
  ],
  cross: [
    [
      [0.5, 0.1],
      [0.5, 0.9],
    ],
    [
      [0.1, 0.5],
      [0.9, 0.5],
    ],
  ],
  corner: [
    [
      [0.2, 0.1],
      [0.2, 0.88],
      [0.85, 0.88],
    ],
  ],
  wave: [[...arc(0.5, 0.3, 0.2, 0, -180), ...arc(0.5, 0.3, 0.2, 180, 90), ...arc(0.5, 0.7, 0.2, -90, 180)]],
  roof: [
    [
      [0.1, 0.85],
      [0.5, 0.12],
      [0.9, 0.85],
    ],
  ],
  gate: [
    [
      [0.15, 0.9],
      [0.15, 0.12],
      [0.85, 0.12],
      [0.85, 0.9],
    ],
  ],
  fork: [
    [
      [0.15, 0.1],
      [0.5, 0.5],
      [0.85, 0.1],
    ],
    [
      [0.5, 0.5],
      [0.5, 0.92],
    ],
  ],
  bolt: [
    [
      [0.15, 0.12],
      [0.85, 0.12],
      [0.15, 0.88],
      [0.85, 0.88],
    ],
  ],
  hook: [[[0.65, 0.08], [0.65, 0.65], ...arc(0.42, 0.65, 0.23, 0, 180)]],
};

/**
 * Ten signs, each turned (standard deviation 13°), sheared, scaled, shifted and drawn with a pen of random width and
 * blackness, its corners displaced, with a stray line across and noise over it. Labels are balanced.
 *
 * @param seed A whole number; equal seeds give equal bytes.
 */
export function glyphs({ train = 4000, test = 1000, seed = 0 } = {}): Dataset {
  return {
    name: "glyphs",
    origin: "embedded: drawings of ten signs, made by a seeded generator",
    classes: Object.keys(SIGNS),
    train: draw(train, createRandom(seed, "glyphs.train")),
    test: draw(test, createRandom(seed, "glyphs.test")),
  };
}

function draw(count: number, random: Random): ImageExamples {
  const signs = Object.values(SIGNS);
  const values = new Uint8Array(count * SIDE * SIDE);
  const labels = Uint8Array.from({ length: count }, (_, index) => index % signs.length);
  for (let index = 0; index < count; index++) {
    drawOne(values.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE), signs[labels[index]!]!, random);
  }
  return { kind: "image", shape: [1, SIDE, SIDE], values, labels };
}

function drawOne(pixels: Uint8Array, strokes: readonly Stroke[], random: Random): void {
  const angle = random.normal() * 0.22;
  const shear = random.normal() * 0.15;
  const [wide, high] = [random.uniform(12, 19), random.uniform(13, 20)];
  const [left, top] = [random.uniform(11, 17), random.uniform(11, 17)];
  const place = ([x, y]: Point): Point => {
    const u = (x - 0.5) * wide + shear * (y - 0.5) * high + random.normal() * 0.45;
    const v = (y - 0.5) * high + random.normal() * 0.45;
    return [left + u * Math.cos(angle) - v * Math.sin(angle), top + u * Math.sin(angle) + v * Math.cos(angle)];
  };
  const [pen, ink, strayInk] = [random.uniform(0.7, 1.5), random.uniform(150, 255), random.uniform(0, 140)];
  const stray: Stroke = [
    [random.uniform(0, SIDE), random.uniform(0, SIDE)],
    [random.uniform(0, SIDE), random.uniform(0, SIDE)],
  ];
  const picture = new Float64Array(SIDE * SIDE);
  for (const stroke of strokes) drawStroke(picture, stroke.map(place), pen, ink);
  drawStroke(picture, stray, 0.6, strayInk);
  picture.forEach((value, at) => {
    pixels[at] = Math.max(0, Math.min(255, Math.round(value + random.normal() * 22)));
  });
}

/** Full ink within the pen's radius, none one pixel farther out; where strokes cross, the darker one counts. */
function drawStroke(picture: Float64Array, stroke: Stroke, pen: number, ink: number): void {
  const reach = pen + 1;
  for (let i = 1; i < stroke.length; i++) {
    const [ax, ay] = stroke[i - 1]!;
    const [bx, by] = stroke[i]!;
    const [dx, dy] = [bx - ax, by - ay];
    const squared = dx * dx + dy * dy || 1;
    const [left, right] = [
      Math.max(0, Math.ceil(Math.min(ax, bx) - reach)),
      Math.min(SIDE - 1, Math.max(ax, bx) + reach),
    ];
    const [top, bottom] = [
      Math.max(0, Math.ceil(Math.min(ay, by) - reach)),
      Math.min(SIDE - 1, Math.max(ay, by) + reach),
    ];
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / squared));
        const apart = Math.sqrt((x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2);
        const at = y * SIDE + x;
        picture[at] = Math.max(picture[at]!, ink * Math.max(0, Math.min(1, reach - apart)));
      }
    }
  }
}

/** Points on a circle, angles in degrees, clockwise from the right. */
function arc(x: number, y: number, radius: number, from: number, to: number): Stroke {
  const pieces = 8;
  return Array.from({ length: pieces + 1 }, (_, i): Point => {
    const angle = ((from + ((to - from) * i) / pieces) * Math.PI) / 180;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
}
