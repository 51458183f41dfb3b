// `npm start`: set up, then the bench's quick preset on the embedded data (arguments are passed on).
import { run, setup } from "./setup.mjs";

setup();
const passed = process.argv.slice(2);
run(process.execPath, ["apps/bench/dist/cli.js", ...(passed.length > 0 ? passed : ["run", "--preset", "quick"])]);
