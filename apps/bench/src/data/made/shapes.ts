/** Coloured pictures of shapes: the embedded stand-in for CIFAR-10. */
import type { Dataset, ImageExamples } from "../dataset.js";
import { createRandom, type Random } from "../random.js";

/** Whether a point is in the shape that fills the square from −1 to 1. */
const SHAPES: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  disc: (x, y) => x * x + y * y < 0.9,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.82,
  triangle: (x, y) => y < 0.8 && y > -0.95 && Math.abs(x) < (y + 0.95) * 0.57,
  cross: (x, y) => Math.min(Math.abs(x), Math.abs(y)) < 0.33 && Math.max(Math.abs(x), Math.abs(y)) < 0.98,
  ring: (x, y) => x * x + y * y < 1 && x * x + y * y > 0.3,
};
const FILLS = ["plain", "striped"] as const;

/**
 * Five shapes, plain or striped: ten classes. Place, size, tilt, colours, a slanted background, two blobs that belong to no
 * class and noise are random. Each class leans towards one colour, so that a linear model learns something (about half),
 * and only a model that sees shapes learns the rest.
 *
 * @param side Height and width in pixels.
 * @param seed A whole number; equal seeds give equal bytes.
 */
export function shapes({ train = 2000, test = 500, side = 16, seed = 0 } = {}): Dataset {
  return {
    name: "shapes",
    origin: `embedded: ${side}×${side} pictures of shapes, made by a seeded generator`,
    classes: Object.keys(SHAPES).flatMap((shape) => FILLS.map((fill) => `${fill} ${shape}`)),
    train: paint(train, side, createRandom(seed, "shapes.train")),
    test: paint(test, side, createRandom(seed, "shapes.test")),
  };
}

function paint(count: number, side: number, random: Random): ImageExamples {
  const values = new Uint8Array(count * 3 * side * side);
  const labels = Uint8Array.from({ length: count }, (_, index) => index % 10);
  for (let index = 0; index < count; index++) {
    paintOne(values.subarray(index * 3 * side * side, (index + 1) * 3 * side * side), labels[index]!, side, random);
  }
  return { kind: "image", shape: [3, side, side], values, labels };
}

function paintOne(pixels: Uint8Array, label: number, side: number, random: Random): void {
  const inside = Object.values(SHAPES)[label >> 1]!;
  const striped = label % 2 === 1;
  const radius = side * random.uniform(0.32, 0.42);
  const [centreX, centreY] = [random.uniform(0.38, 0.62) * side, random.uniform(0.38, 0.62) * side];
  const angle = random.normal() * 0.2;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  // The class's own hue, blurred so much that it tells only part of the truth.
  const shape = colour(label / 10 + random.normal() * 0.14, random.uniform(0.55, 1));
  const ground = colour(random.uniform(), random.uniform(0.1, 0.55));
  const second = shape.map((value) => value * 0.35);
  const slope = [random.normal() * 2, random.normal() * 2] as const;
  const phase = random.uniform(0, 4);
  const blobs = [0, 1].map(() => ({
    x: random.uniform(0, side),
    y: random.uniform(0, side),
    reach: (side * random.uniform(0.05, 0.1)) ** 2,
    colour: colour(random.uniform(), random.uniform(0.4, 1)),
  }));
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [dx, dy] = [(x + 0.5 - centreX) / radius, (y + 0.5 - centreY) / radius];
      const [u, v] = [dx * cos + dy * sin, dy * cos - dx * sin];
      // Stripes are two pixels wide, whatever the shape's size.
      const dark = striped && (((v * radius + phase) % 4) + 4) % 4 < 2;
      const blob = blobs.find((one) => (x - one.x) ** 2 + (y - one.y) ** 2 < one.reach);
      const paintHere = blob ? blob.colour : inside(u, v) ? (dark ? second : shape) : ground;
      const light = slope[0] * (x - side / 2) + slope[1] * (y - side / 2);
      for (let channel = 0; channel < 3; channel++) {
        const value = paintHere[channel]! + light + random.normal() * 9;
        pixels[(channel * side + y) * side + x] = Math.max(0, Math.min(255, Math.round(value)));
      }
    }
  }
}

/** Red, green, blue in 0..255 of a hue (1 is a whole turn) at a brightness in 0..1. */
function colour(hue: number, brightness: number): number[] {
  return [0, 1, 2].map((channel) => {
    const turn = (((hue + channel / 3) % 1) + 1) % 1;
    return 255 * brightness * (0.25 + 0.75 * Math.max(0, Math.min(1, Math.abs(turn * 6 - 3) - 1)));
  });
}
