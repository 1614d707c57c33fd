/** From the bytes of a file to an ONNX model, with an error a person understands for everything that is none. */
import type { ModelProto } from "onnx-buf"
import { WorkloadError } from "../../../arch/errors.ts"

/** What people hand over by mistake, by how such files begin. */
const otherKinds: readonly {
  readonly begins: string
  /** Offset of the mark in bytes. */
  readonly at?: number
  readonly is: string
  readonly remedy: string
}[] = [
  { begins: "\x89PNG", is: "a PNG image", remedy: "Give the .onnx file." },
  { begins: "{", is: "JSON text", remedy: "Give the .onnx file." },
  {
    begins: "version https://git-lfs",
    is: "a Git LFS pointer, not the model itself",
    remedy: "Fetch the model with `git lfs pull`.",
  },
  {
    begins: "PK\x03\x04",
    is: "a zip archive (PyTorch checkpoints are zip archives)",
    remedy: "Export the model to ONNX, e.g. with torch.onnx.export.",
  },
  { begins: "\x1f\x8b", is: "gzip-compressed", remedy: "Decompress it first." },
  { begins: "\x89HDF", is: "an HDF5 file", remedy: "Convert the model to ONNX, e.g. with tf2onnx." },
  {
    begins: "<",
    is: "HTML or XML text, perhaps a failed download",
    remedy: "Download the .onnx file again.",
  },
  { begins: "TFL3", at: 4, is: "a TensorFlow Lite model", remedy: "Convert it to ONNX, e.g. with tf2onnx." },
  {
    begins: "ORTM",
    at: 4,
    is: "in ONNX Runtime's own format",
    remedy: "Give the .onnx file it was made from.",
  },
]

const beginning = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 32))

/** Flatbuffers (ONNX Runtime, TensorFlow Lite) carry their mark after a four-byte offset. */
const otherKindOf = (bytes: Uint8Array) => {
  const start = beginning(bytes)
  return otherKinds.find(({ begins, at }) => start.startsWith(begins, at ?? 0))
}

/** Throws WorkloadError for anything that is not a complete model. The protobuf library is loaded on first use. */
export const decodeModel = async (bytes: Uint8Array<ArrayBuffer>, file: string): Promise<ModelProto> => {
  const fail = (message: string, remedy: string) => new WorkloadError({ message, place: { file }, remedy })
  if (bytes.length === 0)
    throw fail("The file is empty; expected an ONNX model.", "Export or download it again.")
  const other = otherKindOf(bytes)
  const [{ fromBinary }, { ModelProtoSchema }] = await Promise.all([
    import("@bufbuild/protobuf"),
    import("onnx-buf"),
  ])
  const model = (() => {
    try {
      return fromBinary(ModelProtoSchema, bytes)
    } catch (error) {
      if (other !== undefined) throw fail(`The file is ${other.is}; expected an ONNX model.`, other.remedy)
      throw fail(
        `The file is not an ONNX model or is cut short after ${bytes.length} bytes (${error instanceof Error ? error.message : String(error)}).`,
        "Export or download it again.",
      )
    }
  })()
  if (model.graph === undefined || model.graph.node.length === 0) {
    if (other !== undefined) throw fail(`The file is ${other.is}; expected an ONNX model.`, other.remedy)
    throw fail(
      model.graph === undefined
        ? "The file holds no graph, so it is not an ONNX model or is cut short."
        : "The graph of the model has no nodes.",
      "Export or download it again.",
    )
  }
  // Every version of the format after 2 must name its operator sets, and writers put them after the graph.
  if (model.opsetImport.length === 0 && model.irVersion >= 3n)
    throw fail(
      "The model names no operator set (opset_import), so it is cut short or damaged.",
      "Export it again.",
    )
  return model
}
