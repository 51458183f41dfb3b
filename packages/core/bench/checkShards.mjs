// Reads sharded safetensors as the published format says, and with Python's reader where there is one.
import { spawnSync } from "node:child_process";
import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";

const WIDTH = { F32: 4, F16: 2, BF16: 2 };

function must(truth, what) {
  if (!truth) throw new Error(`the files are not as the format has them: ${what}`);
}

/** The header of one file, every rule of the format checked; only the header is read. */
function headerOf(path) {
  const file = openSync(path, "r");
  try {
    const preamble = Buffer.alloc(8);
    readSync(file, preamble, 0, 8, 0);
    const length = Number(preamble.readBigUInt64LE());
    must(length <= 100e6 && length % 8 === 0, `${path}: header of ${length} bytes`);
    const text = Buffer.alloc(length);
    readSync(file, text, 0, length, 8);
    must(text[0] === 0x7b, `${path}: header does not begin with {`);
    const { __metadata__: _, ...tensors } = JSON.parse(text.toString("utf8"));
    let end = 0;
    for (const [name, { dtype, shape, data_offsets }] of Object.entries(tensors)) {
      must(data_offsets[0] === end, `${path}: a hole before ${name}`);
      end = data_offsets[1];
      const bytes = shape.reduce((product, side) => product * side, WIDTH[dtype]);
      must(end - data_offsets[0] === bytes, `${path}: size of ${name}`);
    }
    must(fstatSync(file).size === 8 + length + end, `${path}: size of the file`);
    return tensors;
  } finally {
    closeSync(file);
  }
}

const READER = `
import sys, safetensors
for path in sys.argv[1:]:
    with safetensors.safe_open(path, framework="np") as file:
        print(len(file.keys()))
`;

/** Checks all files against each other and the plan; tells who has read them. */
export function checkShards(folder, files, plan) {
  const shards = files.filter((name) => name.endsWith(".safetensors"));
  const headers = shards.map((name) => headerOf(join(folder, name)));
  const names = headers.flatMap((tensors) => Object.keys(tensors));
  must(names.length === plan.length && new Set(names).size === plan.length, "the number of tensors");
  for (const { name, shape } of plan) {
    const found = headers.find((tensors) => Object.hasOwn(tensors, name))?.[name];
    must(JSON.stringify(found?.shape) === JSON.stringify(shape), `shape of ${name}`);
  }
  const index = files.find((name) => name.endsWith(".index.json"));
  if (index !== undefined) {
    const { metadata, weight_map: map } = JSON.parse(readFileSync(join(folder, index), "utf8"));
    headers.forEach((tensors, i) => {
      for (const name of Object.keys(tensors)) must(map[name] === shards[i], `the index's file of ${name}`);
    });
    const total = headers.flatMap(Object.values).reduce((sum, { data_offsets: [from, to] }) => sum + to - from, 0);
    must(metadata.total_size === total && Object.keys(map).length === names.length, "the index's totals");
  }
  const paths = shards.map((name) => join(folder, name));
  for (const python of ["python3", "/usr/bin/python3"]) {
    if (spawnSync(python, ["-c", "import safetensors, numpy"], { stdio: "ignore" }).status !== 0) continue;
    const { status, stdout } = spawnSync(python, ["-c", READER, ...paths], { encoding: "utf8" });
    const counts = headers.map((tensors) => Object.keys(tensors).length);
    must(status === 0 && stdout.trim() === counts.join("\n"), "Python's reader");
    return "the published format, Python's safetensors";
  }
  return "the published format (Python has no safetensors here)";
}
