/** Paths that a flag names. */
import { ConfigError } from "../../arch/errors.ts"

/** Refuses an empty path, which would mean the current folder. @throws ConfigError */
export const readPath = (flag: string, path: string): string => {
  if (path !== "") return path
  throw new ConfigError({ message: `${flag}: the path is empty`, remedy: `Name it, e.g. ${flag} out` })
}
