// XNNPACK's f32 SpMM, 32 pixels by a block of 2 output channels. The weights' pointer moves by its own add, the input
// pointer is copied before it moves on. 30 instructions, 16 of them fmla.
loop:
  ldrsw x4, [x2], #4
  ldp q16, q17, [x0]
  ldp q18, q19, [x0, #32]
  ldp q20, q21, [x0, #64]
  ldp q22, q23, [x0, #96]
  mov x5, x0
  add x0, x0, x4
  prfm pldl1keep, [x5, #128]
  prfm pldl1keep, [x5, #192]
  ldr d24, [x1]
  add x1, x1, #8
  prfm pldl1keep, [x1, #128]
  fmla v0.4s, v16.4s, v24.s[0]
  fmla v1.4s, v17.4s, v24.s[0]
  fmla v2.4s, v18.4s, v24.s[0]
  fmla v3.4s, v19.4s, v24.s[0]
  fmla v4.4s, v20.4s, v24.s[0]
  fmla v5.4s, v21.4s, v24.s[0]
  fmla v6.4s, v22.4s, v24.s[0]
  fmla v7.4s, v23.4s, v24.s[0]
  fmla v8.4s, v16.4s, v24.s[1]
  fmla v9.4s, v17.4s, v24.s[1]
  fmla v10.4s, v18.4s, v24.s[1]
  fmla v11.4s, v19.4s, v24.s[1]
  fmla v12.4s, v20.4s, v24.s[1]
  fmla v13.4s, v21.4s, v24.s[1]
  fmla v14.4s, v22.4s, v24.s[1]
  fmla v15.4s, v23.4s, v24.s[1]
  subs x3, x3, #1
  b.ne loop
