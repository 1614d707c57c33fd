declare module "unbzip2-stream" {
  /** A stream that takes packed bytes and gives plain ones. */
  export default function unbzip2Stream(): NodeJS.ReadWriteStream
}
