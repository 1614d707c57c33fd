// XNNPACK's f32 SpMM, 16 pixels by a block of 4 output channels. The weights' pointer moves by its own add,
// the input pointer is copied before it moves on. 27 instructions, 16 of them fmla.
loop:
  ldrsw x4, [x2], #4
  ldp q24, q25, [x0]
  ldp q26, q27, [x0, #32]
  mov x5, x0
  add x0, x0, x4
  prfm pldl1keep, [x5, #64]
  ldr q20, [x1]
  add x1, x1, #16
  prfm pldl1keep, [x1, #128]
  fmla v0.4s, v24.4s, v20.s[0]
  fmla v1.4s, v25.4s, v20.s[0]
  fmla v2.4s, v26.4s, v20.s[0]
  fmla v3.4s, v27.4s, v20.s[0]
  fmla v4.4s, v24.4s, v20.s[1]
  fmla v5.4s, v25.4s, v20.s[1]
  fmla v6.4s, v26.4s, v20.s[1]
  fmla v7.4s, v27.4s, v20.s[1]
  fmla v8.4s, v24.4s, v20.s[2]
  fmla v9.4s, v25.4s, v20.s[2]
  fmla v10.4s, v26.4s, v20.s[2]
  fmla v11.4s, v27.4s, v20.s[2]
  fmla v12.4s, v24.4s, v20.s[3]
  fmla v13.4s, v25.4s, v20.s[3]
  fmla v14.4s, v26.4s, v20.s[3]
  fmla v15.4s, v27.4s, v20.s[3]
  subs x3, x3, #1
  b.ne loop
