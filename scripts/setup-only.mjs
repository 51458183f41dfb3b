// Sets up and does nothing else.
import { setup } from "./setup.mjs";

setup();
