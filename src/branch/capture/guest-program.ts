/** What a program to capture is: its processor, and what has to be there to run it. */
import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from "node:fs"
import { delimiter, join } from "node:path"
import { UnsupportedError, WorkloadError } from "../../../arch/errors.ts"

/** Processors by the number that ELF gives them (e_machine), with Debian's names of what runs their programs. */
const guests = {
  62: { name: "x86-64", emulator: "qemu-x86_64", triple: "x86_64-linux-gnu", libraries: "libc6-amd64-cross" },
  183: {
    name: "AArch64",
    emulator: "qemu-aarch64",
    triple: "aarch64-linux-gnu",
    libraries: "libc6-arm64-cross",
  },
  243: {
    name: "RISC-V",
    emulator: "qemu-riscv64",
    triple: "riscv64-linux-gnu",
    libraries: "libc6-riscv64-cross",
  },
} as const

export type Guest = (typeof guests)[keyof typeof guests]

export interface GuestProgram {
  readonly path: string
  readonly guest: Guest
  /** The dynamic linker that the program names; undefined for a static one. */
  readonly linker: string | undefined
}

const executable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** The file that a shell would run. @throws WorkloadError */
export const findProgram = (name: string, searched = process.env["PATH"] ?? ""): string => {
  const candidates = name.includes("/")
    ? [name]
    : searched
        .split(delimiter)
        .filter((folder) => folder !== "")
        .map((folder) => join(folder, name))
  const found = candidates.find(executable)
  if (found !== undefined) return realpathSync(found)
  throw new WorkloadError({
    message: `there is no program ${name} that may be executed`,
    remedy: "Name a program in a folder of PATH, or the path of one, after --.",
  })
}

const headBytes = 1 << 16

const headOf = (path: string): Buffer => {
  let file: number
  try {
    file = openSync(path, "r")
  } catch {
    throw new WorkloadError({
      message: "the program cannot be read",
      place: { file: path },
      remedy: "qemu reads a program that it runs: it needs the permission to read, not only to execute.",
    })
  }
  try {
    const buffer = Buffer.alloc(headBytes)
    return buffer.subarray(0, readSync(file, buffer, 0, headBytes, 0))
  } finally {
    closeSync(file)
  }
}

/** PT_INTERP */
const interpreterSegment = 3

/** What the program's ELF header says (System V ABI, chapters 4 and 5). @throws WorkloadError, UnsupportedError */
export const inspectProgram = (path: string): GuestProgram => {
  const head = headOf(path)
  const place = { file: path }
  if (head.subarray(0, 2).toString("latin1") === "#!") {
    const [, interpreter = "sh"] = /^#!\s*(\S+)/.exec(head.toString("latin1")) ?? []
    throw new WorkloadError({
      message: "this is a script, and what branches is its interpreter",
      place,
      remedy: `Name the interpreter: -- ${interpreter} ${path}.`,
    })
  }
  if (head.length < 64 || head.readUInt32BE(0) !== 0x7f454c46) {
    throw new WorkloadError({ message: "this is no ELF program", place, remedy: "Name a program of Linux." })
  }
  const machine = head.readUInt16LE(18)
  const guest = Object.entries(guests).find(([code]) => Number(code) === machine)?.[1]
  if (head[4] !== 2 || head[5] !== 1 || guest === undefined) {
    throw new UnsupportedError({
      message: `the program is for another processor (ELF machine ${machine}, ${head[4] === 2 ? 64 : 32} bits)`,
      place,
      remedy: "Programs for x86-64, AArch64 and 64-bit RISC-V can be captured.",
    })
  }
  return { path, guest, linker: linkerOf(head) }
}

const linkerOf = (head: Buffer): string | undefined => {
  const table = Number(head.readBigUInt64LE(32))
  const size = head.readUInt16LE(54)
  const count = head.readUInt16LE(56)
  for (let i = 0; i < count; i++) {
    const at = table + i * size
    if (size < 56 || at + 56 > head.length) return undefined
    if (head.readUInt32LE(at) !== interpreterSegment) continue
    const from = Number(head.readBigUInt64LE(at + 8))
    const length = Number(head.readBigUInt64LE(at + 32))
    return head
      .subarray(from, from + length)
      .toString("latin1")
      .replace(/\0.*$/s, "")
  }
  return undefined
}
