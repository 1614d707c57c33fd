/** Predictors' runs for people, in the terminal. */
import type { BranchOutcome, SparseOutcome } from "../../branch/branch-outcome.ts"
import { bytes, duration, energy, grouped, percent } from "../format.ts"
import { table } from "../table.ts"
import { bold, dim, headline, type Terminal } from "../terminal.ts"

const causes: Readonly<Record<string, string>> = {
  busy: "dispatch",
  mispredicted: "mispredictions",
  "indirect-target": "indirect targets",
  "return-target": "return targets",
  "decode-redirect": "targets found at decode",
}

export const causeName = (cause: string): string => causes[cause] ?? cause

/** One sentence: how often the predictor is wrong, and what that costs. */
export const branchVerdict = ({ name, mpki, accuracy, time }: BranchOutcome): string => {
  const lost = time.find(({ cause }) => cause === "mispredicted")?.share ?? 0
  return `${name} mispredicts ${mpki.toPrecision(3)} of 1,000 instructions (${percent(1 - accuracy, 2)} of conditional branches), which costs ${percent(lost)} of the time.`
}

/** Static branches by falling misses, at most `show`. */
const worstLines = (outcome: BranchOutcome, show: number | "all", width: number): string => {
  const rows = show === "all" ? outcome.worst : outcome.worst.slice(0, show)
  return table(
    rows,
    [
      { title: "static branch", cell: ({ address }) => address, flexible: true },
      { title: "executed", cell: ({ executions }) => grouped(executions), align: "right" },
      { title: "taken", cell: ({ taken, executions }) => percent(taken / executions), align: "right" },
      { title: "missed", cell: ({ misses }) => grouped(misses), align: "right" },
      {
        title: "of all misses",
        cell: ({ misses }) => percent(misses / outcome.mispredictions),
        align: "right",
      },
      {
        title: "accuracy",
        cell: ({ misses, executions }) => percent(1 - misses / executions, 2),
        align: "right",
      },
    ],
    width,
  )
}

/** What the sparse models bought, in one sentence and a row for each predictor beside them. */
const sparseLines = (
  sparse: SparseOutcome,
  outcome: BranchOutcome,
  terminal: Terminal,
): readonly string[] => {
  const [alone, ...others] = sparse.beside
  const { models } = sparse
  const fitted =
    sparse.trainedInstructions === null
      ? "learned while it runs"
      : `${models.length} ${models.length === 1 ? "model" : "models"} in ${grouped(sparse.bits ?? 0)} bits, fitted to the warm-up alone`
  const change = (saved: number): string =>
    saved === 0
      ? "as many misses as"
      : `${percent(Math.abs(saved), 2)} ${saved > 0 ? "fewer" : "more"} misses than`
  return [
    ...(alone === undefined
      ? []
      : [`  ${bold(terminal, `Sparse models: ${change(alone.saved)} ${alone.machine} alone`)} (${fitted})`]),
    ...[alone, ...others]
      .filter((one) => one !== undefined)
      .map(
        ({ machine, mispredictions, mpki, storageBits }) =>
          `  beside    ${machine}: ${grouped(mispredictions)} missed, ${mpki.toFixed(4)} MPKI, ${bytes(storageBits / 8)}`,
      ),
    ...(outcome.warmUp.instructions > 0 && sparse.trainedInstructions !== null
      ? [
          dim(
            terminal,
            "  all are measured behind the warm-up; features, fits and layout of the models are sparsim's own",
          ),
        ]
      : []),
  ]
}

export const branchSummary = (
  outcome: BranchOutcome,
  workload: string,
  show: number | "all",
  terminal: Terminal,
): string => {
  const { warmUp } = outcome
  const lines = [
    `${workload} · ${outcome.name}`,
    "",
    headline(terminal, branchVerdict(outcome), 2),
    "",
    `  branches  ${grouped(outcome.branches)}, ${grouped(outcome.conditional)} conditional, from ${grouped(outcome.staticBranches)} places`,
    `  missed    ${grouped(outcome.mispredictions)}: ${outcome.mpki.toFixed(4)} MPKI of ${grouped(outcome.instructions)} instructions`,
    `  storage   ${bytes(outcome.storageBits / 8)} (${grouped(outcome.storageBits)} bits)`,
    `  time      ${duration(outcome.seconds)} (${grouped(outcome.cycles)} cycles), ${outcome.ipc.toFixed(2)} instructions per cycle: ${outcome.time
      .filter(({ share }) => share >= 0.001)
      .map(({ cause, share }) => `${causeName(cause)} ${percent(share)}`)
      .join(", ")}`,
  ]
  if (outcome.energyPicojoules !== null) {
    lines.push(`  energy    ${energy(outcome.energyPicojoules)} in the predictor's arrays`)
  }
  if (warmUp.instructions > 0) {
    lines.push(
      `  warm-up   ${grouped(warmUp.instructions)} instructions before, with ${grouped(warmUp.mispredictions)} misses that are not counted`,
    )
  }
  if (outcome.sparse !== undefined) lines.push("", ...sparseLines(outcome.sparse, outcome, terminal))
  lines.push("", worstLines(outcome, show, terminal.width))
  lines.push(dim(terminal, "immediate update; cycles by interval analysis of an assumed core, no caches"))
  return `${lines.join("\n")}\n`
}

/** One row a predictor. */
export const predictorLines = (outcomes: readonly BranchOutcome[], width: number): string =>
  table(
    outcomes,
    [
      { title: "predictor", cell: ({ machine }) => machine, flexible: true },
      { title: "storage", cell: ({ storageBits }) => bytes(storageBits / 8), align: "right" },
      { title: "missed", cell: ({ mispredictions }) => grouped(mispredictions), align: "right" },
      { title: "MPKI", cell: ({ mpki }) => mpki.toFixed(4), align: "right" },
      {
        title: "vs first",
        cell: ({ mispredictions }) =>
          outcomes[0].mispredictions === 0 ? "" : percent(mispredictions / outcomes[0].mispredictions - 1, 2),
        align: "right",
      },
      { title: "IPC", cell: ({ ipc }) => ipc.toFixed(2), align: "right" },
      {
        title: "lost",
        cell: ({ time }) => percent(time.find(({ cause }) => cause === "mispredicted")?.share ?? 0),
        align: "right",
      },
      {
        title: "energy",
        cell: ({ energyPicojoules }) => (energyPicojoules === null ? "" : energy(energyPicojoules)),
        align: "right",
      },
    ],
    width,
  )
