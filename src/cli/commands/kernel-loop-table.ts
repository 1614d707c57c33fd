/** `sparsim kernel loops`: cycles of kernel loops on the cores of CPUs, and what holds each back. */
import { mkdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import * as Effect from "effect/Effect"
import { cpuCore, cpuCoreIds } from "../../../arch/cpu-core-catalogue.ts"
import { OutputError, type SparsimError, WorkloadError } from "../../../arch/errors.ts"
import { writeAtomically } from "../../../sim/trace/export/write-atomically.ts"
import {
  llvmMcaText,
  type Loop,
  loopFromText,
  loopPairs,
  type LoopRow,
  loopRows,
  loopsNamed,
} from "../../study/loop-table.ts"
import { builtinLoops } from "../../validate/builtin-loops.ts"
import { attempt } from "../edge.ts"
import { progress } from "../progress.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

export interface KernelLoopsCommand {
  /** Names of built-in loops, or assembly files; all built-in ones where there are none. */
  readonly loops: readonly string[]
  readonly cores: readonly string[]
  /** Folder for the loops as llvm-mca takes them. */
  readonly write: string | undefined
  readonly json: boolean
  readonly quiet: boolean
}

const fileLoop = (path: string): Loop => {
  let text: string
  try {
    text = readFileSync(path, "utf8")
  } catch {
    throw new WorkloadError({
      message: "the file cannot be read",
      place: { file: path },
      remedy: `Name an assembly file, or a built-in loop: ${[...builtinLoops.keys()].join(", ")}.`,
    })
  }
  return loopFromText(basename(path).replace(/\.[sS]$/, ""), text, path)
}

const loopsOf = (names: readonly string[]): readonly Loop[] =>
  (names.length === 0 ? [...builtinLoops.keys()] : names).flatMap((name) =>
    /[./\\]/.test(name) ? [fileLoop(name)] : loopsNamed(builtinLoops, [name]),
  )

const bindingText = ({ timing: { binding, part } }: LoopRow): string =>
  part === "" ? binding : `${binding}: ${part}`

/** "19: 6.5, 22: 12.0/9.0": by version of LLVM, after the slash with -dispatch=4. */
const toolText = ({ llvmMca }: LoopRow): string => {
  const versions = [...new Set(llvmMca.map(({ version }) => version.split(" ")[0]))]
  return versions
    .map((version) => {
      const own = llvmMca.filter((p) => p.version.split(" ")[0] === version)
      return `${version}: ${own.map(({ cycles }) => cycles.toFixed(1)).join("/")}`
    })
    .join(", ")
}

const bandText = ({ band: { low, high } }: LoopRow): string =>
  low === high ? "" : `${low.toFixed(1)}–${high.toFixed(1)}`

/** A table of the cores for every loop. */
const lines = (rows: readonly LoopRow[], width: number): string =>
  [...new Set(rows.map(({ loop }) => loop))]
    .map((name) => {
      const own = rows.filter(({ loop }) => loop === name)
      const [{ instructions, fmla }] = own
      return `\n${name}: ${instructions} instructions, ${fmla} of them fmla\n${coreLines(own, width)}`
    })
    .join("")

const coreLines = (rows: readonly LoopRow[], width: number): string =>
  table(
    rows,
    [
      { title: "core", cell: ({ core }) => core },
      { title: "cycles", cell: ({ timing }) => timing.cyclesPerIteration.toFixed(2), align: "right" },
      { title: "range", cell: bandText, align: "right" },
      { title: "bound", cell: ({ timing }) => timing.bounds[0].cycles.toFixed(2), align: "right" },
      { title: "held by", cell: bindingText, flexible: true },
      { title: "llvm-mca", cell: toolText },
    ],
    width,
  )

const legend = `Cycles of one iteration, everything in the first level of cache. The range is what assumed numbers of the core do
to them, one at a time; the bound is the greatest of one resource alone. llvm-mca is another tool's prediction by
version of LLVM (after a slash with -dispatch=4), not a measurement; it takes its A57 for A72, A73, A75 and A76.
`

const asJson = (rows: readonly LoopRow[]): string => {
  const { pairs, unmatched } = loopPairs(rows)
  return JSON.stringify(
    {
      schema: "sparsim-kernel-loops/1",
      rows: rows.map(({ loop, core, instructions, fmla, timing, band }) => ({
        loop,
        core,
        instructions,
        fmla,
        cycles: timing.cyclesPerIteration,
        low: band.low,
        high: band.high,
        mostUncertain: band.most ?? null,
        repeatsAfter: timing.period,
        binding: timing.binding,
        part: timing.part,
        bounds: timing.bounds,
        utilisation: timing.utilisation,
      })),
      llvmMca: pairs.map(({ prediction: { id, loop, cpu, version, cycles }, core, timing }) => ({
        id,
        loop,
        cpu,
        version,
        cycles,
        core,
        ours: timing.cyclesPerIteration,
        binding: timing.binding,
        part: timing.part,
      })),
      unmatched: unmatched.map(({ prediction: { id, loop, cpu, version, cycles }, reason }) => ({
        id,
        loop,
        cpu,
        version,
        cycles,
        reason,
      })),
    },
    null,
    2,
  )
}

const writeLoops = async (loops: readonly Loop[], folder: string): Promise<void> => {
  try {
    mkdirSync(folder, { recursive: true })
  } catch {
    throw new OutputError({
      message: "the folder cannot be made",
      place: { file: folder },
      remedy: "Choose another place with --write.",
    })
  }
  for (const loop of loops) await writeAtomically(join(folder, `${loop.name}.s`), [llvmMcaText(loop)])
}

export const runKernelLoops = (
  command: KernelLoopsCommand,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  attempt(async () => {
    const cores = command.cores.length === 0 ? cpuCoreIds() : command.cores.map((id) => cpuCore(id).id)
    const loops = loopsOf(command.loops)
    const shown = progress(terminal, command.quiet)
    const rows = loops.flatMap((loop) => {
      shown.step(`timing ${loop.name}`)
      return loopRows([loop], cores)
    })
    shown.end()
    if (command.write !== undefined) await writeLoops(loops, command.write)
    if (command.json) {
      terminal.out(`${asJson(rows)}\n`)
      return
    }
    terminal.out(`${legend}${lines(rows, terminal.width)}`)
    if (command.write !== undefined) terminal.out(`\nwrote ${loops.length} loops to ${command.write}\n`)
  })
