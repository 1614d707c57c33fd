/** SCALE-Sim configuration files (.cfg). Key names and defaults: SCALE-Sim v3, `scale_config.py`. */
import { type ConfigWarning, ConfigValues, type KeysOfSections } from "./config-values.ts"
import type { Position } from "./text-lines.ts"

export type ScaleSimDataflow = "os" | "ws" | "is"

/** Storage of the compressed filter. */
export type SparseRepresentation = "csr" | "csc" | "ellpack_block"

/** One number for each operand. */
export interface PerOperand {
  readonly ifmap: number
  readonly filter: number
  readonly ofmap: number
}

/** SRAM banks of one operand. */
export interface BankLayout {
  readonly custom: boolean
  /** Words/cycle. With `interfaceBandwidth` "user" it is also the DRAM bandwidth of the operand. */
  readonly bandwidth: number
  readonly banks: number
  readonly ports: number
}

/** A word is a byte; half of each SRAM is active while the other half is filled. */
export interface ScaleSimConfig {
  readonly file: string
  readonly runName: string
  /** Processing elements. */
  readonly array: { readonly height: number; readonly width: number }
  /** Kilobytes. */
  readonly sram: PerOperand
  /** First address, words. */
  readonly offsets: PerOperand
  readonly dataflow: ScaleSimDataflow
  /** Words/cycle; read in "user" mode only, and there for the outputs alone. */
  readonly bandwidth: readonly number[]
  /** Requests. */
  readonly requestBuffers: { readonly read: number; readonly write: number }
  readonly memoryBanks: number
  readonly layout: { readonly ifmap: BankLayout; readonly filter: BankLayout }
  readonly sparsity: {
    readonly enabled: boolean
    /** Absent only when sparsity is off. */
    readonly representation?: SparseRepresentation
    /** False: N:M of each layer from the topology. True: a random N for each filter, out of blocks of `blockSize`. */
    readonly optimizedMapping: boolean
    readonly blockSize: number
    readonly seed: number
  }
  /** "calc" never stalls on memory, "user" does at the given bandwidths. */
  readonly interfaceBandwidth: "calc" | "user"
  readonly useRamulatorTrace: boolean
  /** Topology named in the file itself (older files). */
  readonly topologyFile?: string
  /** Sections and keys that are not read, and settings that SCALE-Sim itself would stop at. */
  readonly warnings: readonly ConfigWarning[]
}

const bankKeys = (operand: string): readonly string[] => [
  `${operand}CustomLayout`,
  `${operand}SRAMBankBandwidth`,
  `${operand}SRAMBankNum`,
  `${operand}SRAMBankPort`,
]

const knownKeys: KeysOfSections = {
  general: ["run_name"],
  architecture_presets: [
    "ArrayHeight",
    "ArrayWidth",
    "IfmapSramSzkB",
    "FilterSramSzkB",
    "OfmapSramSzkB",
    "IfmapOffset",
    "FilterOffset",
    "OfmapOffset",
    "Dataflow",
    "Bandwidth",
    "ReadRequestBuffer",
    "WriteRequestBuffer",
    "MemoryBanks",
  ],
  layout: [...bankKeys("Ifmap"), ...bankKeys("Filter")],
  sparsity: ["SparsitySupport", "SparseRep", "OptimizedMapping", "BlockSize", "RandomNumberGeneratorSeed"],
  run_presets: ["InterfaceBandwidth", "UseRamulatorTrace"],
  network_presets: ["TopologyCsvLoc"],
}

/**
 * Reads the text of a .cfg file. Array and SRAM sizes and the dataflow must be there; everything else has SCALE-Sim's
 * default. Throws a ConfigError with line and column.
 */
export const readScaleSimConfig = (text: string, file: string): ScaleSimConfig => {
  const values = new ConfigValues(text, file, knownKeys)
  const topologyFile = values.text("TopologyCsvLoc")?.replace(/^["']|["']$/g, "")
  const config: ScaleSimConfig = {
    file,
    runName: values.text("run_name") ?? "scale_run",
    array: { height: values.wholeNumber("ArrayHeight", 1), width: values.wholeNumber("ArrayWidth", 1) },
    sram: {
      ifmap: values.wholeNumber("IfmapSramSzkB", 1),
      filter: values.wholeNumber("FilterSramSzkB", 1),
      ofmap: values.wholeNumber("OfmapSramSzkB", 1),
    },
    offsets: {
      ifmap: values.wholeNumber("IfmapOffset", 0, 0),
      filter: values.wholeNumber("FilterOffset", 0, 10_000_000),
      ofmap: values.wholeNumber("OfmapOffset", 0, 20_000_000),
    },
    dataflow: values.choice("Dataflow", ["os", "ws", "is"]),
    bandwidth: values.wholeNumbers("Bandwidth", [10]),
    requestBuffers: {
      read: values.wholeNumber("ReadRequestBuffer", 1, 60),
      write: values.wholeNumber("WriteRequestBuffer", 1, 60),
    },
    memoryBanks: values.wholeNumber("MemoryBanks", 1, 1),
    layout: { ifmap: bankLayout(values, "Ifmap"), filter: bankLayout(values, "Filter") },
    sparsity: sparsity(values),
    interfaceBandwidth: values.choice("InterfaceBandwidth", ["calc", "user"], "calc"),
    useRamulatorTrace: values.truth("UseRamulatorTrace", false),
    ...(topologyFile === undefined ? {} : { topologyFile }),
    warnings: values.warnings,
  }
  return { ...config, warnings: [...config.warnings, ...limits(config, values)] }
}

const bankLayout = (values: ConfigValues, operand: "Ifmap" | "Filter"): BankLayout => ({
  custom: values.truth(`${operand}CustomLayout`, false),
  bandwidth: values.wholeNumber(`${operand}SRAMBankBandwidth`, 1, 10),
  banks: values.wholeNumber(`${operand}SRAMBankNum`, 1, 10),
  ports: values.wholeNumber(`${operand}SRAMBankPort`, 1, 2),
})

const sparsity = (values: ConfigValues): ScaleSimConfig["sparsity"] => {
  const enabled = values.truth("SparsitySupport", false)
  const rest = {
    enabled,
    optimizedMapping: values.truth("OptimizedMapping", false),
    blockSize: values.wholeNumber("BlockSize", 1, 4),
    seed: values.wholeNumber("RandomNumberGeneratorSeed", 0, 40),
  }
  if (!enabled && !values.has("SparseRep")) return rest
  return { ...rest, representation: values.choice("SparseRep", ["csr", "csc", "ellpack_block"]) }
}

/** What SCALE-Sim itself does not run, or sparsim does not read. */
const limits = (config: ScaleSimConfig, values: ConfigValues): readonly ConfigWarning[] => {
  const warnings: ConfigWarning[] = []
  const warn = (message: string, { line, column }: Position): void => {
    warnings.push({ message, place: { file: config.file, line, column } })
  }
  if (config.useRamulatorTrace) {
    warn("UseRamulatorTrace is on, but Ramulator traces are not read.", values.at("UseRamulatorTrace"))
  }
  for (const [operand, layout] of [
    ["Ifmap", config.layout.ifmap],
    ["Filter", config.layout.filter],
  ] as const) {
    if (layout.bandwidth % layout.banks === 0) continue
    const key = `${operand}SRAMBankBandwidth`
    warn(`SCALE-Sim stops where ${key} is not a multiple of ${operand}SRAMBankNum.`, values.at(key))
  }
  const { enabled, optimizedMapping, blockSize } = config.sparsity
  if (enabled && optimizedMapping && blockSize > config.array.height) {
    warn("SCALE-Sim stops where BlockSize is larger than ArrayHeight.", values.at("BlockSize"))
  }
  return warnings
}
