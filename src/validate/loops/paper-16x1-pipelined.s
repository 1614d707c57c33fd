// Fast Sparse ConvNets, 16 pixels by 1 output channel, loads of the next non-zero behind the products of this one.
// 12 instructions, 4 of them fmla.
loop:
  fmla v0.4s, v16.4s, v20.4s
  fmla v1.4s, v17.4s, v20.4s
  fmla v2.4s, v18.4s, v20.4s
  fmla v3.4s, v19.4s, v20.4s
  ldrsw x4, [x2], #4
  ld1r {v20.4s}, [x1], #4
  ldp q16, q17, [x0]
  ldp q18, q19, [x0, #32]
  prfm pldl1keep, [x0, #64]
  add x0, x0, x4
  subs x3, x3, #1
  b.ne loop
