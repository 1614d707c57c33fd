/**
 * One program in the assembly of three processors: two nested loops of 10 and 7 rounds, and in the outer one a direct and an
 * indirect call of a function with a branch that is never taken; at its end an indirect and a direct jump.
 */

const x86 = `
  .globl _start
_start:
  mov $10, %ebx
  lea f(%rip), %rsi
outer:
  mov $7, %ecx
inner:
  dec %ecx
  jnz inner
  call f
  call *%rsi
  dec %ebx
  jnz outer
  lea last(%rip), %rax
  jmp *%rax
f:
  test %ebx, %ebx
  jz f
  ret
last:
  jmp over
  nop
over:
  mov $60, %eax
  xor %edi, %edi
  syscall
`

const arm = `
  .globl _start
_start:
  mov w1, #10
  adr x4, f
outer:
  mov w2, #7
inner:
  sub w2, w2, #1
  cbnz w2, inner
  bl f
  blr x4
  subs w1, w1, #1
  b.ne outer
  adr x3, last
  br x3
f:
  tbnz w1, #31, f
  ret
last:
  b over
  nop
over:
  mov x8, #93
  mov x0, #0
  svc #0
`

const riscv = `
  .globl _start
_start:
  li s1, 10
  lla a1, f
outer:
  li s0, 7
inner:
  addi s0, s0, -1
  bnez s0, inner
  jal ra, f
  jalr ra, a1
  addi s1, s1, -1
  bnez s1, outer
  lla a0, last
  jr a0
f:
  beqz s1, f
  ret
last:
  j over
  nop
over:
  li a7, 93
  li a0, 0
  ecall
`

/** Branches by class, and taken conditional ones, that follow from the bounds of the loops. */
export const loopCounts = {
  conditional: 10 * 7 + 10 + 20,
  taken: 10 * 6 + 9,
  call: 10,
  "indirect call": 10,
  return: 20,
  "indirect jump": 1,
  jump: 1,
} as const

/**
 * A chain of branches over gaps of growing size: forward, back by a conditional one that is taken, forward again. Every branch
 * stands where the one before leads, so an offset that is misread breaks the chain.
 */
const chain = (set: string, jump: string, conditions: readonly string[], exit: string): string =>
  [
    ".globl _start",
    "_start:",
    set,
    ...chainGaps.flatMap((gap, k) => [
      `  ${jump} b${k}`,
      `a${k}:`,
      `  ${jump} c${k}`,
      `  .skip ${gap}`,
      `b${k}:`,
      `  ${conditions[k % conditions.length].replace("TO", `a${k}`)}`,
      `c${k}:`,
    ]),
    exit,
    "",
  ].join("\n")

/** Every bit of the short offsets, and of the longer ones as far as all three processors reach without a detour. */
const chainGaps = [
  4, 8, 16, 24, 32, 40, 64, 72, 96, 100, 120, 128, 200, 256, 336, 512, 700, 1024, 1500, 2000, 2048, 2600,
  3000,
]

export const chainLength = 3 * chainGaps.length

export interface LoopProgram {
  readonly guest: string
  readonly compiler: string
  readonly emulator: string
  readonly flags: readonly string[]
  readonly text: string
  /** Another program: a chain of branches, one right behind the other. */
  readonly chain: string
  /** Executed: those before the loops, the outer loop ten times, the inner one seventy, the function twenty, the end. */
  readonly instructions: number
  /** Bytes of an instruction where all have the same. */
  readonly width?: number
}

const riscvChain = chain(
  "  li s0, 0\n  li a0, 0",
  "j",
  ["beqz s0, TO", "bge zero, zero, TO"],
  "  li a7, 93\n  ecall",
)

export const loopPrograms: readonly LoopProgram[] = [
  {
    guest: "x86-64",
    compiler: "gcc",
    emulator: "qemu-x86_64",
    flags: [],
    text: x86,
    chain: chain(
      "  xor %edi, %edi\n  xor %ecx, %ecx",
      "jmp",
      ["jz TO", "jns TO"],
      "  mov $60, %eax\n  syscall",
    ),
    instructions: 2 + 10 * 5 + 70 * 2 + 20 * 3 + 2 + 1 + 3,
  },
  {
    guest: "AArch64",
    compiler: "aarch64-linux-gnu-gcc",
    emulator: "qemu-aarch64",
    flags: [],
    text: arm,
    chain: chain(
      "  cmp wzr, wzr\n  mov x0, #0",
      "b",
      ["b.eq TO", "cbz wzr, TO", "tbz x0, #35, TO"],
      "  mov x8, #93\n  svc #0",
    ),
    instructions: 2 + 10 * 5 + 70 * 2 + 20 * 2 + 2 + 1 + 3,
    width: 4,
  },
  {
    guest: "RISC-V",
    compiler: "riscv64-linux-gnu-gcc",
    emulator: "qemu-riscv64",
    flags: ["-Wl,--no-relax"],
    text: `.option norvc\n${riscv}`,
    chain: `.option norvc\n${riscvChain}`,
    instructions: 3 + 10 * 5 + 70 * 2 + 20 * 2 + 3 + 1 + 3,
    width: 4,
  },
  {
    guest: "RISC-V",
    compiler: "riscv64-linux-gnu-gcc",
    emulator: "qemu-riscv64",
    flags: ["-Wl,--no-relax"],
    text: `.option rvc\n${riscv}`,
    chain: `.option rvc\n${riscvChain}`,
    instructions: 3 + 10 * 5 + 70 * 2 + 20 * 2 + 3 + 1 + 3,
  },
]
