/** Joins small pieces of text into chunks worth a write each. */
const chunkLength = 1 << 16

export function* inChunks(pieces: Iterable<string>): Generator<string> {
  let chunk = ""
  for (const piece of pieces) {
    chunk += piece
    if (chunk.length < chunkLength) continue
    yield chunk
    chunk = ""
  }
  if (chunk !== "") yield chunk
}
