/** Failed writes as `OutputError`: what happened, where, and what to do about it. */
import { OutputError, TraceError } from "../../arch/errors.ts"

/** What the operating system's codes mean to a reader, and the remedy. */
const meanings: Readonly<Record<string, readonly [message: string, remedy: string]>> = {
  ENOSPC: ["the disk is full", "Free space there, or write to another disk."],
  EDQUOT: ["the disk quota is used up", "Free space there, or write to another disk."],
  EACCES: ["no permission to write here", "Choose a folder you may write to, or change its permissions."],
  EPERM: ["writing here is not permitted", "Choose a folder you may write to, or change its permissions."],
  EROFS: ["the file system is read-only", "Choose a folder on a writable disk."],
  ENOENT: ["a folder of this path does not exist", "Create it first, or correct the path."],
  EEXIST: ["a file has the name of this folder", "Choose another name, or move the file away."],
  ENOTDIR: ["a part of this path is a file, not a folder", "Correct the path."],
  EISDIR: ["this is a folder; a file was expected", "Give the name of a file."],
  ENAMETOOLONG: ["the name is too long for the file system", "Choose a shorter name."],
  EMFILE: ["too many files are open", "Close other programs or raise the limit (ulimit -n)."],
}

/** DuckDB reports the operating system's reason in words only. */
const codeOfDuckDbMessage = (message: string): string | undefined => {
  if (message.includes("No space left on device")) return "ENOSPC"
  if (message.includes("Disk quota exceeded")) return "EDQUOT"
  if (message.includes("Permission denied")) return "EACCES"
  if (message.includes("Read-only file system")) return "EROFS"
  return undefined
}

const codeOf = (error: Error): string | undefined =>
  "code" in error && typeof error.code === "string" ? error.code : codeOfDuckDbMessage(error.message)

/** The error to throw for a failed write to `file`; errors that already explain themselves pass through. */
export const outputError = (error: unknown, file: string): OutputError | TraceError => {
  if (error instanceof OutputError || error instanceof TraceError) return error
  const cause = error instanceof Error ? error : new Error(String(error))
  const [message, remedy] = meanings[codeOf(cause) ?? ""] ?? [
    cause.message,
    "Check the disk and the path, then try again.",
  ]
  return new OutputError({ message: `cannot write: ${message}`, place: { file }, remedy })
}
