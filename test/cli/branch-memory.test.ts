/** Peak memory of predictors over a branch trace that would not fit: it is read as it is used. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { expect, it } from "vitest"
import { encodeSbbt, sbbtHeader } from "../../src/workload/branch-trace/sbbt-encoder.ts"
import { selfTestStream } from "../arbitraries/branch-stream.ts"
import { commandCost } from "./command-cost.ts"
import { emptyFolder } from "./run-cli.ts"

const boundMegabytes = 300

/** 20 million branches: records of 320 MB. */
const pieces = 100
const repeats = 100
const stream = selfTestStream(2000)

/** Members of gzip one after another, as gzip itself takes them, and quickly written. */
const longTrace = (file: string): void => {
  const records = encodeSbbt(stream, 0, file)
  const instructions = stream.gap.reduce((sum, gap) => sum + gap, 0)
  const times = pieces * repeats
  const piece = gzipSync(Buffer.concat(Array.from({ length: repeats }, () => records)))
  const head = gzipSync(sbbtHeader(times * instructions, times * stream.length))
  writeFileSync(file, Buffer.concat([head, ...Array.from({ length: pieces }, () => piece)]))
}

it("a trace takes less memory than its records, two predictors side by side", () => {
  const folder = emptyFolder()
  longTrace(join(folder, "long.sbbt.gz"))
  const args = ["branch", "compare", "long.sbbt.gz", "--on", "bimodal-64kb,gshare-32kb"]
  const { peakMegabytes } = commandCost(args, folder)
  expect(peakMegabytes).toBeGreaterThan(30)
  expect(peakMegabytes).toBeLessThan(boundMegabytes)
}, 60_000)
