/** Which release of a library a board's published rows come from. */
import type { CpuMachine } from "../../../arch/machine.ts"

export const releaseOf = ({ releases }: CpuMachine, library: string): string => releases?.[library] ?? library
