import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { writeAtomically } from "../../../../sim/trace/export/write-atomically.ts"
import { removeUnfinishedOutput } from "../../../../sim/trace/unfinished-output.ts"
import { temporaryFolder } from "../temporary-folder.ts"

describe("writing a file", () => {
  it("joins the chunks and leaves no temporary file", async () => {
    const folder = temporaryFolder()
    await writeAtomically(join(folder, "a.txt"), ["one ", "två ", "🎉"])
    expect(readFileSync(join(folder, "a.txt"), "utf8")).toBe("one två 🎉")
    expect(readdirSync(folder)).toEqual(["a.txt"])
  })

  it("leaves the old file as it was when a chunk cannot be made", async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, "a.txt"), "old")
    const failing = function* () {
      yield "new"
      throw new RangeError("no more")
    }
    await expect(writeAtomically(join(folder, "a.txt"), failing())).rejects.toThrow(RangeError)
    expect(readFileSync(join(folder, "a.txt"), "utf8")).toBe("old")
    expect(readdirSync(folder)).toEqual(["a.txt"])
  })

  it("shows nothing under the file's name until it is complete", async () => {
    const folder = temporaryFolder()
    const file = join(folder, "a.txt")
    const seen: boolean[] = []
    const watching = function* () {
      yield "first"
      seen.push(existsSync(file))
      yield "second"
    }
    await writeAtomically(file, watching())
    expect(seen).toEqual([false])
  })

  it("can be cleaned up by a signal handler in the middle", async () => {
    const folder = temporaryFolder()
    const interrupted = function* () {
      yield "first"
      expect(readdirSync(folder)).toHaveLength(1)
      removeUnfinishedOutput()
      expect(readdirSync(folder)).toEqual([])
      yield "second"
    }
    await expect(writeAtomically(join(folder, "a.txt"), interrupted())).rejects.toMatchObject({
      _tag: "OutputError",
    })
    expect(readdirSync(folder)).toEqual([])
  })

  it("follows a link instead of replacing it", async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, "real"), "old")
    symlinkSync(join(folder, "real"), join(folder, "link"))
    await writeAtomically(join(folder, "link"), ["new"])
    expect(readFileSync(join(folder, "real"), "utf8")).toBe("new")
  })
})

describe("a file that cannot be written", () => {
  it.each([
    [
      "in a folder that does not exist",
      (folder: string) => join(folder, "none/a.txt"),
      /folder of this path/,
    ],
    ["below a file", (folder: string) => join(folder, "file/a.txt"), /is a file/],
    ["that is a folder", (folder: string) => join(folder, "folder"), /is a folder/],
  ])("%s is an OutputError with its place and a remedy", async (_, place, message) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, "file"), "")
    mkdirSync(join(folder, "folder"))
    const writing = writeAtomically(place(folder), ["text"])
    await expect(writing).rejects.toMatchObject({
      _tag: "OutputError",
      message: expect.stringMatching(message),
      place: { file: place(folder) },
      remedy: expect.stringMatching(/./),
    })
  })

  it.skipIf(!existsSync("/dev/full"))("on a full disk says so (needs /dev/full)", async () => {
    await expect(writeAtomically("/dev/full", ["text"])).rejects.toMatchObject({
      _tag: "OutputError",
      message: "cannot write: the disk is full",
    })
  })
})
