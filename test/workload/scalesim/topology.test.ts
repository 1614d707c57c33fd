import { describe, expect, it } from "vitest"
import { WorkloadError } from "../../../arch/errors.ts"
import { readScaleSimTopology, type TopologyOptions } from "../../../src/workload/scalesim/topology.ts"
import { annotatedTopology, convTopology, gemmTopology } from "./sample-files.ts"

const failure = (text: string, options: TopologyOptions = {}): WorkloadError => {
  try {
    readScaleSimTopology(text, "net.csv", options)
  } catch (error) {
    if (error instanceof WorkloadError) return error
    throw error
  }
  throw new Error("the topology was read")
}

const layersOf = (text: string) => readScaleSimTopology(text, "net.csv").layers

describe("readScaleSimTopology", () => {
  it("reads convolutions by column title", () => {
    const topology = readScaleSimTopology(convTopology, "nets/alexnet.csv")
    expect(topology.name).toBe("alexnet")
    expect(topology.layers).toHaveLength(2)
    expect(topology.layers[0]).toEqual({
      kind: "conv",
      name: "Conv1",
      line: 2,
      ifmapHeight: 224,
      ifmapWidth: 224,
      filterHeight: 11,
      filterWidth: 11,
      channels: 3,
      filters: 96,
      strideHeight: 4,
      strideWidth: 4,
      batch: 1,
      depthwise: false,
    })
  })

  it("reads matrix products; where the file has sparsity, a layer without is dense", () => {
    expect(layersOf(gemmTopology)).toEqual([
      { kind: "gemm", name: "L0", line: 2, m: 196, n: 192, k: 384, batch: 1, sparsity: { n: 2, m: 4 } },
      { kind: "gemm", name: "L1", line: 3, m: 3, n: 5, k: 16, batch: 1, sparsity: { n: 1, m: 1 } },
    ])
  })

  it("ignores annotation columns, empty columns and rows of commas", () => {
    const topology = readScaleSimTopology(annotatedTopology, "net.csv")
    expect(topology.layers.map((layer) => [layer.name, layer.line])).toEqual([
      ["Conv1", 3],
      ["FC6", 4],
    ])
    expect(topology.ignoredColumns).toEqual(["Eh", "Ew", "e2"])
  })

  it("reads the same with or without trailing commas, blank lines, CRLF and a byte-order mark", () => {
    const plain = convTopology.replace(/[ ,]+$/gm, "").trim()
    const layers = (text: string) => layersOf(text).map((layer) => ({ ...layer, line: 0 }))
    const expected = layers(plain)
    expect(layers(convTopology)).toEqual(expected)
    expect(layers(`\uFEFF${plain.replace(/\n/g, "\r\n\r\n")}\r\n`)).toEqual(expected)
    expect(layers(plain.replace(/,/g, "\t"))).toEqual(expected)
  })

  // The following forms occur in topologies that SCALE-Sim or its users publish.
  it("takes columns in any order and spelling", () => {
    const text =
      "name,strides,num filters,channel,filter width,filter height,ifmap width,Ifmap height\na,2,8,3,4,5,32,64"
    expect(layersOf(text)[0]).toMatchObject({
      ifmapHeight: 64,
      ifmapWidth: 32,
      filterHeight: 5,
      filterWidth: 4,
      channels: 3,
      filters: 8,
      strideHeight: 2,
    })
  })

  it("takes the first of two columns titled IFMAP Width as the height", () => {
    const text =
      "Layer, IFMAP Width, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\nc,700,161,41,11,1,2,2,"
    expect(layersOf(text)[0]).toMatchObject({ ifmapHeight: 700, ifmapWidth: 161 })
  })

  it("reads a batch column, 1 where it is empty", () => {
    const text = `${convTopology.split("\n")[0]} Batch Size,\na,5,5,3,3,1,1,1,4,\nb,5,5,3,3,1,1,1,`
    expect(layersOf(text).map((layer) => layer.batch)).toEqual([4, 1])
  })

  it("reads separate strides", () => {
    const text = convTopology
      .replace("Strides", "Stride height,Stride width")
      .replace(/,([14]) +,$/gm, ",$1,2,")
    expect(layersOf(text)[0]).toMatchObject({ strideHeight: 4, strideWidth: 2 })
  })

  it("reads an N:M behind the stride though the header has no title there, as SCALE-Sim does", () => {
    const text = convTopology.replace("96        ,4      ,", "96,4,2:4,")
    expect(layersOf(text).map((layer) => layer.sparsity)).toEqual([
      { n: 2, m: 4 },
      { n: 1, m: 1 },
    ])
  })

  it("ignores notes behind a row", () => {
    expect(layersOf(convTopology.replace("4      ,", "4, #dw")).map((layer) => layer.sparsity)).toEqual([
      undefined,
      undefined,
    ])
  })

  it("names a layer without name by its position", () => {
    expect(layersOf("Layer,M,N,K\n,1,2,3\n,4,5,6").map((layer) => layer.name)).toEqual(["layer 1", "layer 2"])
  })
})

describe("what cannot be read is a WorkloadError at its line and column", () => {
  const header =
    "Layer name,IFMAP Height,IFMAP Width,Filter Height,Filter Width,Channels,Num Filter,Strides,Sparsity,"
  it.each([
    ["a,abc,5,3,3,1,1,1,", 2, 3, 'layer "a": IFMAP Height is "abc"'],
    ["a,5,0,3,3,1,1,1,", 2, 5, 'IFMAP Width is "0"'],
    ["a,5,5,-3,3,1,1,1,", 2, 7, 'Filter Height is "-3"'],
    ["a,5,5,3,2.5,1,1,1,", 2, 9, 'Filter Width is "2.5"'],
    ["a,5,5,3,3,NaN,1,1,", 2, 11, 'Channels is "NaN"'],
    ["a,5,5,3,3,1,1e3,1,", 2, 13, 'Num Filter is "1e3"'],
    ["a,5,5,3,3,1,1,Infinity,", 2, 15, 'Strides is "Infinity"'],
    ["a,5,5,3,3,1,1,,", 2, 15, "Strides is nothing"],
    ["a,5,5,3,3,1,1", 2, 14, "Strides is nothing"],
    ["a,5,5,3,3,1,1,1,4:2,", 2, 17, 'Sparsity is "4:2"'],
    ["a,5,5,3,3,1,1,1,0:4,", 2, 17, 'Sparsity is "0:4"'],
    ["a,5,5,3,3,1,1,1,half,", 2, 17, 'Sparsity is "half"'],
    ["a,5,5,3,3,1,1,1,1,", 2, 17, 'Sparsity is "1"'],
    ["a,5,5,3,3,1,1,1,1:2,2:4", 2, 21, "not titled Sparsity"],
    ["a,5,5,7,3,1,1,1,", 2, 7, "Filter Height 7 is larger than the ifmap (5)"],
    ["a,5,5,3,6,1,1,1,", 2, 9, "Filter Width 6 is larger than the ifmap (5)"],
    ["a,2000000000,5,3,3,1,1,1,", 2, 3, "from 1 to 1000000000"],
    ["a,999999999,999999999,3,3,9,9,1,", 2, 1, "2^53"],
  ])("%s: line %d, column %d, %s", (row, line, column, message) => {
    const error = failure(`${header}\n${row}\n`)
    expect(error.message).toContain(message)
    expect(error.place).toEqual({ file: "net.csv", line, column })
    expect(error.remedy).toBeDefined()
  })

  it.each([
    ["", 1, 1, "the file is empty"],
    [" \n,,,\n", 1, 1, "the file is empty"],
    [header, 1, 1, "no layer below the header"],
    ["Conv1,224,224,7,7,3,64,2,\n", 1, 1, "the first line is data, expected a header"],
    ["some,other,table\n1,2,3", 1, 1, "not the header of a topology"],
    ["PK\u0003\u0004", 1, 3, "not a text file"],
    ["Layer,M,\uFFFD", 1, 9, "not a text file"],
    [header.replace("Channels,", ""), 1, 1, "column Channels is missing"],
    [header.replace("Channels", "Chanels"), 1, 64, 'column is titled "Chanels", expected Channels'],
    [header.replace("Channels", "M,N,Channels,Channels"), 1, 77, "column Channels stands twice"],
    ["Layer,M,N\na,1,2", 1, 1, "column K is missing"],
    ["Layer,M,N,e2\na,1,2,4", 1, 1, "column K is missing"],
  ])("%j: line %d, column %d, %s", (text, line, column, message) => {
    const error = failure(text)
    expect(error.message).toContain(message)
    expect(error.place).toEqual({ file: "net.csv", line, column })
    expect(error.remedy).toBeDefined()
  })

  it("a forced kind that the header contradicts", () => {
    expect(failure(convTopology, { kind: "gemm" }).message).toContain("header is that of a conv topology")
    expect(failure(gemmTopology, { kind: "conv" }).message).toContain("header is that of a gemm topology")
    expect(readScaleSimTopology(gemmTopology, "net.csv", { kind: "gemm" }).layers).toHaveLength(2)
  })
})
