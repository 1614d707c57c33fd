/** Reads an ONNX file. */
import { readFile } from "node:fs/promises"
import { WorkloadError } from "../../../arch/errors.ts"
import { decodeModel } from "./decode-model.ts"
import { externalDataBeside } from "./external-data.ts"
import type { InputOptions } from "./graph-inputs.ts"
import { networkFromModel, type OnnxNetwork } from "./network-from-model.ts"

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "There is no such file.",
  EISDIR: "This is a folder, not a file.",
  EACCES: "The file may not be read: no permission.",
  ERR_FS_FILE_TOO_LARGE: "The file is larger than 2 GiB, which protobuf cannot hold.",
}

const readBytes = async (file: string): Promise<Uint8Array<ArrayBuffer>> => {
  try {
    return await readFile(file)
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : ""
    throw new WorkloadError({
      message: reasons[code] ?? `The file cannot be read (${code}).`,
      place: { file },
      remedy: "Give the path of an .onnx file.",
    })
  }
}

/**
 * The network of an ONNX file; layers keep the names of their nodes, with their real weights loaded on demand.
 *
 * Dimensions that the file leaves open: the batch is `options.batch` or 1, whole shapes come from `options.inputs`,
 * images default to 640×640 (a free length beside a fixed height to 320), sequences to 128; every assumed size is a
 * warning and part of `network.source`. Throws WorkloadError for anything that is not a complete, consistent model.
 *
 * @example
 * const { network, warnings } = await readOnnx("det.onnx", { inputs: { x: [1, 3, 960, 960] } })
 */
export const readOnnx = async (file: string, options: InputOptions = {}): Promise<OnnxNetwork> => {
  const model = await decodeModel(await readBytes(file), file)
  return networkFromModel(model, { ...options, file, external: externalDataBeside(file) })
}
