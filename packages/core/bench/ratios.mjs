// What the numbers are to show. Each ratio has its bound; one whose peer is not installed is left out.

const faster = (name, own, peer, atLeast) => ({ name, value: peer / own, wanted: { atLeast } });
const slower = (name, own, peer, atMost) => ({ name, value: own / peer, wanted: { atMost } });

/**
 * Ratios of speeds (`atLeast`) or times (`atMost`), and whether each is met. `floor` is what one bare store a row costs, with no
 * library between (and, for the model, with the draws of its embeddings): no initializer can be below it.
 */
export function ratios(own, { pytorch = {}, tfjs = {} }, [small, large]) {
  const floor = own["allocate, one store a row"] / own.allocate;
  const modelFloor = own["model, draws and one store a row"] / own["model, allocate and fill"];
  return [
    faster("speed of idi into a warm array / fill(0)", own["idi, warm"], own["fill(0)"], 0.9),
    faster("speed of idiz into a warm array / fill(0)", own["idiz, warm"], own["fill(0)"], 0.9),
    { ...slower("time of idi / allocating", own["idi, fresh"], own.allocate, 1.2), floor },
    { ...slower("time of idiz / allocating", own["idiz, fresh"], own.allocate, 1.2), floor },
    faster("speed of normal / PyTorch", own.normal, pytorch.normal, 1),
    faster("speed of uniform / PyTorch", own.uniform, pytorch.uniform, 1),
    faster("speed of truncatedNormal / PyTorch", own.truncatedNormal, pytorch.truncatedNormal, 1),
    faster("speed of plain normal / PyTorch", own["normal, plain JavaScript"], pytorch.normal, 0.25),
    faster("speed of plain uniform / PyTorch", own["uniform, plain JavaScript"], pytorch.uniform, 0.25),
    slower(`time of orthogonal ${large} / PyTorch`, own[`orthogonal ${large}`], pytorch[`orthogonal ${large}`], 3),
    faster(`speed of orthogonal ${small} / tfjs`, own[`orthogonal ${small}`], tfjs[`orthogonal ${small}`], 200),
    {
      ...slower("time of BERT-Base with idinit / filling", own["model, idinit"], own["model, allocate and fill"], 1.2),
      floor: modelFloor,
    },
    faster("speed of BERT-Base with normal / PyTorch", own["model, normal"], pytorch["model, normal"], 1),
  ]
    .filter(({ value }) => Number.isFinite(value))
    .map((ratio) => ({
      ...ratio,
      met:
        ratio.value >= (ratio.wanted.atLeast ?? 0) && ratio.value <= (ratio.wanted.atMost ?? Number.POSITIVE_INFINITY),
    }));
}
