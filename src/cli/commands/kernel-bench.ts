/** `sparsim kernel bench | calibrate`: real WebAssembly kernels on this machine, beside what the model says of them. */
import { basename } from "node:path"
import * as Effect from "effect/Effect"
import { type SparsimError, UnsupportedError } from "../../../arch/errors.ts"
import { builtinWasmMachine, type WasmMachine, wasmMachineFromText } from "../../../arch/wasm-machine.ts"
import { clientAssets } from "../../../reports/client-assets.ts"
import { disturbanceText } from "../../../reports/kernel-bench.ts"
import { kernelBenchPage } from "../../../reports/pages/kernel-bench-page.ts"
import { writeAtomically } from "../../../sim/trace/export/write-atomically.ts"
import {
  benchVariants,
  calibrationShapes,
  calibrationSparsities,
  mobilenetPointwise,
} from "../../kernel/bench-layers.ts"
import { calibratedMachine } from "../../kernel/calibrated-machine.ts"
import { compareKernels, type KernelComparison } from "../../kernel/compare-kernels.ts"
import { comparisonCsv } from "../../kernel/comparison-csv.ts"
import { inTurns } from "../../kernel/in-turns.ts"
import {
  type MeasureCommand,
  type MeasuredRun,
  measureInProcesses,
} from "../../kernel/measure-in-processes.ts"
import type { MeasuredLayer } from "../../kernel/measure-layers.ts"
import type { MeasureRequest } from "../../kernel/measure-request.ts"
import { resolveWasmMachine } from "../../kernel/resolve-wasm-machine.ts"
import { attempt } from "../edge.ts"
import { percent, times } from "../format.ts"
import { progress } from "../progress.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

export interface KernelCommand {
  readonly samples: number
  readonly processes: number
  readonly json: boolean
  readonly quiet: boolean
  /** How this program starts itself, to measure in processes of their own. */
  readonly self: MeasureCommand
}

export interface BenchCommand extends KernelCommand {
  readonly sparsities: readonly number[]
  /** A file that `kernel calibrate` wrote; the built-in numbers without one. */
  readonly machine?: string
  /** Fit the numbers in the same run, on other layers that are measured in turns with these. */
  readonly calibrate: boolean
  readonly out?: string
  /** Path of the page to write; none without it. */
  readonly report?: string
}

export interface CalibrateCommand extends KernelCommand {
  readonly out: string
}

/** Weights of all runs are drawn from this seed. */
const seed = 1

const measured = (
  command: KernelCommand,
  request: MeasureRequest,
  terminal: Terminal,
): Effect.Effect<MeasuredRun, SparsimError> =>
  Effect.gen(function* () {
    if (process.arch !== "x64") {
      return yield* new UnsupportedError({
        message: `the model of these kernels is of V8 on x64, and this is ${process.arch}`,
        remedy: "Run it on an x86-64 machine.",
      })
    }
    const shown = progress(terminal, command.quiet)
    const run = yield* attempt(() =>
      measureInProcesses(command.self, request, command.processes, (share) => {
        shown.step("running kernels", share)
      }),
    )
    shown.end()
    return run
  })

const asJson = (run: MeasuredRun, machine: WasmMachine, comparison: KernelComparison): string =>
  `${JSON.stringify(
    {
      schema: "sparsim-kernel-bench/1",
      machine: { id: machine.id, name: machine.name },
      processes: run.processes,
      clock: run.peaks.clock,
      peakFlops: run.peaks.flops,
      ...comparison,
    },
    null,
    2,
  )}\n`

/** The command as a page names it: base names, and what differs from the defaults of `kernel bench` or may. */
const commandOf = ({ sparsities, machine, calibrate, processes, samples }: BenchCommand): string =>
  [
    "sparsim kernel bench",
    `--sparsities ${sparsities.map((share) => Number((share * 100).toPrecision(9))).join(",")}`,
    ...(machine === undefined ? [] : [`--machine ${basename(machine)}`]),
    ...(calibrate ? ["--calibrate"] : []),
    `--processes ${processes} --samples ${samples}`,
  ].join(" ")

interface Row {
  readonly layer: string
  readonly sparsity: number
  readonly cells: KernelComparison["layers"][number]["cells"]
  readonly milliseconds?: number
}

const rowsOf = ({ layers, stacks }: KernelComparison): readonly Row[] => [
  ...layers.map(({ shape: { pixels, cin, cout }, sparsity, cells, dense }) => ({
    layer: `${pixels} × ${cin} → ${cout}`,
    sparsity,
    cells,
    milliseconds: dense.measured * 1e3,
  })),
  ...stacks.map(({ sparsity, cells, denseSeconds }) => ({
    layer: "all 13 layers",
    sparsity,
    cells: cells.map((cell) => ({ ...cell, seconds: cell.speedup })),
    milliseconds: denseSeconds * 1e3,
  })),
]

const comparisonTable = (comparison: KernelComparison, width: number): string =>
  table(
    rowsOf(comparison),
    [
      { title: "layer", cell: ({ layer }) => layer },
      { title: "zeros", cell: ({ sparsity }) => percent(sparsity, 0), align: "right" },
      {
        title: "dense ms",
        cell: ({ milliseconds }) => (milliseconds === undefined ? "" : milliseconds.toPrecision(3)),
        align: "right",
      },
      ...comparison.layers[0].cells.flatMap(({ kernel }, i) => [
        {
          title: `${kernel} measured`,
          cell: ({ cells }: Row) => times(cells[i].speedup.measured),
          align: "right" as const,
        },
        {
          title: "predicted",
          cell: ({ cells }: Row) => times(cells[i].speedup.predicted),
          align: "right" as const,
        },
        {
          title: "error",
          cell: ({ cells }: Row) => percent(cells[i].speedup.error, 0),
          align: "right" as const,
        },
      ]),
    ],
    width,
  )

const disturbed = (undisturbed: number): string =>
  undisturbed === 1 ? "" : `${disturbanceText(undisturbed)}\n`

const summary = (run: MeasuredRun, machine: WasmMachine, comparison: KernelComparison): string => {
  const { cellError, stackError, rightWinners, denseShareOfPeak, undisturbed } = comparison
  return `
Speed-ups over dense of one layer: off by ${percent(cellError.median)} (median), ${percent(cellError.p90)} (90th percentile), ${percent(cellError.greatest)} (greatest).
Of the 13 layers together: off by ${percent(stackError)} at most. The fastest kernel is the predicted one in ${percent(rightWinners, 0)} of layers.
Dense 4x8: ${percent(denseShareOfPeak, 0)} of the ${(run.peaks.flops / 1e9).toFixed(1)} GFLOP/s that multiplies and adds in registers reach in the same run.
Numbers of the model: ${machine.name}.
${disturbed(undisturbed)}`
}

const calibrationLayers: readonly MeasuredLayer[] = calibrationShapes.flatMap(({ pixels, cin, cout }) =>
  calibrationSparsities.map((sparsity) => ({ shape: { pixels, cin, cout }, sparsity, seed })),
)

/** The layers measured, and the machine of the model: fitted in the same run where that was asked for. */
const benched = (
  command: BenchCommand,
  layers: readonly MeasuredLayer[],
  terminal: Terminal,
): Effect.Effect<{ readonly run: MeasuredRun; readonly machine: WasmMachine }, SparsimError> =>
  Effect.gen(function* () {
    const { machine: file, samples } = command
    const machine = yield* attempt(() => resolveWasmMachine(file))
    if (!command.calibrate) {
      return {
        run: yield* measured(command, { layers, variants: benchVariants, samples }, terminal),
        machine,
      }
    }
    const turns = inTurns([...layers, ...calibrationLayers])
    const run = yield* measured(command, { layers: turns.layers, variants: benchVariants, samples }, terminal)
    const measurements = turns.asGiven(run.measurements)
    const { text } = calibratedMachine(
      { ...run, measurements: measurements.slice(layers.length) },
      benchVariants,
      machine.numbers,
    )
    return {
      run: { ...run, measurements: measurements.slice(0, layers.length) },
      machine: wasmMachineFromText(text, "numbers fitted in this run"),
    }
  })

/** Runs the 13 pointwise layers of MobileNet v1, dense and sparse, and sets the model beside them. */
export const runKernelBench = (
  command: BenchCommand,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const { machine: file, sparsities } = command
    const layers = mobilenetPointwise.flatMap(({ pixels, cin, cout }) =>
      sparsities.map((sparsity) => ({ shape: { pixels, cin, cout }, sparsity, seed })),
    )
    const { run, machine } = yield* benched(command, layers, terminal)
    const comparison = compareKernels(run, mobilenetPointwise, benchVariants, machine.numbers)
    if (command.out !== undefined) {
      const out = command.out
      yield* attempt(() => writeAtomically(out, [comparisonCsv(comparison)]))
    }
    if (command.report !== undefined) {
      const report = command.report
      const bench = {
        machine: machine.name,
        processes: run.processes,
        peakFlops: run.peaks.flops,
        ...comparison,
      }
      yield* attempt(async () =>
        writeAtomically(report, [kernelBenchPage(bench, commandOf(command), await clientAssets())]),
      )
    }
    if (command.json) {
      terminal.out(asJson(run, machine, comparison))
      return
    }
    terminal.out(comparisonTable(comparison, terminal.width))
    terminal.out(summary(run, machine, comparison))
    for (const written of [command.out, command.report]) {
      if (written !== undefined) terminal.out(`wrote ${written}\n`)
    }
    if (file === undefined && !command.calibrate && !command.quiet) {
      terminal.err(
        "note: the built-in numbers were measured on another machine; --calibrate measures this one's in the same run.\n",
      )
    }
  })

/** Measures the numbers of this machine on other shapes than those of `bench`. */
export const runKernelCalibrate = (
  command: CalibrateCommand,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const layers = calibrationLayers
    const run = yield* measured(
      command,
      { layers, variants: benchVariants, samples: command.samples },
      terminal,
    )
    const undisturbed = run.measurements.filter((layer) => layer.undisturbed).length / layers.length
    const { fit, text } = calibratedMachine(run, benchVariants, builtinWasmMachine().numbers)
    yield* attempt(() => writeAtomically(command.out, [text]))
    if (command.json) {
      const { numbers, meanError } = fit
      terminal.out(
        `${JSON.stringify({ schema: "sparsim-kernel-calibration/1", layers: layers.length, undisturbed, meanError, numbers, written: [basename(command.out)] }, null, 2)}\n`,
      )
      return
    }
    terminal.out(
      `${command.out}: ${layers.length} layers, mean error of times and speed-ups ${percent(fit.meanError)}\n${disturbed(undisturbed)}`,
    )
  })
