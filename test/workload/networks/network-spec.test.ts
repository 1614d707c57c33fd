import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ConfigError, type SparsimError, WorkloadError } from "../../../arch/errors.ts"
import { buildNetwork } from "../../../src/workload/networks/build-network.ts"
import type { NetworkOptions } from "../../../src/workload/networks/network-options.ts"
import { networkNames } from "../../../src/workload/networks/registry.ts"

const failure = (spec: string, options: NetworkOptions = {}): SparsimError => {
  try {
    buildNetwork(spec, options)
  } catch (error) {
    if (error instanceof WorkloadError || error instanceof ConfigError) return error
    throw error
  }
  throw new Error(`${spec} was built`)
}

describe("a network answers to every usual spelling", () => {
  it.each([
    ["resnet18", "resnet-18"],
    ["ResNet_18", "resnet-18"],
    ["resnet18_cifar10_32x32", "resnet-18-cifar"],
    ["resnet18-cifar", "resnet-18-cifar"],
    ["resnet18-cifar100", "resnet-18-cifar100"],
    ["resnet50_imagenet_224", "resnet-50"],
    ["resnet50-v1.5", "resnet-50"],
    ["resnet-50-192", "resnet-50-192"],
    ["vgg19_cifar_32x32", "vgg-19-cifar"],
    ["vit_b16_224", "vit-b16"],
    ["vit-b/16", "vit-b16"],
    ["vit_b_16", "vit-b16"],
    ["ViT-Base-Patch16-224", "vit-b16"],
    ["mobilenet-v1@0.75", "mobilenet-v1@0.75"],
    ["mobilenetv1@.75-imagenet", "mobilenet-v1@0.75"],
    ["mobilenet_v2_1.4_224", "mobilenet-v2@1.4"],
    ["mobilenetv3large", "mobilenet-v3-large"],
    ["bert", "bert-base"],
    ["bert_base_seq384", "bert-base-seq384"],
    ["llama-7b-decode-kv512-blocks2", "llama-7b-decode-kv512-blocks2"],
    ["llama2-7b-prefill", "llama-7b"],
  ])("%s is %s", (spec, id) => {
    expect(buildNetwork(spec).id).toBe(id)
  })

  it("its id names it again, layer for layer", () => {
    const image = fc.record({
      name: fc.constantFrom("resnet-18", "resnet-50", "vgg-16"),
      options: fc.record({
        input: fc.constantFrom("cifar", "cifar100", "imagenet"),
        imageSize: fc.constantFrom(32, 64, 96, 224),
      }),
    })
    const width = fc.record({
      name: fc.constantFrom("mobilenet-v1", "mobilenet-v2", "mobilenet-v3-small"),
      options: fc.record({ width: fc.constantFrom(0.35, 0.5, 0.75, 1, 1.25) }),
    })
    const text = fc.record({
      name: fc.constantFrom("llama-7b", "llama-7b-block"),
      options: fc.oneof(
        fc.record({ seq: fc.integer({ min: 1, max: 4096 }), blocks: fc.integer({ min: 1, max: 4 }) }),
        fc.record({ phase: fc.constant("decode"), kv: fc.integer({ min: 1, max: 4096 }) }),
      ),
    })
    fc.assert(
      fc.property(fc.oneof(image, width, text), ({ name, options }) => {
        const network = buildNetwork(name, options)
        expect(buildNetwork(network.id)).toEqual(network)
      }),
      { numRuns: 60 },
    )
  })

  it("an option says the same as a suffix", () => {
    expect(buildNetwork("resnet18", { input: "CIFAR10", batch: 8 })).toEqual(
      buildNetwork("resnet18-cifar", { batch: 8 }),
    )
    expect(buildNetwork("resnet18-cifar", { input: "cifar10" }).id).toBe("resnet-18-cifar")
  })
})

describe("names that are none", () => {
  it.each([
    ["resnet19", "Did you mean resnet-"],
    ["mobilnet-v2", "Did you mean mobilenet-v2?"],
    ["vgg-18-cifar", "Did you mean vgg-1"],
    ["efficientnet-b7", "Did you mean efficientnet-b"],
  ])("%s: %s", (spec, remedy) => {
    const error = failure(spec)
    expect(error).toBeInstanceOf(WorkloadError)
    expect(error.message).toContain(`"${spec}"`)
    expect(error.remedy).toContain(remedy)
  })

  it("a suffix that is not understood is quoted, with what the network takes", () => {
    const error = failure("resnet18-foo")
    expect(error.message).toContain('resnet-18 has no variant "foo"')
    expect(error.remedy).toContain("NAME[@WIDTH]")
  })

  it.each(["mobilenet-v1@", "mobilenet-v1@wide", "mobilenet-v1@0.5@0.5", "resnet18-cifar-imagenet", ""])(
    '"%s" is a WorkloadError',
    (spec) => expect(failure(spec)).toBeInstanceOf(WorkloadError),
  )

  it("any text at all is a network or an error with a remedy", () => {
    const parts = fc.constantFrom("-", "_", "@", "/", "16", "0.5", "cifar", "seq", "kv9", "x", "", "decode")
    const text = fc
      .tuple(
        fc.constantFrom(...networkNames(), "", "net"),
        fc.array(fc.oneof(parts, fc.string()), { maxLength: 5 }),
      )
      .map(([name, suffixes]) => name + suffixes.join(""))
    fc.assert(
      fc.property(text, (spec) => {
        try {
          expect(buildNetwork(spec).layers.length).toBeGreaterThan(0)
        } catch (error) {
          if (!(error instanceof WorkloadError || error instanceof ConfigError)) throw error
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe("options out of range or foreign to the network are refused by name", () => {
  it.each<[string, NetworkOptions, string, string]>([
    ["resnet18", { batch: 0 }, "batch", "expected a whole number from 1"],
    ["resnet18", { batch: 1.5 }, "batch", "expected a whole number from 1"],
    ["resnet18", { batch: Number.NaN }, "batch", "expected a whole number from 1"],
    ["resnet18", { imageSize: -32 }, "imageSize", "expected a whole number from 1"],
    ["resnet18", { seq: 128 }, "seq", "no such choice"],
    ["resnet18", { width: 0.5 }, "width", "one width only"],
    ["resnet18", { input: "mnist" }, "input", "not a data set"],
    ["resnet-9", { input: "imagenet" }, "input", "no ImageNet variant"],
    ["vgg16", { imageSize: 16 }, "imageSize", "no output left"],
    ["vit-b16", { imageSize: 100 }, "imageSize", "not a multiple of the 16-pixel patch"],
    ["mobilenet-v2", { width: 0.1 }, "width", "outside 0.35 to 2"],
    ["bert-base", { seq: 513 }, "seq", "from 1 to 512"],
    ["bert-base", { phase: "decode" }, "phase", "no such choice"],
    ["llama-7b", { phase: "generate" }, "phase", 'expected "prefill" or "decode"'],
    ["llama-7b", { phase: "decode", seq: 9 }, "seq", "the context is kv"],
    ["llama-7b", { kv: 9 }, "kv", "without a cache"],
    ["llama-7b", { imageSize: 224 }, "imageSize", "no such choice"],
    ["resnet18-cifar", { input: "imagenet" }, "input", "the option says imagenet"],
  ])("%s with %j: %s", (spec, options, path, message) => {
    const error = failure(spec, options)
    expect(error).toBeInstanceOf(ConfigError)
    expect(error.place).toMatchObject({ path })
    expect(error.message).toContain(message)
  })

  it("counts beyond 2^53 are refused rather than rounded", () => {
    expect(failure("llama-7b", { seq: 1_048_576, batch: 65_536 }).message).toContain("2^53")
  })
})
