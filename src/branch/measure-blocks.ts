/**
 * One pass over a stream of blocks drives any number of predictors, each in a thread of its own: an engine specialises its
 * code on the one predictor that it sees. A single predictor runs where it is called, since decompression has its own thread
 * anyway. Results do not depend on which of the two it was.
 */
import { Worker } from "node:worker_threads"
import { blockCapacity, type BranchBlock, newBranchBlock } from "../../sim/branch/branch-block.ts"
import type { BranchMeasurement } from "../../sim/branch/measure/measure.ts"
import { type PredictorTask, startTask, type TaskResult } from "./predictor-task.ts"
import type { FromWorker, ToWorker, WorkerInput } from "./predictor-worker.ts"
import { type PredictorRequest, requestedMeasurement } from "./requested-predictor.ts"

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

/** A task's thread. */
class TaskThread<T extends PredictorTask> {
  readonly #worker: Worker
  #busy = 0
  #failed = false
  #wake: (() => void) | undefined
  readonly finished: Promise<TaskResult<T>>

  constructor(task: T, slots: readonly SharedArrayBuffer[], tell: (what: string) => void) {
    this.#worker = startThread({ task, slots })
    this.finished = new Promise((resolve, reject) => {
      this.#worker.on("error", (error) => {
        this.#failed = true
        this.#wake?.()
        reject(error instanceof Error ? error : new Error("a predictor's thread failed"))
      })
      this.#worker.on("message", (message: FromWorker) => {
        if (message.kind === "result") resolve(message.result as TaskResult<T>)
        else if (message.kind === "told") tell(message.what)
        else {
          this.#busy--
          this.#wake?.()
        }
      })
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

/**
 * Results in the order of `tasks`, each in a thread of its own. Blocks hold at most `blockCapacity` records.
 * @throws UnsupportedError, and what `blocks` throws
 */
export const runTasks = async <T extends PredictorTask>(
  blocks: AsyncIterable<BranchBlock>,
  tasks: readonly T[],
  tell: (what: string) => void = () => undefined,
): Promise<readonly TaskResult<T>[]> => {
  // What cannot be built is told here, where its error keeps its type, and not from a thread.
  for (const task of tasks) if (task.kind === "measure") startTask(task)
  const slots = Array.from(
    { length: slotCount },
    () => new SharedArrayBuffer(newBranchBlock().flags.buffer.byteLength),
  )
  const shared = slots.map((memory) => newBranchBlock(blockCapacity, memory))
  const threads = tasks.map((task) => new TaskThread(task, slots, tell))
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
  const measurement = requestedMeasurement(request)
  for await (const block of blocks) measurement.consume(block)
  return measurement.finish()
}

/** Measurements in the order of `requests`. Blocks hold at most `blockCapacity` records. @throws UnsupportedError, and what `blocks` throws */
export const measureBlocks = async (
  blocks: AsyncIterable<BranchBlock>,
  requests: readonly PredictorRequest[],
): Promise<readonly BranchMeasurement[]> =>
  requests.length === 1
    ? [await measureHere(blocks, requests[0])]
    : runTasks(
        blocks,
        requests.map((request) => ({ kind: "measure" as const, request })),
      )
