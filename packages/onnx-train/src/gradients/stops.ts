/** Operators whose result does not change with small changes of the input, or is no float: gradients end here. */
export const stopsGradient: ReadonlySet<string> = new Set([
  ...["Shape", "Size", "Constant", "ConstantOfShape", "Range", "NonZero", "ArgMax", "ArgMin", "OneHot", "EyeLike"],
  ...["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "Not", "And", "Or", "Xor", "IsNaN", "IsInf"],
  ...["Sign", "Floor", "Ceil", "Round", "Hardmax", "BitShift", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseNot"],
  // Drawn anew at every run; of the like of a value they take no more than its shape, of probabilities a choice.
  ...["RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial"],
]);
