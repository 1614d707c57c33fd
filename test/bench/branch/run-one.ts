/**
 * One predictor over one trace in a process of its own, since compiled code is at its best for a single instance. Prints
 * mispredictions and CPU seconds. Usage: run-one.ts DESIGN COLUMNS RECORDS
 */
import { drive } from "../../../sim/branch/drive.ts"
import { tageScL64KB, tageScL8KB } from "../../../sim/branch/tage-sc-l/designs.ts"
import { tageScL } from "../../../sim/branch/tage-sc-l/tage-sc-l.ts"
import { branchDesigns } from "../../arbitraries/branch-designs.ts"
import { readColumns } from "./trace-columns.ts"

const designs = {
  ...branchDesigns,
  kit_tagescl_64KB: () => tageScL(tageScL64KB),
  kit_tagescl_8KB: () => tageScL(tageScL8KB),
}

const [design, file, records] = process.argv.slice(2)
const block = readColumns(file, Number(records))
const predictor = designs[design as keyof typeof designs]()
const missed = new Uint8Array(block.length).fill(0)
const before = process.cpuUsage()
const misses = drive(predictor, block, missed)
const { user, system } = process.cpuUsage(before)
console.log(misses, (user + system) / 1e6)
