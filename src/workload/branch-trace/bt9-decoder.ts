/**
 * BT9, the text of the fifth Championship Branch Prediction: a graph of branches, and the way the program took through it.
 * "key: value" lines; BT9_NODES, a line a branch (number, address, …, class); BT9_EDGES, a line a step from a branch to the
 * next (number, source, destination, T or N, target, …, instructions between); BT9_EDGE_SEQUENCE, an edge's number a line;
 * EOF. The branch of an edge is its source; node 0 is a start that is no branch.
 *
 * Source: the kit of the championship (2016), and the identity Σ traversals × instructions + branches = total_instruction_count.
 */
import { WorkloadError } from "../../../arch/errors.ts"
import {
  backwardFlag,
  type BranchBlock,
  CALL,
  CONDITIONAL,
  INDIRECT,
  RETURN,
  TAKEN,
} from "../../../sim/branch/branch-block.ts"
import type { BranchDecoder } from "./branch-decoder.ts"

export const bt9Mark = "BT9_SPA_TRACE_FORMAT"

const newline = 10
const zero = 48
const nine = 57

/** Growing columns of the edges, whose numbers are dense in practice. */
class Edges {
  /** 1 where the edge is known and its source is a branch, 2 where its source is the start. */
  known = new Uint8Array(1024)
  pc = new Int32Array(1024)
  pcHigh = new Int32Array(1024)
  target = new Int32Array(1024)
  targetHigh = new Int32Array(1024)
  flags = new Uint8Array(1024)
  between = new Int32Array(1024)

  room(number: number): void {
    if (number < this.known.length) return
    const size = 2 ** Math.ceil(Math.log2(number + 1))
    const wider = (column: Int32Array): Int32Array<ArrayBuffer> => {
      const wide = new Int32Array(size)
      wide.set(column)
      return wide
    }
    const widerBytes = (column: Uint8Array): Uint8Array<ArrayBuffer> => {
      const wide = new Uint8Array(size)
      wide.set(column)
      return wide
    }
    this.known = widerBytes(this.known)
    this.flags = widerBytes(this.flags)
    this.pc = wider(this.pc)
    this.pcHigh = wider(this.pcHigh)
    this.target = wider(this.target)
    this.targetHigh = wider(this.targetHigh)
    this.between = wider(this.between)
  }
}

/** More nodes or edges than any trace has: a number above it is a damaged line. */
const mostNumbers = 2 ** 26

type Section = "head" | "nodes" | "edges" | "sequence" | "end"

interface Node {
  readonly pc: bigint
  readonly flags: number
}

const low = (address: bigint): number => Number(BigInt.asIntN(32, address))
const high = (address: bigint): number => Number(BigInt.asIntN(32, address >> 32n))

export const bt9Decoder = (file: string): BranchDecoder => {
  const edges = new Edges()
  const nodes = new Map<number, Node>()
  const text = new TextDecoder("latin1")
  let section: Section = "head"
  let line = 0
  let declared: number | undefined
  let counted = 0
  /** Instructions between the branch before and the next one. */
  let between = 0

  const bad = (message: string): WorkloadError =>
    new WorkloadError({
      message,
      place: { file, line },
      remedy: "The file is damaged, or no BT9 trace; the kit's own files pass.",
    })

  const number = (word: string | undefined, what: string): number => {
    const value = word !== undefined && /^\d{1,9}$/.test(word) ? Number(word) : Number.NaN
    if (value < mostNumbers) return value
    throw bad(`expected ${what}, found ${word === undefined ? "nothing" : `"${word.slice(0, 40)}"`}`)
  }

  const address = (word: string | undefined): bigint => {
    if (word !== undefined && /^(0x)?[\da-fA-F]{1,16}$/.test(word)) {
      return BigInt(word.startsWith("0x") ? word : `0x${word}`)
    }
    throw bad(
      `expected an address in hexadecimal, found ${word === undefined ? "nothing" : `"${word.slice(0, 40)}"`}`,
    )
  }

  const readNode = (words: readonly string[]): void => {
    const id = number(words[1], "the number of a node")
    const pc = address(words[2])
    const classAt = words.indexOf("class:")
    // The start and the end have no class.
    if (classAt < 0) return
    const parts = (words[classAt + 1] ?? "").split("+")
    const has = (part: string): boolean => parts.includes(part)
    if (!["JMP", "CALL", "RET"].some(has) || !["CND", "UCD"].some(has)) {
      throw bad(`expected a class such as JMP+DIR+CND, found "${(words[classAt + 1] ?? "").slice(0, 40)}"`)
    }
    nodes.set(id, {
      pc,
      flags:
        (has("CND") ? CONDITIONAL : 0) |
        (has("IND") ? INDIRECT : 0) |
        (has("RET") ? RETURN : 0) |
        (has("CALL") ? CALL : 0),
    })
  }

  const readEdge = (words: readonly string[]): void => {
    const id = number(words[1], "the number of an edge")
    const source = number(words[2], "the number of the edge's source")
    if (words[4] !== "T" && words[4] !== "N") throw bad("expected T or N, taken or not")
    edges.room(id)
    edges.between[id] = number(words[7], "the instructions of an edge")
    const node = nodes.get(source)
    if (node === undefined) {
      if (source !== 0) throw bad(`edge ${id} starts at node ${source}, which is no branch`)
      edges.known[id] = 2
      return
    }
    const target = address(words[5])
    const [pcLow, pcHigh, targetLow, targetHigh] = [low(node.pc), high(node.pc), low(target), high(target)]
    edges.known[id] = 1
    edges.pc[id] = pcLow
    edges.pcHigh[id] = pcHigh
    edges.target[id] = targetLow
    edges.targetHigh[id] = targetHigh
    edges.flags[id] =
      node.flags | (words[4] === "T" ? TAKEN : 0) | backwardFlag(pcLow, pcHigh, targetLow, targetHigh)
  }

  const readLine = (content: string): void => {
    const words = content.trim().split(/\s+/)
    const [first] = words
    if (line === 1) {
      if (first !== bt9Mark) throw bad(`expected ${bt9Mark} in the first line`)
    } else if (first === "BT9_NODES") section = "nodes"
    else if (first === "BT9_EDGES") section = "edges"
    else if (first === "BT9_EDGE_SEQUENCE") section = "sequence"
    else if (first === "NODE" && section === "nodes") readNode(words)
    else if (first === "EDGE" && section === "edges") readEdge(words)
    else if (first === "total_instruction_count:" && section === "head") {
      const count = Number(words[1])
      if (!Number.isSafeInteger(count) || count < 0) throw bad("expected a count of instructions")
      declared = count === 0 ? undefined : count
    } else if (section !== "head" && first !== "" && !first.startsWith("#")) {
      throw bad(`expected a line of the ${section}, found "${content.slice(0, 40)}"`)
    }
  }

  const lastLine = (content: string): void => {
    const words = content.trim()
    if (words.startsWith("EOF")) section = "end"
    else if (words !== "" && !words.startsWith("#")) {
      throw bad(`expected the number of an edge or EOF, found "${words.slice(0, 40)}"`)
    }
  }

  const unknownEdge = (edge: number): WorkloadError => bad(`edge ${edge} stands in no line of BT9_EDGES`)

  /** Whole lines of the sequence, while they are numbers and the block has room; the rest is left. */
  const decodeSequence = (bytes: Uint8Array, from: number, to: number, block: BranchBlock): number => {
    const { known } = edges
    const { length: capacity } = block.pc
    let at = from
    let i = block.length
    let start = at
    while (i < capacity) {
      let edge = 0
      let digits = 0
      let byte = 0
      while (at < to && (byte = bytes[at]) >= zero && byte <= nine) {
        edge = edge * 10 + byte - zero
        digits++
        at++
      }
      if (at >= to || byte !== newline || digits === 0 || digits > 9) break
      at++
      line++
      start = at
      if (edge >= known.length || known[edge] === 0) throw unknownEdge(edge)
      if (known[edge] === 1) {
        block.pc[i] = edges.pc[edge]
        block.pcHigh[i] = edges.pcHigh[edge]
        block.target[i] = edges.target[edge]
        block.targetHigh[i] = edges.targetHigh[edge]
        block.flags[i] = edges.flags[edge]
        block.gap[i] = between + 1
        counted += between + 1
        i++
        between = 0
      }
      between += edges.between[edge]
    }
    block.length = i
    return start
  }

  const decode = (bytes: Uint8Array, from: number, to: number, block: BranchBlock): number => {
    let at = from
    for (;;) {
      if (section === "sequence") {
        at = decodeSequence(bytes, at, to, block)
        if (block.length === block.pc.length) return at
      }
      const end = bytes.indexOf(newline, at)
      if (end < 0 || end >= to) {
        if (to - at > 65_536) throw bad("a line of over 65,536 characters")
        return at
      }
      line++
      const content = text.decode(bytes.subarray(at, end))
      if (section === "sequence") lastLine(content)
      else if (section !== "end") readLine(content)
      at = end + 1
    }
  }

  return {
    decode,
    end: (left) => {
      if (section === "sequence" && text.decode(left).trim().startsWith("EOF")) return
      if (section === "end") return
      line++
      throw bad("the file ends without the line EOF: it is cut off")
    },
    declaredInstructions: () => declared,
    countedInstructions: () => counted + between,
  }
}
