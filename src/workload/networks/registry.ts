/** Every built-in network. */
import { alexnet } from "./alexnet.ts"
import { bertBase } from "./bert.ts"
import { efficientnetB0, efficientnetB1 } from "./efficientnet.ts"
import { llama7b, llama7bBlock } from "./llama.ts"
import { mobilenetV1 } from "./mobilenet-v1.ts"
import { mobilenetV2, mobilenetV2CacheAware } from "./mobilenet-v2.ts"
import { mobilenetV3Large, mobilenetV3Small } from "./mobilenet-v3.ts"
import type { NetworkEntry } from "./network-entry.ts"
import { resnet9 } from "./resnet-9.ts"
import { resnet18, resnet34, resnet50 } from "./resnet.ts"
import { vgg16, vgg19 } from "./vgg.ts"
import { vitB16, vitS16 } from "./vision-transformer.ts"

export const registry: readonly NetworkEntry[] = [
  alexnet,
  vgg16,
  vgg19,
  resnet9,
  resnet18,
  resnet34,
  resnet50,
  mobilenetV1,
  mobilenetV2,
  mobilenetV2CacheAware,
  mobilenetV3Small,
  mobilenetV3Large,
  efficientnetB0,
  efficientnetB1,
  vitS16,
  vitB16,
  bertBase,
  llama7b,
  llama7bBlock,
]

/** Ids of the built-in networks, in the order they are listed. */
export const networkNames = (): readonly string[] => registry.map((entry) => entry.id)

/** "ViT-B/16" → "vitb16": spellings differ in case and separators only. */
const compact = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "")

const bySpelling = new Map(
  registry.flatMap((entry) => [entry.id, ...(entry.aliases ?? [])].map((name) => [compact(name), entry])),
)

/** The network of that name in any usual spelling. */
export const findNetwork = (name: string): NetworkEntry | undefined => bySpelling.get(compact(name))
