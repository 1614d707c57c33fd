/** The clock that a trace of a GPU counts cycles of. */
import type { GpuMachine } from "../../arch/machine.ts"

/** Hz of tensor kernels while below the power limit: boards hold more than the boost clock of their data sheet. */
export const fullClock = ({ clock, family }: GpuMachine): number =>
  clock.value * family.gemm.clockOverBoost.value
