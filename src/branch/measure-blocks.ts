/**
 * One pass over a stream of blocks drives any number of predictors, each in a thread of its own: an engine specialises its
 * code on the one predictor that it sees. A single predictor runs where it is called, since decompression has its own thread
 * anyway. Results do not depend on which of the two it was.
 */
import { Worker } from "node:worker_threads"
import { blockCapacity, type BranchBlock, newBranchBlock } from "../../sim/branch/branch-block.ts"
import { type BranchMeasurement, Measurement } from "../../sim/branch/measure/measure.ts"
import type { ToWorker, WorkerInput } from "./predictor-worker.ts"
import { type PredictorRequest, requestedPredictor } from "./requested-predictor.ts"

/** Blocks under way between reader and threads. */
const slotCount = 4

/** A thread's program: the one beside this file, or that of the bundle. From source, the loader of TypeScript comes first. */
const startThread = (workerData: WorkerInput): Worker => {
  const here = import.meta.url
  if (here.endsWith(".ts")) {
    const program = new URL("./predictor-worker.ts", here).href
    const load = `import("tsx/esm/api").then(({ tsImport }) => tsImport(${JSON.stringify(program)}, ${JSON.stringify(here)}))`
    return new Worker(load, { workerData, eval: true })
  }
  const folder = here.includes("/chunks/") ? "../" : "./"
  return new Worker(new URL(`${folder}predictor-worker.js`, here), { workerData })
}

const copy = (from: BranchBlock, to: BranchBlock): void => {
  const n = from.length
  to.pc.set(from.pc.subarray(0, n))
  to.pcHigh.set(from.pcHigh.subarray(0, n))
  to.target.set(from.target.subarray(0, n))
  to.targetHigh.set(from.targetHigh.subarray(0, n))
  to.flags.set(from.flags.subarray(0, n))
  to.gap.set(from.gap.subarray(0, n))
  to.length = n
}

/** A predictor's thread. */
class PredictorThread {
  readonly #worker: Worker
  #busy = 0
  #failed = false
  #wake: (() => void) | undefined
  readonly finished: Promise<BranchMeasurement>

  constructor(request: PredictorRequest, slots: readonly SharedArrayBuffer[]) {
    this.#worker = startThread({ request, slots })
    this.finished = new Promise((resolve, reject) => {
      this.#worker.on("error", (error) => {
        this.#failed = true
        this.#wake?.()
        reject(error instanceof Error ? error : new Error("a predictor's thread failed"))
      })
      this.#worker.on(
        "message",
        (message: { readonly slot?: number; readonly measurement?: BranchMeasurement }) => {
          if (message.measurement !== undefined) resolve(message.measurement)
          else {
            this.#busy--
            this.#wake?.()
          }
        },
      )
    })
    // Waited for only once the whole trace is read; a failure before that is told then.
    this.finished.catch(() => undefined)
  }

  /** Resolves once fewer than `slotCount` blocks are under way, the oldest being done first. @throws what ended the thread */
  async room(): Promise<void> {
    if (this.#failed) await this.finished
    while (this.#busy >= slotCount && !this.#failed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
  }

  send(message: ToWorker): void {
    if (message !== "end") this.#busy++
    this.#worker.postMessage(message)
  }

  async stop(): Promise<void> {
    await this.#worker.terminate()
  }
}

const measureInThreads = async (
  blocks: AsyncIterable<BranchBlock>,
  requests: readonly PredictorRequest[],
): Promise<readonly BranchMeasurement[]> => {
  const slots = Array.from(
    { length: slotCount },
    () => new SharedArrayBuffer(newBranchBlock().flags.buffer.byteLength),
  )
  const shared = slots.map((memory) => newBranchBlock(blockCapacity, memory))
  const threads = requests.map((request) => new PredictorThread(request, slots))
  try {
    let turn = 0
    for await (const block of blocks) {
      // A slot comes round again after all the others, so a thread with room has read what stood in it.
      for (const thread of threads) await thread.room()
      const slot = turn++ % slotCount
      copy(block, shared[slot])
      for (const thread of threads) thread.send({ slot, length: block.length })
    }
    for (const thread of threads) thread.send("end")
    return await Promise.all(threads.map(({ finished }) => finished))
  } finally {
    await Promise.all(threads.map((thread) => thread.stop()))
  }
}

const measureHere = async (
  blocks: AsyncIterable<BranchBlock>,
  request: PredictorRequest,
): Promise<BranchMeasurement> => {
  const measurement = new Measurement(requestedPredictor(request), request.plan)
  for await (const block of blocks) measurement.consume(block)
  return measurement.finish()
}

/** Measurements in the order of `requests`. Blocks hold at most `blockCapacity` records. @throws UnsupportedError, and what `blocks` throws */
export const measureBlocks = async (
  blocks: AsyncIterable<BranchBlock>,
  requests: readonly PredictorRequest[],
): Promise<readonly BranchMeasurement[]> => {
  if (requests.length === 1) return [await measureHere(blocks, requests[0])]
  // What cannot be built is told here, where its error keeps its type, and not from a thread.
  for (const request of requests) requestedPredictor(request)
  return measureInThreads(blocks, requests)
}
