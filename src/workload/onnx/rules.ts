/** Which rule reads which operator type. */
import type { Rule } from "./node.ts"
import { attention, rotaryEmbedding } from "./rules/attention.ts"
import {
  quantisedBroadcast,
  quantisedGlobalAveragePool,
  skipLayerNormalization,
  skipRmsNormalization,
} from "./rules/contributed.ts"
import { ifElse, loop, scan } from "./rules/control-flow.ts"
import { conv, convInteger, convTranspose, deformConv, qLinearConv } from "./rules/convolution.ts"
import { einsum } from "./rules/einsum.ts"
import { broadcasting, cast, passThrough, softmax, unary, where } from "./rules/elementwise.ts"
import {
  constant,
  constantOfShape,
  likeInput,
  randomOfShape,
  range,
  shape,
  size,
} from "./rules/generated-values.ts"
import {
  argMax,
  gather,
  gatherElements,
  gatherNd,
  gridSample,
  nonZero,
  oneHot,
  roiAlign,
  scatter,
  topK,
} from "./rules/indexing.ts"
import { gemm, matMul, matMulInteger, qLinearMatMul } from "./rules/matrix-product.ts"
import {
  batchNormalization,
  instanceNormalization,
  layerNormalization,
  plainNormalization,
  rmsNormalization,
} from "./rules/normalisation.ts"
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from "./rules/pooling.ts"
import { dequantizeLinear, dynamicQuantizeLinear, quantizeLinear } from "./rules/quantisation.ts"
import {
  concat,
  depthToSpace,
  expand,
  flatten,
  pad,
  reshape,
  slice,
  spaceToDepth,
  split,
  squeeze,
  tile,
  transpose,
  unsqueeze,
} from "./rules/rearrangement.ts"
import { gru, lstm, rnn } from "./rules/recurrent.ts"
import { reduce } from "./rules/reduction.ts"
import { resize } from "./rules/resizing.ts"

/** One rule for several operator types, separated by spaces. */
const all = (rule: Rule, opTypes: string): Readonly<Record<string, Rule>> =>
  Object.fromEntries(opTypes.split(" ").map((opType) => [opType, rule]))

/** Operators that multiply: leaving one out would change the result, so an unknown input shape is an error. */
const multiplying: Readonly<Record<string, Rule>> = {
  Conv: conv,
  QLinearConv: qLinearConv,
  ConvInteger: convInteger,
  ConvTranspose: convTranspose,
  DeformConv: deformConv,
  Gemm: gemm,
  MatMul: matMul,
  QLinearMatMul: qLinearMatMul,
  MatMulInteger: matMulInteger,
  LSTM: lstm,
  GRU: gru,
  RNN: rnn,
  Einsum: einsum,
  Attention: attention,
}

/** Bodies are read in place. Their own nodes decide whether anything is missing. */
const controlFlow: Readonly<Record<string, Rule>> = { If: ifElse, Loop: loop, Scan: scan }

const others: Readonly<Record<string, Rule>> = {
  ...all(unary("relu"), "Relu LeakyRelu ThresholdedRelu"),
  // Bounds arrive as inputs since version 11; they are scalars.
  Clip: unary("relu"),
  Gelu: unary("gelu"),
  ...all(unary("silu"), "Swish Mish"),
  ...all(unary("sigmoid"), "Sigmoid HardSigmoid"),
  HardSwish: unary("hardswish"),
  ...all(unary("other"), "Tanh Erf Softplus Softsign Elu Selu Celu Shrink Sqrt Exp Log Abs Neg Reciprocal"),
  ...all(unary("other"), "Sign Not BitwiseNot Floor Ceil Round Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh"),
  ...all(unary("other"), "Acosh Atanh IsNaN IsInf CumSum"),
  ...all(broadcasting("add"), "Add Sub Sum"),
  ...all(broadcasting("mul"), "Mul Div"),
  PRelu: broadcasting("relu"),
  ...all(broadcasting("other"), "Pow Min Max Mean Mod And Or Xor Equal BitShift Less LessOrEqual Greater"),
  ...all(broadcasting("other"), "GreaterOrEqual BitwiseAnd BitwiseOr BitwiseXor"),
  Where: where,
  Cast: cast,
  ...all(passThrough, "Identity Dropout CastLike"),
  ...all(softmax, "Softmax LogSoftmax Hardmax"),

  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  ...all(layerNormalization, "LayerNormalization GroupNormalization"),
  // ONNX Runtime writes its own name for it into the standard domain.
  ...all(rmsNormalization, "RMSNormalization SimplifiedLayerNormalization"),
  ...all(plainNormalization, "LRN LpNormalization MeanVarianceNormalization"),
  RotaryEmbedding: rotaryEmbedding,

  MaxPool: maxPool,
  ...all(averagePool, "AveragePool LpPool"),
  GlobalMaxPool: globalMaxPool,
  ...all(globalAveragePool, "GlobalAveragePool GlobalLpPool"),

  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  DynamicQuantizeLinear: dynamicQuantizeLinear,

  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Expand: expand,
  Tile: tile,
  Pad: pad,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  ...all(resize, "Resize Upsample"),

  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  ...all(scatter, "ScatterND ScatterElements Scatter TensorScatter"),
  ...all(argMax, "ArgMax ArgMin"),
  TopK: topK,
  OneHot: oneHot,
  NonZero: nonZero,
  GridSample: gridSample,
  RoiAlign: roiAlign,
  ...all(reduce, "ReduceSum ReduceMean ReduceProd ReduceMax ReduceMin ReduceL1 ReduceL2"),
  ...all(reduce, "ReduceLogSum ReduceLogSumExp ReduceSumSquare"),

  Constant: constant,
  Shape: shape,
  Size: size,
  ConstantOfShape: constantOfShape,
  Range: range,
  ...all(randomOfShape, "RandomNormal RandomUniform"),
  ...all(likeInput, "RandomNormalLike RandomUniformLike EyeLike Trilu Bernoulli ReverseSequence"),
}

/** Domain com.microsoft. */
const contributedMultiplying: Readonly<Record<string, Rule>> = { FusedConv: conv, FusedGemm: gemm }
const contributed: Readonly<Record<string, Rule>> = {
  ...all(unary("gelu"), "Gelu FastGelu BiasGelu QuickGelu"),
  QLinearAdd: quantisedBroadcast("add"),
  QLinearMul: quantisedBroadcast("mul"),
  QLinearSigmoid: unary("sigmoid"),
  QLinearLeakyRelu: unary("relu"),
  QLinearGlobalAveragePool: quantisedGlobalAveragePool,
  SkipLayerNormalization: skipLayerNormalization,
  SkipSimplifiedLayerNormalization: skipRmsNormalization,
}

export interface RuleEntry {
  readonly rule: Rule
  readonly kind: "multiplies" | "controls" | "other"
}

const ofKind = (kind: RuleEntry["kind"], rules: Readonly<Record<string, Rule>>) =>
  Object.entries(rules).map(([opType, rule]): readonly [string, RuleEntry] => [opType, { rule, kind }])

const standard: ReadonlyMap<string, RuleEntry> = new Map([
  ...ofKind("other", others),
  ...ofKind("controls", controlFlow),
  ...ofKind("multiplies", multiplying),
])

const microsoft: ReadonlyMap<string, RuleEntry> = new Map([
  ...ofKind("other", contributed),
  ...ofKind("multiplies", contributedMultiplying),
])

/** Names under which the standard operator set is imported. */
export const isStandardDomain = (domain: string): boolean => domain === "" || domain === "ai.onnx"

export const ruleOf = (domain: string, opType: string): RuleEntry | undefined => {
  if (isStandardDomain(domain)) return standard.get(opType)
  return domain === "com.microsoft" ? microsoft.get(opType) : undefined
}
