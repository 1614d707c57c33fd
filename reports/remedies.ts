/** What would help against a stall, in a clause that follows "to gain more, …". */

const remedies: ReadonlyMap<string, string> = new Map([
  ["fill-drain", "use longer tiles or a smaller array, so that filling and draining weigh less"],
  ["stationary-load", "load the next stationary tile behind the compute of this one"],
  ["weight-load", "preload weights behind the compute of the tile before"],
  ["dram-read", "read less from DRAM (larger buffers, better reuse, compact weights) or widen it"],
  ["dram-write", "write less to DRAM (keep partial sums on chip, narrower outputs) or widen it"],
  ["dram", "move fewer bytes through DRAM or widen it"],
  ["other-unit", "overlap the other units' work with the array's"],
  ["accumulate", "interleave more independent sums, so that the adder's latency is hidden"],
  ["vector", "overlap the vector unit's work with the array's or add vector lanes"],
  ["sore", "add mask lanes, or make the N:M masks less often"],
  [
    "unmapped",
    "give the array products with more rows and columns: a larger batch, a smaller array, another dataflow",
  ],
  ["delivery", "widen the links that bring whole groups of the dense operand to the array"],
  ["switch", "keep one dataflow for longer, or switch faster"],
  ["shared-memory", "widen the shared memory's ports, or compress the dense operand"],
  ["accumulators", "widen the accumulators' ports"],
  ["wuve", "overlap the weight update with other work or add update lanes"],
  ["idle", "give the unit work of other stages to overlap with"],
  ["padding", "use sizes that are multiples of the tiles, or smaller tiles"],
  ["wave-tail", "use sizes that fill the last wave of thread blocks, or split the reduction"],
  ["issue", "use larger tiles, so that more multiplications follow each load"],
  ["clock", "raise the power limit, or spend less energy on each operation"],
  ["ingress", "use larger tiles, so that fewer operand bytes enter each SM"],
  ["l2", "use larger tiles or a better order of thread blocks, so that fewer bytes come from L2"],
  ["split-k", "find parallelism in more rows rather than in a split reduction"],
  ["epilogue", "write narrower outputs, or fuse less into the product"],
  ["launch", "do more work in each kernel: a larger batch, fused kernels, or captured graphs"],
  [
    "index",
    "keep weights in blocks of output channels, so that one index and one load serve several of them",
  ],
  ["kernel", "use register tiles that fit the layer, or a kernel that loads less for each multiply-add"],
  [
    "cache",
    "keep fewer channels or narrower tiles of pixels in use at once, so that a tile's activations stay in the first cache",
  ],
  ["pointwise", "fold pointwise functions into the product before them, or choose cheaper ones"],
  ["operator", "fuse operators, or give each more work"],
  ["metadata", "decode the metadata faster or store less of it"],
])

/** Remedy for the cause of a stall; a cause that is not known here is named as it stands in the trace. */
export const remedyFor = (cause: string): string => remedies.get(cause) ?? `shorten the ${cause} stalls`
