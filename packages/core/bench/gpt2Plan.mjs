// The tensors of a GPT-2 as Hugging Face's GPT2Model names and stores them: its dense kernels are [in, out].

/** Entries for `planList`. */
export function gpt2Plan(layers, width, { vocabulary = 50257, positions = 1024 } = {}) {
  const norm = (name) => [
    { name: `${name}.weight`, shape: [width], role: "norm-scale" },
    { name: `${name}.bias`, shape: [width], role: "norm-shift" },
  ];
  const dense = (name, inputs, outputs, role) => [
    { name: `${name}.weight`, shape: [inputs, outputs], layout: "IO", role },
    { name: `${name}.bias`, shape: [outputs], role: "bias" },
  ];
  const layer = (h) => [
    ...norm(`${h}.ln_1`),
    ...dense(`${h}.attn.c_attn`, width, 3 * width, "query-key-value"),
    ...dense(`${h}.attn.c_proj`, width, width, "attention-output"),
    ...norm(`${h}.ln_2`),
    ...dense(`${h}.mlp.c_fc`, width, 4 * width, "hidden"),
    ...dense(`${h}.mlp.c_proj`, 4 * width, width, "branch-last"),
  ];
  return [
    { name: "wte.weight", shape: [vocabulary, width], role: "embedding" },
    { name: "wpe.weight", shape: [positions, width], role: "position" },
    ...Array.from({ length: layers }, (_, i) => layer(`h.${i}`)).flat(),
    ...norm("ln_f"),
  ];
}
