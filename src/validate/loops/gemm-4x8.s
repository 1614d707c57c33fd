// XNNPACK's dense f32 GEMM, 4 rows by 8 columns, 128-bit loads, 4 steps of k. 42 instructions, 32 of them fmla.
loop:
  ldr q0, [x6], #16
  ldr q1, [x7], #16
  ldr q2, [x8], #16
  ldr q3, [x9], #16
  ldp q12, q13, [x5], #32
  ldp q14, q15, [x5], #32
  ldp q16, q17, [x5], #32
  ldp q18, q19, [x5], #32
  fmla v20.4s, v12.4s, v0.s[0]
  fmla v22.4s, v12.4s, v1.s[0]
  fmla v24.4s, v12.4s, v2.s[0]
  fmla v26.4s, v12.4s, v3.s[0]
  fmla v21.4s, v13.4s, v0.s[0]
  fmla v23.4s, v13.4s, v1.s[0]
  fmla v25.4s, v13.4s, v2.s[0]
  fmla v27.4s, v13.4s, v3.s[0]
  fmla v20.4s, v14.4s, v0.s[1]
  fmla v22.4s, v14.4s, v1.s[1]
  fmla v24.4s, v14.4s, v2.s[1]
  fmla v26.4s, v14.4s, v3.s[1]
  fmla v21.4s, v15.4s, v0.s[1]
  fmla v23.4s, v15.4s, v1.s[1]
  fmla v25.4s, v15.4s, v2.s[1]
  fmla v27.4s, v15.4s, v3.s[1]
  fmla v20.4s, v16.4s, v0.s[2]
  fmla v22.4s, v16.4s, v1.s[2]
  fmla v24.4s, v16.4s, v2.s[2]
  fmla v26.4s, v16.4s, v3.s[2]
  fmla v21.4s, v17.4s, v0.s[2]
  fmla v23.4s, v17.4s, v1.s[2]
  fmla v25.4s, v17.4s, v2.s[2]
  fmla v27.4s, v17.4s, v3.s[2]
  fmla v20.4s, v18.4s, v0.s[3]
  fmla v22.4s, v18.4s, v1.s[3]
  fmla v24.4s, v18.4s, v2.s[3]
  fmla v26.4s, v18.4s, v3.s[3]
  fmla v21.4s, v19.4s, v0.s[3]
  fmla v23.4s, v19.4s, v1.s[3]
  fmla v25.4s, v19.4s, v2.s[3]
  fmla v27.4s, v19.4s, v3.s[3]
  subs x3, x3, #16
  b.hs loop
