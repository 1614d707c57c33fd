/** SCALE-Sim files in the forms that occur, for tests that must not need anything outside the repository. */

export const completeConfig = `[general]
run_name = a128_os_user60

[architecture_presets]
ArrayHeight : 128
ArrayWidth : 64
IfmapSramSzkB : 256
FilterSramSzkB : 512
OfmapSramSzkB : 128
IfmapOffset : 1
FilterOffset : 2
OfmapOffset : 3
Bandwidth : 60, 50
Dataflow : os
MemoryBanks : 2
ReadRequestBuffer : 128
WriteRequestBuffer : 32

[layout]
IfmapCustomLayout : False
IfmapSRAMBankBandwidth : 60
IfmapSRAMBankNum : 10
IfmapSRAMBankPort : 2
FilterCustomLayout : True
FilterSRAMBankBandwidth : 20
FilterSRAMBankNum : 5
FilterSRAMBankPort : 1

[sparsity]
SparsitySupport : true
SparseRep : csr
OptimizedMapping : true
BlockSize : 8
RandomNumberGeneratorSeed : 7

[run_presets]
InterfaceBandwidth : USER
UseRamulatorTrace : False
`

/** Only what has no default. */
export const shortestConfig = `[architecture_presets]
ArrayHeight : 32
ArrayWidth : 32
IfmapSramSzkB : 64
FilterSramSzkB : 64
OfmapSramSzkB : 64
Dataflow : ws
`

/** Trailing commas and padding, as SCALE-Sim's own files have them. */
export const convTopology = `Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,
Conv1     ,224         ,224        ,11           ,11          ,3       ,96        ,4      ,
Conv2     ,27         ,27        ,5            ,5           ,96      ,256       ,1      ,
`

export const gemmTopology = `Layer, M, N, K, Sparsity,
L0, 196, 192, 384, 2:4,
L1, 3, 5, 16,
`

/** Annotation columns behind two empty ones and a row of commas: SCALE-Sim's shipped ResNet-50 starts like this. */
export const annotatedTopology = `Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,,,Eh,Ew,e2
,,,,,,,,,,,,
Conv1,224,224,7,7,3,64,2,,,110,110,12100
FC6,1,1,1,1,2048,1000,1,,,,,`
