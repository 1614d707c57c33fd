/** Kernels assembled for AArch64 and run under qemu, behind the same interface as those in V8. */
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Kernel } from "../../dataflows/kernel/kernel-ir.ts"
import { neonSymbol, neonText } from "../../dataflows/kernel/neon-text.ts"
import type { AssembledKernels, KernelMemory } from "../../src/kernel/assemble-kernels.ts"

const compiler = "aarch64-linux-gnu-gcc"
const emulator = "qemu-aarch64"

/** Undefined where both are there, else what is missing. */
export const missingTool = (): string | undefined =>
  [compiler, emulator].find((tool) => spawnSync(tool, ["--version"]).status !== 0)

/** Parameters that are places in memory; the others are numbers. */
const places: ReadonlySet<string> = new Set([
  "input",
  "values",
  "deltas",
  "counts",
  "weights",
  "output",
  "limits",
])

/** Reads a memory image and arguments, calls the kernel that the first argument names, writes the image back. */
const host = (kernels: readonly Kernel[]): string => `
#include <stdio.h>
#include <stdlib.h>
typedef void (*kernel)(long, long, long, long, long, long, long, long, long, long, long);
${kernels.map((k) => `extern void ${neonSymbol(k)}(long, long, long, long, long, long, long, long, long, long, long);`).join("\n")}
static kernel table[] = { ${kernels.map(neonSymbol).join(", ")} };
int main(int argc, char **argv) {
  FILE *f = fopen(argv[2], "rb");
  fseek(f, 0, SEEK_END);
  long size = ftell(f);
  char *m = aligned_alloc(64, (size + 127) / 64 * 64);
  rewind(f);
  if (fread(m, 1, size, f) != (size_t)size) return 2;
  fclose(f);
  long a[11] = {0};
  for (int i = 3; i < argc; i++) a[i - 3] = atol(argv[i] + 1) + (argv[i][0] == '@' ? (long)m : 0);
  table[atoi(argv[1])](a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10]);
  f = fopen(argv[2], "wb");
  fwrite(m, 1, size, f);
  return fclose(f);
}
`

export const assembleForQemu = (kernels: readonly Kernel[], bytes: number): AssembledKernels => {
  const folder = mkdtempSync(join(tmpdir(), "sparsim-neon-"))
  const at = (name: string): string => join(folder, name)
  writeFileSync(at("kernels.s"), kernels.map(neonText).join("\n"))
  writeFileSync(at("host.c"), host(kernels))
  execFileSync(compiler, ["-O1", "-static", "-o", at("run"), at("host.c"), at("kernels.s")])
  const buffer = new ArrayBuffer(bytes)
  const memory: KernelMemory = {
    buffer,
    grow: () => {
      throw new RangeError("the memory of the emulated process does not grow")
    },
  }
  return {
    memory,
    kernel: (name) => {
      const index = kernels.findIndex((kernel) => kernel.name === name)
      const { parameters } = kernels[index]
      return (...operands) => {
        writeFileSync(at("image"), new Uint8Array(buffer))
        const given = operands.map((value, i) => `${places.has(parameters[i]) ? "@" : "#"}${value}`)
        execFileSync(emulator, [at("run"), String(index), at("image"), ...given])
        new Uint8Array(buffer).set(readFileSync(at("image")))
      }
    },
  }
}
