/** Case files that come with the package. Their origin is in each case's `source`. */
import type { CaseFile } from "./case-file.ts"
import branch from "./cases/branch.json" with { type: "json" }
import cpuNetworks from "./cases/cpu-networks.json" with { type: "json" }
import gpuGemm from "./cases/gpu-gemm.json" with { type: "json" }
import gpuGemmBest from "./cases/gpu-gemm-best.json" with { type: "json" }
import gpuInstructions from "./cases/gpu-instructions.json" with { type: "json" }
import sat from "./cases/sat.json" with { type: "json" }
import gpuSoftware from "./cases/gpu-nm-kernels.json" with { type: "json" }
import sparseloop from "./cases/sparseloop-stc.json" with { type: "json" }
import systolic from "./cases/systolic-scalesim.json" with { type: "json" }

/** Predictors over branch traces. They need traces, most of which are not in the package, and seconds each. */
export const builtinBranchCases = branch as CaseFile

/** By name; a test decodes each with the schema of case files. */
export const builtinCases: ReadonlyMap<string, CaseFile> = new Map([
  ["systolic-scalesim", systolic as CaseFile],
  ["sat", sat as CaseFile],
  ["sparseloop-stc", sparseloop as CaseFile],
  ["gpu-gemm", gpuGemm as CaseFile],
  ["gpu-gemm-best", gpuGemmBest as CaseFile],
  ["gpu-instructions", gpuInstructions as CaseFile],
  ["gpu-nm-kernels", gpuSoftware as CaseFile],
  ["cpu-networks", cpuNetworks as CaseFile],
])
