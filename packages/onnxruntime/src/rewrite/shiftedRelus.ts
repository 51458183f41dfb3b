/** ISONet's shifted ReLUs. */
import { IdinitError } from "@idinit/core";
import { nodeNamed, type Step } from "./step.js";

/** relu(x) becomes relu(x − b) + b = max(x, b), with one b per channel. */
export const shiftedRelus: Step = ({ edit, missing, translation }) => {
  const initial = "initial" in missing.requirement ? missing.requirement.initial : 0;
  for (const name of missing.nodes ?? []) {
    const { inputs, outputs } = nodeNamed(translation, name);
    const [x, value] = [inputs[0]!, outputs[0]!];
    const known = translation.value(x);
    const channels = known?.kind === "data" ? known.channels : undefined;
    const axis = channels?.findIndex((tag) => tag?.stride === 1) ?? -1;
    if (channels === undefined || axis < 0) {
      throw new IdinitError(
        `onnx: rewrite needs to know how many channels node ${JSON.stringify(name)} has to give it a shift for each; ` +
          "export the model with fixed shapes",
      );
    }
    const dims = [channels[axis]!.size, ...channels.slice(axis + 1).map(() => 1)];
    const shift = edit.parameter(`${value}.shift`, dims, initial);
    edit.insertBehind(value, (relu) => ({ opType: "Add", inputs: [relu, shift] }));
    edit.insertBefore(edit.readersTowards(value, x), x, `${value}/shifted`, (from) => ({
      opType: "Sub",
      inputs: [from, shift],
    }));
  }
};
