/**
 * The library: what the command line is made of.
 *
 * @example
 * const spec = { workload: "resnet50", machine: "sat-vcu1525", training: "bdwp", pattern: { n: 2, m: 8 }, batch: 32,
 *   overrides: [], ablate: [], objective: "time", seed: 1, detail: "stage", compat: "none" } as const
 * const { trace, cycles } = simulate(await prepareRun(spec))
 */
export * from "../arch/errors.ts"
export {
  loadGpuMachine,
  loadMachine,
  machineFromText,
  machineIds,
  parseOverride,
} from "../arch/machine-catalogue.ts"
export type { Machine } from "../arch/machine.ts"
export { energyTableIds, loadEnergyTable } from "../arch/energy-catalogue.ts"
export type { Layer, Network } from "../dataflows/network.ts"
export { mapNetwork } from "../dataflows/work.ts"
export { TraceBuilder } from "../sim/trace/builder.ts"
export type { Trace } from "../sim/trace/trace.ts"
export { instructionTiming } from "../sim/gpu/instruction/instruction-timing.ts"
export type { InstructionTiming, Occupancy } from "../sim/gpu/instruction/instruction-timing.ts"
export type { MatrixInstruction } from "../sim/gpu/instruction/matrix-instruction.ts"
export { readTrace } from "../sim/trace/read.ts"
export { writeTrace } from "../sim/trace/parquet-store.ts"
export { queryTrace } from "../sim/trace/query.ts"
export { checkTrace } from "../sim/trace/check.ts"
export { aggregate } from "../reports/aggregate.ts"
export { compare } from "../reports/compare.ts"
export { energyReport } from "../reports/energy.ts"
export { roofline } from "../reports/roofline.ts"
export { prepareRun } from "./run/prepare-run.ts"
export type { RunSpec } from "./run/run-spec.ts"
export { denseTwin } from "./run/run-input.ts"
export { simulate } from "./run/simulate.ts"
export { headlineBands, speedupBand, timeBand } from "./run/headline-bands.ts"
export { buildNetwork } from "./workload/networks/build-network.ts"
export { readOnnx } from "./workload/onnx/read-onnx.ts"
export { readCaseFile } from "./validate/case-file.ts"
export { validate } from "./validate/validate.ts"
export { version } from "./version.ts"
