/** A thread that runs one predictor: blocks come in shared memory, one message each; the measurement goes back. */
import { parentPort, workerData } from "node:worker_threads"
import { blockCapacity, newBranchBlock } from "../../sim/branch/branch-block.ts"
import { Measurement } from "../../sim/branch/measure/measure.ts"
import { type PredictorRequest, requestedPredictor } from "./requested-predictor.ts"

export interface WorkerInput {
  readonly request: PredictorRequest
  /** Memory of the blocks that are passed round. */
  readonly slots: readonly SharedArrayBuffer[]
}

/** A filled slot, or the end of the trace. */
export type ToWorker = { readonly slot: number; readonly length: number } | "end"

const { request, slots } = workerData as WorkerInput
const blocks = slots.map((memory) => newBranchBlock(blockCapacity, memory))
const measurement = new Measurement(requestedPredictor(request), request.plan)

parentPort?.on("message", (message: ToWorker) => {
  if (message === "end") {
    parentPort?.postMessage({ measurement: measurement.finish() })
    parentPort?.close()
    return
  }
  const block = blocks[message.slot]
  block.length = message.length
  measurement.consume(block)
  parentPort?.postMessage({ slot: message.slot })
})
