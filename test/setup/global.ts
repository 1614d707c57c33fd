/** Before all tests: the bundle is built anew, since tests of the command line run it as a user does. */
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"

export const setup = (): void => {
  const root = fileURLToPath(new URL("../..", import.meta.url))
  execFileSync(process.execPath, [`${root}node_modules/tsx/dist/cli.mjs`, `${root}scripts/build.ts`], {
    cwd: root,
    stdio: "inherit",
  })
}
