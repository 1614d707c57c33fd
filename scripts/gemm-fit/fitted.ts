/** Constants of an architecture that can be moved, and the times that follow. */
import type { GpuMachine } from "../../arch/machine.ts"
import { loadGpuMachine } from "../../arch/machine-catalogue.ts"
import { isUnitName, units } from "../../arch/units.ts"
import { type GemmBoard, gemmBoard } from "../../sim/gpu/gemm/gemm-board.ts"
import { operandBytes } from "../../sim/gpu/gemm/gemm-request.ts"
import { gemmTime, type Kernel, kernelsFor } from "../../sim/gpu/gemm/gemm-time.ts"
import { type GemmConstants, kernelFamily, kernelKind } from "../../sim/gpu/gemm/kernel-families.ts"
import { kernelTime } from "../../sim/gpu/gemm/kernel-time.ts"
import type { Measured } from "./measured.ts"
import type { Free } from "./parameters.ts"

type Node = { value: number; readonly unit: string }

const nodeAt = (constants: GemmConstants, path: string): Node | undefined =>
  path
    .split(".")
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], constants) as
    | Node
    | undefined

/** Kernels slower than the best by this factor are left out until the next look at all of them. */
const nearby = 1.25

const scaleOf = (unit: string): number => (isUnitName(unit) ? units[unit].inBase : 1)

/** A machine whose constants can be moved. */
export class Fitted {
  readonly machines: ReadonlyMap<string, GpuMachine>
  readonly constants: GemmConstants
  readonly parameters: readonly Free[]

  constructor(boards: readonly string[], parameters: readonly Free[]) {
    const machines = boards.map((id) => loadGpuMachine(id))
    this.constants = structuredClone(machines[0].family.gemm)
    this.machines = new Map(machines.map((machine) => [machine.id, machine]))
    this.parameters = parameters
      .map((p) => ({ ...p, paths: p.paths.filter((path) => nodeAt(this.constants, path) !== undefined) }))
      .filter(({ paths }) => paths.length > 0)
  }

  /** In the unit of the file. */
  get(i: number): number {
    const node = nodeAt(this.constants, this.parameters[i].paths[0])
    return node === undefined ? 0 : node.value / scaleOf(node.unit)
  }

  set(i: number, value: number): void {
    const { paths, min, max } = this.parameters[i]
    const held = Math.min(max, Math.max(min, value))
    for (const path of paths) {
      const node = nodeAt(this.constants, path)
      if (node !== undefined) node.value = held * scaleOf(node.unit)
    }
  }

  /** The machines with the constants as they are now. */
  private ready(): ReadonlyMap<string, { readonly machine: GpuMachine; readonly board: GemmBoard }> {
    const constants = { ...this.constants }
    return new Map(
      [...this.machines].map(([id, machine]) => {
        const moved = { ...machine, family: { ...machine.family, gemm: constants } }
        return [id, { machine: moved, board: gemmBoard(moved) }] as const
      }),
    )
  }

  /** The kernels of each case that are within `nearby` of the best: what a small step may choose. */
  contenders(cases: readonly Measured[]): readonly (readonly Kernel[])[] {
    const ready = this.ready()
    return cases.map(({ machine: id, gemm }) => {
      const found = ready.get(id)
      if (found === undefined) return []
      const family = kernelFamily(found.machine, gemm)
      const bytes = operandBytes(gemm)
      const timed = kernelsFor(gemm, found.board, family).map((kernel) => ({
        ...kernel,
        time: kernelTime(gemm, bytes, found.board, family, kernel.tile, kernel.split)?.time ?? Infinity,
      }))
      const best = Math.min(...timed.map(({ time }) => time))
      return timed.filter(({ time }) => time <= nearby * best).toSorted((a, b) => a.time - b.time)
    })
  }

  /** Whether the time of a case depends on one of the parameters. */
  touches(moved: readonly number[], { gemm }: Measured): boolean {
    const kernels = `kernels.${kernelKind(gemm)}.`
    const energy = `operationEnergy.${gemm.dtype}`
    return moved.some((i) =>
      this.parameters[i].paths.some(
        (path) =>
          !(path.startsWith("kernels.") || path.startsWith("operationEnergy.")) ||
          path.startsWith(kernels) ||
          path === energy,
      ),
    )
  }

  /** Seconds of every case. */
  predict(cases: readonly Measured[]): Float64Array {
    const ready = this.ready()
    return Float64Array.from(cases, ({ machine: id, gemm }) => {
      const found = ready.get(id)
      return found === undefined
        ? Number.NaN
        : gemmTime(gemm, found.board, kernelFamily(found.machine, gemm)).best.time
    })
  }

  /** The same with `contenders` alone, and `before` where none of the parameters `moved` matters. */
  repredict(
    cases: readonly Measured[],
    contenders: readonly (readonly Kernel[])[],
    before: Float64Array,
    moved: readonly number[],
  ): Float64Array {
    const ready = this.ready()
    return before.map((time, i) => {
      const { machine: id, gemm } = cases[i]
      const found = ready.get(id)
      if (found === undefined || !this.touches(moved, cases[i])) return time
      const family = kernelFamily(found.machine, gemm)
      const bytes = operandBytes(gemm)
      let best = Infinity
      for (const { tile, split } of contenders[i])
        best = Math.min(best, kernelTime(gemm, bytes, found.board, family, tile, split, best)?.time ?? best)
      return best
    })
  }
}
