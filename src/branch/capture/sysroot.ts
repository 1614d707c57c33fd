/** Where the dynamic linker and the libraries of a program are. */
import { existsSync, statSync } from "node:fs"
import { join } from "node:path"
import { ConfigError, UnsupportedError } from "../../../arch/errors.ts"
import type { GuestProgram } from "./guest-program.ts"

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory()

/**
 * The folder that qemu should look into (-L), undefined where it needs none. Without one given, Debian's folder of the
 * processor's cross libraries is taken if the program's dynamic linker is only there.
 * @throws ConfigError, UnsupportedError where the dynamic linker is nowhere
 */
export const sysrootOf = ({ path, guest, linker }: GuestProgram, given?: string): string | undefined => {
  if (given !== undefined && !isFolder(given)) {
    throw new ConfigError({ message: `--sysroot ${given}: there is no such folder` })
  }
  if (linker === undefined) return given
  if (given !== undefined) {
    if (existsSync(join(given, linker)) || existsSync(linker)) return given
    throw new ConfigError({
      message: `--sysroot ${given}: it does not hold ${linker}, the dynamic linker of ${path}`,
      remedy: "Give the folder that has the program's lib folders.",
    })
  }
  if (existsSync(linker)) return undefined
  const cross = `/usr/${guest.triple}`
  if (existsSync(join(cross, linker))) return cross
  throw new UnsupportedError({
    message: `the program needs the dynamic linker ${linker} of ${guest.name}, which is not here`,
    place: { file: path },
    remedy: `Install it (apt install ${guest.libraries}), name the folder that has it with --sysroot, or link the program with -static.`,
  })
}
