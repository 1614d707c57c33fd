/** Which workloads on the command line are branch traces, by their name alone. */

import { sampleTraces } from "./sample-traces.ts"

/** Endings of branch traces: the format's own, packed or not, and the packings that no other workload comes in. */
const endings = /\.(sbbt|bt9|champsim(trace)?|cvp)(\.(gz|zst|bz2))?$|\.(zst|bz2)$|trace\.gz$/i

export const isBranchTraceName = (workload: string): boolean =>
  endings.test(workload) || sampleTraces.some(({ name }) => name === workload)
