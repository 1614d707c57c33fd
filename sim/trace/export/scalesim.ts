/**
 * SCALE-Sim v3's report files from a trace: one row for every FF stage, in order. Headers are identical; every row starts
 * with a 0-based LayerID and ends with a comma.
 *
 * From a run in SCALE-Sim's own counting these are exact: cycles, stalls, utilisations, SRAM counts and bandwidths, SRAM
 * start and stop cycles. Approximate: everything of DRAM (SCALE-Sim prefetches by a walk over addresses whose closed form
 * is not known) and so the total that includes its prefetch.
 */
import { TraceError } from "../../../arch/errors.ts"
import type { Trace } from "../trace.ts"

/** A forward stage with its counts; `dataflow` is what the array's own span is named after. */
interface LayerRecord {
  readonly cycles: number
  readonly dataflow: string
  readonly count: (component: string, action: string) => number
}

interface Shape {
  readonly rows: number
  readonly cols: number
}

const shapeOf = (trace: Trace): Shape => {
  const number = (path: string): number | undefined =>
    trace.manifest.machine.numbers.find((n) => n.path === path)?.value
  const rows = number("array.rows")
  const cols = number("array.cols")
  if (rows === undefined || cols === undefined) {
    throw new TraceError({
      message: `the trace is of ${trace.manifest.machine.id}, which has no array of rows and columns`,
      remedy: "SCALE-Sim reports exist for systolic arrays only.",
    })
  }
  return { rows, cols }
}

const layersOf = ({ spans, counters, strings, manifest }: Trace): readonly LayerRecord[] => {
  const stage = strings.indexOf("stage")
  const unit = strings.indexOf("unit")
  const forward = strings.indexOf("FF")
  const array = manifest.tracks.findIndex(({ id }) => id === "array")
  const dataflows = new Map<number, string>()
  for (let i = 0; i < spans.length; i++) {
    if (spans.kind[i] !== unit || spans.track[i] !== array) continue
    dataflows.set(spans.parent[i], strings[spans.name[i]])
  }
  const countsOf = new Map<number, Map<string, number>>()
  for (let i = 0; i < spans.length; i++) {
    if (spans.kind[i] === stage && spans.name[i] === forward) countsOf.set(i, new Map())
  }
  for (let i = 0; i < counters.length; i++) {
    const counts = countsOf.get(counters.span[i])
    if (counts === undefined) continue
    const key = `${strings[counters.component[i]]}/${strings[counters.action[i]]}`
    counts.set(key, (counts.get(key) ?? 0) + counters.count[i])
  }
  return [...countsOf].map(([span, counts]) => ({
    cycles: spans.duration[span],
    dataflow: dataflows.get(span) ?? "",
    count: (component, action) => counts.get(`${component}/${action}`) ?? 0,
  }))
}

/** What SCALE-Sim prints of a layer, worked out from the layer's accounts. */
interface LayerReport {
  readonly totalCycles: number
  readonly stallCycles: number
  readonly overallUtil: number
  readonly mappingEff: number
  readonly computeUtil: number
  readonly sram: Readonly<Record<"ifmap" | "filter" | "ofmap", Access>>
  readonly dram: Readonly<Record<"ifmap" | "filter" | "ofmap", Access>>
  readonly prefetch: number
  readonly storage: { readonly original: number; readonly metadata: number; readonly total: number }
}

interface Access {
  readonly start: number
  readonly stop: number
  readonly words: number
}

const reportOf = (
  { cycles, dataflow, count }: LayerRecord,
  { rows, cols }: Shape,
  bandwidth: number,
): LayerReport => {
  const busy = count("time.array", "busy") + count("time.array", "stall.unmapped")
  const load = count("time.array", "stall.stationary-load")
  const skew = count("time.array", "stall.fill-drain")
  const stall = count("time.array", "stall.dram-read") + count("time.array", "stall.dram-write")
  const outputStationary = dataflow === "os"
  // Every fold loses rows + cols − 2 cycles to skew; a stationary operand takes rows more to load.
  const folds = Math.max(1, Math.round(skew / Math.max(1, rows + cols - 2)))
  const steps = busy / folds
  const foldCycles = (busy + load + skew) / folds
  const lastFold = (folds - 1) * foldCycles
  const end = folds * foldCycles - 1
  const issued = count("ops", "issued")
  const mapping = issued === 0 ? 0 : count("ops", "non-zero") / issued
  const denominator = outputStationary ? foldCycles : foldCycles + cols - 1
  const streamed = [rows, lastFold + 2 * rows + steps - 2] as const
  const stationary = [0, lastFold + rows - 1] as const
  const [ifmap, filter, ofmap] = outputStationary
    ? ([
        [0, lastFold + steps + rows - 2],
        [0, lastFold + steps + cols - 2],
        [steps - 1, end],
      ] as const)
    : dataflow === "ws"
      ? ([streamed, stationary, [2 * rows - 1, end]] as const)
      : ([stationary, streamed, [2 * rows - 1, end]] as const)
  // What DRAM brings of an operand is what is written into its buffer.
  const ifmapWords = count("sram.ifmap", "write")
  const filterWords = count("sram.filter", "write")
  const prefetch = Math.ceil(Math.max(ifmapWords, filterWords) / bandwidth)
  const access = (window: readonly [number, number], words: number): Access => ({
    start: window[0],
    stop: window[1],
    words,
  })
  return {
    totalCycles: cycles - 1,
    stallCycles: stall,
    overallUtil: (count("ops", "dense-equivalent") * 100) / (cycles * rows * cols),
    mappingEff: mapping * 100,
    computeUtil: (mapping * steps * 100) / denominator,
    sram: {
      ifmap: access(ifmap, count("sram.ifmap", "read")),
      filter: access(filter, count("sram.filter", "read")),
      ofmap: access(ofmap, count("sram.ofmap", "write")),
    },
    dram: {
      ifmap: access([-prefetch, ifmap[1]], ifmapWords),
      filter: access([-prefetch, filter[1]], filterWords),
      ofmap: access([ofmap[0], cycles - 1], count("dram", "write")),
    },
    prefetch,
    storage: {
      original: count("storage.filter", "original"),
      metadata: count("storage.filter", "metadata"),
      total: count("storage.filter", "total"),
    },
  }
}

/** A number as Python's str() writes it: floats keep a decimal point. */
const float = (x: number): string => (Number.isInteger(x) ? `${x}.0` : String(x))

const row = (cells: readonly (string | number)[]): string => `${cells.join(", ")},\n`

const computeReport = (layers: readonly LayerReport[]): string => {
  const header =
    "LayerID, Total Cycles (incl. prefetch), Total Cycles, Stall Cycles, Overall Util %, Mapping Efficiency %, Compute Util %,\n"
  const rows = layers.map((r, i) =>
    row([
      i,
      r.totalCycles + r.prefetch,
      r.totalCycles,
      r.stallCycles,
      float(r.overallUtil),
      float(r.mappingEff),
      float(r.computeUtil),
    ]),
  )
  return header + rows.join("")
}

const bandwidthReport = (layers: readonly LayerReport[], sparse: boolean): string => {
  const metadataTitle = sparse ? "Avg FILTER Metadata SRAM BW, " : ""
  const header = `LayerID, Avg IFMAP SRAM BW, Avg FILTER SRAM BW, ${metadataTitle}Avg OFMAP SRAM BW, Avg IFMAP DRAM BW, Avg FILTER DRAM BW, Avg OFMAP DRAM BW,\n`
  const rows = layers.map(({ sram, dram, storage, totalCycles }, i) => {
    const average = ({ words }: Access): string => float(words / totalCycles)
    const spread = ({ start, stop, words }: Access): string => float(words / (stop - start + 1))
    return row([
      i,
      average(sram.ifmap),
      average(sram.filter),
      ...(sparse ? [float(storage.metadata / totalCycles)] : []),
      average(sram.ofmap),
      spread(dram.ifmap),
      spread(dram.filter),
      spread(dram.ofmap),
    ])
  })
  return header + rows.join("")
}

const detailReport = (layers: readonly LayerReport[]): string => {
  const operands = ["SRAM IFMAP", "SRAM Filter", "SRAM OFMAP", "DRAM IFMAP", "DRAM Filter", "DRAM OFMAP"]
  const titles = operands.map((operand) => {
    const access = operand.endsWith("OFMAP") ? "Writes" : "Reads"
    return `${operand} Start Cycle, ${operand} Stop Cycle, ${operand} ${access}`
  })
  const rows = layers.map(({ sram, dram }, i) =>
    row([
      i,
      ...[sram.ifmap, sram.filter, sram.ofmap, dram.ifmap, dram.filter, dram.ofmap].flatMap(
        ({ start, stop, words }) => [start, stop, words],
      ),
    ]),
  )
  return `LayerID, ${titles.join(", ")},\n${rows.join("")}`
}

const sparseReport = (layers: readonly LayerReport[], representation: string): string => {
  const header =
    "LayerID, Sparsity Representation, Original Filter Storage, New Storage (Filter+Metadata), Filter Metadata Storage, Avg FILTER Metadata SRAM BW, \n"
  const rows = layers.map(({ storage, totalCycles }, i) =>
    row([
      i,
      representation,
      storage.original,
      float(storage.total),
      float(storage.metadata),
      float(storage.metadata / totalCycles),
    ]),
  )
  return header + rows.join("")
}

/**
 * File name → text. SPARSE_REPORT.csv is there when the run stored its filters compressed.
 * @throws TraceError for a machine without an array, or a trace without forward products
 */
export const scaleSimReports = (trace: Trace): ReadonlyMap<string, string> => {
  const shape = shapeOf(trace)
  const bandwidth = trace.manifest.machine.roofs.find(({ id }) => id === "dram")?.perCycle ?? 1
  const layers = layersOf(trace).map((layer) => reportOf(layer, shape, bandwidth))
  if (layers.length === 0) {
    throw new TraceError({
      message: "the trace has no forward product (FF stage)",
      remedy: "SCALE-Sim reports have one row for each.",
    })
  }
  const representation = trace.manifest.settings["representation"]
  const sparse = representation !== undefined
  return new Map([
    ["COMPUTE_REPORT.csv", computeReport(layers)],
    ["BANDWIDTH_REPORT.csv", bandwidthReport(layers, sparse)],
    ["DETAILED_ACCESS_REPORT.csv", detailReport(layers)],
    ...(sparse ? ([["SPARSE_REPORT.csv", sparseReport(layers, representation)]] as const) : []),
  ])
}
