/** GEMM times of GPU boards, dense by cuBLASLt and 2:4 by cuSPARSELt. */
import type { GpuMachine } from "../../../arch/machine.ts"
import { loadMachine } from "../../../arch/machine-catalogue.ts"
import { gemmBoard } from "../../../sim/gpu/gemm/gemm-board.ts"
import { type GpuGemm, isGpuFormat, operandBytes } from "../../../sim/gpu/gemm/gemm-request.ts"
import { type GemmTime, gemmTime } from "../../../sim/gpu/gemm/gemm-time.ts"
import { kernelFamily } from "../../../sim/gpu/gemm/kernel-families.ts"
import type { ValidationCase } from "../case-file.ts"
import { type Predictor, type Unsupported, unsupported } from "../prediction.ts"
import { pattern, size, text } from "../workload-fields.ts"

const libraries = ["cublaslt", "cusparselt"] as const

const outFormats = ["fp16", "bf16", "fp8", "int8", "fp32", "int32"] as const

const requestOf = (validationCase: ValidationCase): GpuGemm | Unsupported => {
  const [m, n, k] = ["m", "n", "k"].map((field) => size(validationCase, field))
  if (m === undefined || n === undefined || k === undefined) {
    return unsupported("a GEMM needs m, n and k as positive whole numbers")
  }
  const dtype = text(validationCase, "dtype") ?? ""
  if (!isGpuFormat(dtype))
    return unsupported(`the GEMM libraries are not modelled in ${dtype || "no format"}`)
  const library = libraries.find((name) => name === text(validationCase, "library")?.toLowerCase())
  if (library === undefined)
    return unsupported(`no catalogue of the library ${text(validationCase, "library") ?? ""}`)
  const sparsity = pattern(validationCase, "sparsity")
  const dense = sparsity?.n === 1 && sparsity.m === 1
  if (!dense && !(sparsity?.n === 2 && sparsity.m === 4)) {
    return unsupported(`sparse tensor cores run 2:4, not ${text(validationCase, "sparsity") ?? ""}`)
  }
  const asked =
    text(validationCase, "outDtype") ?? (dtype === "fp8" ? "bf16" : dtype === "int8" ? "int32" : dtype)
  const outDtype = outFormats.find((format) => format === asked)
  if (outDtype === undefined) return unsupported(`no output of format ${asked}`)
  return { m, n, k, dtype, outDtype, sparsity: dense ? "dense" : "2:4", library }
}

/** max(FLOPs ÷ peak, bytes ÷ bandwidth), both halved for 2:4 weights: what a data sheet tells. Seconds. */
const baseline = (gemm: GpuGemm, { sms, clock, dram, family }: GpuMachine): number => {
  const kept = gemm.sparsity === "dense" ? 1 : 0.5
  const peak = sms.value * clock.value * family.tensor[gemm.dtype].value
  const { activation, output } = operandBytes(gemm)
  const bytes = gemm.m * gemm.k * activation + gemm.n * gemm.k * activation * kept + gemm.m * gemm.n * output
  return Math.max((gemm.m * gemm.n * gemm.k * kept) / peak, bytes / dram.bandwidth.value)
}

/** What is known to be weakest of a GEMM's prediction. */
const weaknessOf = (gemm: GpuGemm, { best }: GemmTime): string => {
  if (best.bound === "launch") {
    return "launch takes most of the time, which depends on the host and falls on the grid of its timer"
  }
  if (gemm.m <= 256) {
    return "few tokens: which tile and split the library picks decides, and it does not always pick the best of the catalogue"
  }
  if (gemm.dtype === "int8" && gemm.sparsity === "dense") {
    return "dense int8 runs older kernels, several of them, that one rate stands for"
  }
  if (gemm.sparsity === "2:4") {
    return `the sparse library's walk over wide weights and its tile for this shape are guessed; the model says ${best.bound} binds`
  }
  return `near a change of kernel: the model says ${best.bound} binds, another tile would bind elsewhere`
}

export const predictGpuGemm: Predictor = (validationCase) => {
  if (text(validationCase, "kind") !== "gemm" || validationCase.model !== "gpu") return undefined
  if (!libraries.some((name) => name === text(validationCase, "library")?.toLowerCase())) return undefined
  const machine = loadMachine(validationCase.machine)
  if (machine.kind !== "gpu") return undefined
  if (validationCase.metric !== "time" || validationCase.unit !== "us") {
    return unsupported(
      `${validationCase.metric} in ${validationCase.unit}: GEMMs of GPUs are predicted as time in us`,
    )
  }
  const gemm = requestOf(validationCase)
  if ("kind" in gemm) return gemm
  const timed = gemmTime(gemm, gemmBoard(machine), kernelFamily(machine, gemm))
  return {
    kind: "prediction",
    predicted: timed.best.time * 1e6,
    baseline: baseline(gemm, machine) * 1e6,
    group: `GEMM ${machine.id} ${gemm.dtype} ${gemm.sparsity}`,
    weakness: weaknessOf(gemm, timed),
    rank: { within: `${machine.id} ${gemm.dtype}`, work: gemm.m * gemm.n * gemm.k },
  }
}
