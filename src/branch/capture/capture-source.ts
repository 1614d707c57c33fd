/**
 * Text of the capture plugin, which is compiled where it is used. From source it is read from `branch-capture.c`, in the bundle
 * from the same file in the folder `capture/`: a program of its own, under its own licence.
 */
import { readFileSync } from "node:fs"

const here = import.meta.url
const place = here.endsWith(".ts")
  ? "./branch-capture.c"
  : here.includes("/chunks/")
    ? "../capture/branch-capture.c"
    : "./capture/branch-capture.c"

export const captureSource = (): string => readFileSync(new URL(place, here), "utf8")
