/** JSON Schemas of every file and output, generated from the schemas that decode them. */
import * as Schema from "effect/Schema"
import { ArrayMachineFile } from "../../arch/array-machine.ts"
import { SpatialArrayMachineFile } from "../../arch/spatial-machine.ts"
import { BranchPredictorFile } from "../../arch/branch-machine.ts"
import { CpuBoardFile } from "../../arch/cpu-machine.ts"
import { GpuBoardFile } from "../../arch/gpu-machine.ts"
import { EnergyTableFile } from "../../arch/energy-table.ts"
import { WasmMachineFile } from "../../arch/wasm-machine.ts"
import { StoredManifest } from "../../sim/trace/manifest.ts"
import { CaseFile } from "../validate/case-file.ts"
import {
  BranchCaptureOutput,
  BranchCompareOutput,
  BranchConvertOutput,
  BranchRunOutput,
  BranchAnalyseOutput,
  BranchStatsOutput,
  CheckOutput,
  CompareOutput,
  InstructionsOutput,
  KernelLoopsOutput,
  KernelBenchOutput,
  KernelCalibrationOutput,
  DemoOutput,
  EnergyOutput,
  ExportOutput,
  MachineOutput,
  MainLoopOutput,
  MachinesOutput,
  NetworkOutput,
  NetworksOutput,
  QueryOutput,
  ReportOutput,
  RunOutput,
  StudyOutput,
  ValidationOutput,
} from "./json-output.ts"

const schemas = {
  machine: Schema.Union([
    ArrayMachineFile,
    SpatialArrayMachineFile,
    GpuBoardFile,
    CpuBoardFile,
    BranchPredictorFile,
  ]),
  "energy-table": EnergyTableFile,
  "trace-manifest": StoredManifest,
  cases: CaseFile,
  "run-output": RunOutput,
  "branch-run-output": BranchRunOutput,
  "branch-compare-output": BranchCompareOutput,
  "branch-analyse-output": BranchAnalyseOutput,
  "branch-stats-output": BranchStatsOutput,
  "branch-convert-output": BranchConvertOutput,
  "branch-capture-output": BranchCaptureOutput,
  "study-output": StudyOutput,
  "compare-output": CompareOutput,
  "query-output": QueryOutput,
  "check-output": CheckOutput,
  "machines-output": MachinesOutput,
  "networks-output": NetworksOutput,
  "machine-output": MachineOutput,
  "instructions-output": InstructionsOutput,
  "main-loop-output": MainLoopOutput,
  "kernel-loops-output": KernelLoopsOutput,
  "kernel-bench-output": KernelBenchOutput,
  "kernel-calibration-output": KernelCalibrationOutput,
  "wasm-machine": WasmMachineFile,
  "energy-output": EnergyOutput,
  "network-output": NetworkOutput,
  "report-output": ReportOutput,
  "export-output": ExportOutput,
  "demo-output": DemoOutput,
  "validation-output": ValidationOutput,
} as const

/** Files in which a field that is not known is an error; outputs may gain fields, and other files are read leniently. */
const closed: ReadonlySet<string> = new Set(["machine", "energy-table", "wasm-machine"])

/** File stem → JSON Schema (draft 2020-12). */
export const jsonSchemas = (): Readonly<Record<string, object>> =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const { schema: root, definitions } = Schema.toJsonSchemaDocument(schema, {
        onExcessProperty: closed.has(name) ? "error" : "ignore",
      })
      return [
        name,
        {
          $schema: "https://json-schema.org/draft/2020-12/schema",
          title: `sparsim ${name}`,
          ...root,
          $defs: definitions,
        },
      ]
    }),
  )
