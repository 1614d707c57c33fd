/**
 * One predictor over one trace in a process of its own, since compiled code is at its best for a single instance. Prints
 * records, mispredictions and CPU seconds. Usage: run-one.ts DESIGN [TRACE.sbbt]
 */
import { drive } from "../../../sim/branch/drive.ts"
import { type BranchDesign, branchDesigns } from "../../arbitraries/branch-designs.ts"
import { benchTrace } from "./bench-trace.ts"

const [design, path] = process.argv.slice(2)
const block = benchTrace(path)
const predictor = branchDesigns[design as BranchDesign]()
const missed = new Uint8Array(block.length).fill(0)
const before = process.cpuUsage()
const misses = drive(predictor, block, missed)
const { user, system } = process.cpuUsage(before)
console.log(block.length, misses, (user + system) / 1e6)
