// Fast Sparse ConvNets, 16 pixels by a block of 2 output channels: both weights in one load, products by element.
// 16 instructions, 8 of them fmla.
loop:
  ldrsw x4, [x2], #4
  ldp q16, q17, [x0]
  ldp q18, q19, [x0, #32]
  prfm pldl1keep, [x0, #64]
  ldr d20, [x1], #8
  add x0, x0, x4
  fmla v0.4s, v16.4s, v20.s[0]
  fmla v1.4s, v17.4s, v20.s[0]
  fmla v2.4s, v18.4s, v20.s[0]
  fmla v3.4s, v19.4s, v20.s[0]
  fmla v4.4s, v16.4s, v20.s[1]
  fmla v5.4s, v17.4s, v20.s[1]
  fmla v6.4s, v18.4s, v20.s[1]
  fmla v7.4s, v19.4s, v20.s[1]
  subs x3, x3, #1
  b.ne loop
