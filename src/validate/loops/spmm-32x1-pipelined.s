// XNNPACK's f32 SpMM, 32 pixels by 1 output channel, pipelined: the kernel that it takes on AArch64.
// 21 instructions, 8 of them fmla. The input pointer is copied before it moves on, as compilers do for its prefetches.
loop:
  fmla v0.4s, v16.4s, v24.4s
  fmla v1.4s, v17.4s, v24.4s
  fmla v2.4s, v18.4s, v24.4s
  fmla v3.4s, v19.4s, v24.4s
  fmla v4.4s, v20.4s, v24.4s
  fmla v5.4s, v21.4s, v24.4s
  fmla v6.4s, v22.4s, v24.4s
  fmla v7.4s, v23.4s, v24.4s
  ldrsw x4, [x2], #4
  ld1r {v24.4s}, [x1], #4
  ldp q16, q17, [x0]
  ldp q18, q19, [x0, #32]
  ldp q20, q21, [x0, #64]
  ldp q22, q23, [x0, #96]
  mov x5, x0
  add x0, x0, x4
  prfm pldl1keep, [x5, #128]
  prfm pldl1keep, [x5, #192]
  prfm pldl1keep, [x1, #128]
  subs x3, x3, #1
  b.ne loop
