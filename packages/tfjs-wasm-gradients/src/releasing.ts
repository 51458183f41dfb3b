import { engine, type Scalar, type Tensor } from "@tensorflow/tfjs-core";

/** The part of an operation on the engine's tape that is used here. */
interface TapeNode {
  /** The gradient of each input by its name, from those of the outputs; an output that does not count has `null`. */
  gradient?: (dys: (Tensor | null)[]) => Record<string, () => Tensor>;
  readonly saved?: readonly Tensor[];
}

/**
 * A function whose backward pass frees memory as it goes: what an operation saved, and the gradient of its output, are disposed
 * once its own gradient has been computed. TensorFlow.js keeps all of them until the whole pass is over; without them a step takes
 * about half the memory. The values are the same.
 *
 * It works in `tf.variableGrads` and in the `minimize` and `computeGradients` of `tf.train`'s optimizers, on any backend. Within
 * the gradient of a gradient it changes nothing.
 *
 * @param f the loss; runs each time the result is called
 * @example
 * optimizer.minimize(releasing(() => tf.losses.softmaxCrossEntropy(labels, model(x))));
 */
export function releasing<T extends Scalar>(f: () => T): () => T {
  return () => {
    const y = f();
    const { activeTape, gradientDepth } = engine().state as unknown as {
      readonly activeTape?: readonly TapeNode[] | null;
      readonly gradientDepth: number;
    };
    if (activeTape && gradientDepth === 1) release(activeTape);
    return y;
  };
}

function release(tape: readonly TapeNode[]): void {
  /** What the node before has no more use for. It is disposed when the next one begins, as its last gradient is added then. */
  let over: readonly Tensor[] = [];
  const returned = new Set<Tensor>();
  /** Gradients that belong to more than one tensor. */
  const shared = new Set<Tensor>();
  for (const node of tape) {
    const { gradient, saved = [] } = node;
    if (!gradient) continue;
    node.gradient = (dys) => {
      for (const tensor of over) if (!shared.has(tensor)) tensor.dispose();
      over = [...saved, ...dys.filter((dy) => dy !== null)];
      const gradients = Object.entries(gradient(dys)).map(([input, compute]) => {
        const watched = () => {
          const dx = compute();
          if (returned.has(dx) || over.includes(dx)) shared.add(dx);
          returned.add(dx);
          return dx;
        };
        return [input, watched] as const;
      });
      return Object.fromEntries(gradients);
    };
  }
}
