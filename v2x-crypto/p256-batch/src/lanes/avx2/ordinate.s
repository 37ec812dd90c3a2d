# Made by `cargo xtask kernels` from limbs29/program.rs.
# rdi = y, rsi = slope, rdx = across
lea rax, [rip + {constants}]
vmovdqa ymm14, [rax + 0]
vmovdqa ymm15, [rax + 64]
vmovdqa ymm9, [rdx + 0]
vpmuludq ymm0, ymm9, [rsi + 0]
vpmuludq ymm1, ymm9, [rsi + 32]
vpmuludq ymm2, ymm9, [rsi + 64]
vpmuludq ymm3, ymm9, [rsi + 96]
vpmuludq ymm4, ymm9, [rsi + 160]
vpmuludq ymm5, ymm9, [rsi + 192]
vpmuludq ymm6, ymm9, [rsi + 224]
vpmuludq ymm7, ymm9, [rsi + 256]
vpmuludq ymm8, ymm9, [rsi + 128]
vpand ymm11, ymm0, ymm14
vpsrlq ymm0, ymm0, 29
vpmuludq ymm12, ymm11, ymm15
vpmuludq ymm13, ymm11, [rax + 32]
vpaddq ymm1, ymm1, ymm0
vpsllq ymm10, ymm11, 9
vpaddq ymm8, ymm8, ymm12
vpsllq ymm11, ymm11, 18
vpaddq ymm7, ymm7, ymm13
vpaddq ymm3, ymm3, ymm10
vpaddq ymm6, ymm6, ymm11
vmovdqa ymm9, [rdx + 32]
vpmuludq ymm11, ymm9, [rsi + 0]
vpmuludq ymm12, ymm9, [rsi + 32]
vpmuludq ymm13, ymm9, [rsi + 64]
vpmuludq ymm10, ymm9, [rsi + 96]
vpaddq ymm1, ymm1, ymm11
vpmuludq ymm11, ymm9, [rsi + 160]
vpaddq ymm2, ymm2, ymm12
vpmuludq ymm12, ymm9, [rsi + 192]
vpaddq ymm3, ymm3, ymm13
vpmuludq ymm13, ymm9, [rsi + 224]
vpaddq ymm4, ymm4, ymm10
vpmuludq ymm10, ymm9, [rsi + 256]
vpaddq ymm5, ymm5, ymm11
vpmuludq ymm0, ymm9, [rsi + 128]
vpaddq ymm6, ymm6, ymm12
vpaddq ymm7, ymm7, ymm13
vpaddq ymm8, ymm8, ymm10
vpand ymm11, ymm1, ymm14
vpsrlq ymm1, ymm1, 29
vpmuludq ymm12, ymm11, ymm15
vpmuludq ymm13, ymm11, [rax + 32]
vpaddq ymm2, ymm2, ymm1
vpsllq ymm10, ymm11, 9
vpaddq ymm0, ymm0, ymm12
vpsllq ymm11, ymm11, 18
vpaddq ymm8, ymm8, ymm13
vpaddq ymm4, ymm4, ymm10
vpaddq ymm7, ymm7, ymm11
vmovdqa ymm9, [rdx + 64]
vpmuludq ymm11, ymm9, [rsi + 0]
vpmuludq ymm12, ymm9, [rsi + 32]
vpmuludq ymm13, ymm9, [rsi + 64]
vpmuludq ymm10, ymm9, [rsi + 96]
vpaddq ymm2, ymm2, ymm11
vpmuludq ymm11, ymm9, [rsi + 160]
vpaddq ymm3, ymm3, ymm12
vpmuludq ymm12, ymm9, [rsi + 192]
vpaddq ymm4, ymm4, ymm13
vpmuludq ymm13, ymm9, [rsi + 224]
vpaddq ymm5, ymm5, ymm10
vpmuludq ymm10, ymm9, [rsi + 256]
vpaddq ymm6, ymm6, ymm11
vpmuludq ymm1, ymm9, [rsi + 128]
vpaddq ymm7, ymm7, ymm12
vpaddq ymm8, ymm8, ymm13
vpaddq ymm0, ymm0, ymm10
vpand ymm11, ymm2, ymm14
vpsrlq ymm2, ymm2, 29
vpmuludq ymm12, ymm11, ymm15
vpmuludq ymm13, ymm11, [rax + 32]
vpaddq ymm3, ymm3, ymm2
vpsllq ymm10, ymm11, 9
vpaddq ymm1, ymm1, ymm12
vpsllq ymm11, ymm11, 18
vpaddq ymm0, ymm0, ymm13
vpaddq ymm5, ymm5, ymm10
vpaddq ymm8, ymm8, ymm11
vmovdqa ymm9, [rdx + 96]
vpmuludq ymm11, ymm9, [rsi + 0]
vpmuludq ymm12, ymm9, [rsi + 32]
vpmuludq ymm13, ymm9, [rsi + 64]
vpmuludq ymm10, ymm9, [rsi + 96]
vpaddq ymm3, ymm3, ymm11
vpmuludq ymm11, ymm9, [rsi + 160]
vpaddq ymm4, ymm4, ymm12
vpmuludq ymm12, ymm9, [rsi + 192]
vpaddq ymm5, ymm5, ymm13
vpmuludq ymm13, ymm9, [rsi + 224]
vpaddq ymm6, ymm6, ymm10
vpmuludq ymm10, ymm9, [rsi + 256]
vpaddq ymm7, ymm7, ymm11
vpmuludq ymm2, ymm9, [rsi + 128]
vpaddq ymm8, ymm8, ymm12
vpaddq ymm0, ymm0, ymm13
vpaddq ymm1, ymm1, ymm10
vpand ymm11, ymm3, ymm14
vpsrlq ymm3, ymm3, 29
vpmuludq ymm12, ymm11, ymm15
vpmuludq ymm13, ymm11, [rax + 32]
vpaddq ymm4, ymm4, ymm3
vpsllq ymm10, ymm11, 9
vpaddq ymm2, ymm2, ymm12
vpsllq ymm11, ymm11, 18
vpaddq ymm1, ymm1, ymm13
vpaddq ymm6, ymm6, ymm10
vpaddq ymm0, ymm0, ymm11
vmovshdup ymm9, [rdx + 0]
vpmuludq ymm11, ymm9, [rsi + 0]
vpmuludq ymm12, ymm9, [rsi + 32]
vpmuludq ymm13, ymm9, [rsi + 64]
vpmuludq ymm10, ymm9, [rsi + 96]
vpaddq ymm4, ymm4, ymm11
vpmuludq ymm11, ymm9, [rsi + 160]
vpaddq ymm5, ymm5, ymm12
vpmuludq ymm12, ymm9, [rsi + 192]
vpaddq ymm6, ymm6, ymm13
vpmuludq ymm13, ymm9, [rsi + 224]
vpaddq ymm7, ymm7, ymm10
vpmuludq ymm10, ymm9, [rsi + 256]
vpaddq ymm8, ymm8, ymm11
vpmuludq ymm3, ymm9, [rsi + 128]
vpaddq ymm0, ymm0, ymm12
vpaddq ymm1, ymm1, ymm13
vpaddq ymm2, ymm2, ymm10
vpand ymm11, ymm4, ymm14
vpsrlq ymm4, ymm4, 29
vpmuludq ymm12, ymm11, ymm15
vpmuludq ymm13, ymm11, [rax + 32]
vpaddq ymm5, ymm5, ymm4
vpsllq ymm10, ymm11, 9
vpaddq ymm3, ymm3, ymm12
vpsllq ymm11, ymm11, 18
vpaddq ymm2, ymm2, ymm13
vpaddq ymm7, ymm7, ymm10
vpaddq ymm1, ymm1, ymm11
vmovshdup ymm9, [rdx + 32]
vpmuludq ymm11, ymm9, [rsi + 0]
vpmuludq ymm12, ymm9, [rsi + 32]
vpmuludq ymm13, ymm9, [rsi + 64]
vpmuludq ymm10, ymm9, [rsi + 96]
vpaddq ymm5, ymm5, ymm11
vpmuludq ymm11, ymm9, [rsi + 160]
vpaddq ymm6, ymm6, ymm12
vpmuludq ymm12, ymm9, [rsi + 192]
vpaddq ymm7, ymm7, ymm13
vpmuludq ymm13, ymm9, [rsi + 224]
vpaddq ymm8, ymm8, ymm10
vpmuludq ymm10, ymm9, [rsi + 256]
vpaddq ymm0, ymm0, ymm11
vpmuludq ymm4, ymm9, [rsi + 128]
vpaddq ymm1, ymm1, ymm12
vpaddq ymm2, ymm2, ymm13
vpaddq ymm3, ymm3, ymm10
vpand ymm11, ymm5, ymm14
vpsrlq ymm5, ymm5, 29
vpmuludq ymm12, ymm11, ymm15
vpmuludq ymm13, ymm11, [rax + 32]
vpaddq ymm6, ymm6, ymm5
vpsllq ymm10, ymm11, 9
vpaddq ymm4, ymm4, ymm12
vpsllq ymm11, ymm11, 18
vpaddq ymm3, ymm3, ymm13
vpaddq ymm8, ymm8, ymm10
vpaddq ymm2, ymm2, ymm11
vmovshdup ymm9, [rdx + 64]
vpmuludq ymm11, ymm9, [rsi + 0]
vpmuludq ymm12, ymm9, [rsi + 32]
vpmuludq ymm13, ymm9, [rsi + 64]
vpmuludq ymm10, ymm9, [rsi + 96]
vpaddq ymm6, ymm6, ymm11
vpmuludq ymm11, ymm9, [rsi + 160]
vpaddq ymm7, ymm7, ymm12
vpmuludq ymm12, ymm9, [rsi + 192]
vpaddq ymm8, ymm8, ymm13
vpmuludq ymm13, ymm9, [rsi + 224]
vpaddq ymm0, ymm0, ymm10
vpmuludq ymm10, ymm9, [rsi + 256]
vpaddq ymm1, ymm1, ymm11
vpmuludq ymm5, ymm9, [rsi + 128]
vpaddq ymm2, ymm2, ymm12
vpaddq ymm3, ymm3, ymm13
vpaddq ymm4, ymm4, ymm10
vpand ymm11, ymm6, ymm14
vpsrlq ymm6, ymm6, 29
vpmuludq ymm12, ymm11, ymm15
vpmuludq ymm13, ymm11, [rax + 32]
vpaddq ymm7, ymm7, ymm6
vpsllq ymm10, ymm11, 9
vpaddq ymm5, ymm5, ymm12
vpsllq ymm11, ymm11, 18
vpaddq ymm4, ymm4, ymm13
vpaddq ymm0, ymm0, ymm10
vpaddq ymm3, ymm3, ymm11
vmovshdup ymm9, [rdx + 96]
vpmuludq ymm11, ymm9, [rsi + 0]
vpmuludq ymm12, ymm9, [rsi + 32]
vpmuludq ymm13, ymm9, [rsi + 64]
vpmuludq ymm10, ymm9, [rsi + 96]
vpaddq ymm7, ymm7, ymm11
vpmuludq ymm11, ymm9, [rsi + 160]
vpaddq ymm8, ymm8, ymm12
vpmuludq ymm12, ymm9, [rsi + 192]
vpaddq ymm0, ymm0, ymm13
vpmuludq ymm13, ymm9, [rsi + 224]
vpaddq ymm1, ymm1, ymm10
vpmuludq ymm10, ymm9, [rsi + 256]
vpaddq ymm2, ymm2, ymm11
vpmuludq ymm6, ymm9, [rsi + 128]
vpaddq ymm3, ymm3, ymm12
vpaddq ymm4, ymm4, ymm13
vpaddq ymm5, ymm5, ymm10
vpand ymm11, ymm7, ymm14
vpsrlq ymm7, ymm7, 29
vpmuludq ymm12, ymm11, ymm15
vpmuludq ymm13, ymm11, [rax + 32]
vpaddq ymm8, ymm8, ymm7
vpsllq ymm10, ymm11, 9
vpaddq ymm6, ymm6, ymm12
vpsllq ymm11, ymm11, 18
vpaddq ymm5, ymm5, ymm13
vpaddq ymm1, ymm1, ymm10
vpaddq ymm4, ymm4, ymm11
vmovdqa ymm9, [rdx + 128]
vpmuludq ymm11, ymm9, [rsi + 0]
vpmuludq ymm12, ymm9, [rsi + 32]
vpmuludq ymm13, ymm9, [rsi + 64]
vpmuludq ymm10, ymm9, [rsi + 96]
vpaddq ymm8, ymm8, ymm11
vpmuludq ymm11, ymm9, [rsi + 160]
vpaddq ymm0, ymm0, ymm12
vpmuludq ymm12, ymm9, [rsi + 192]
vpaddq ymm1, ymm1, ymm13
vpmuludq ymm13, ymm9, [rsi + 224]
vpaddq ymm2, ymm2, ymm10
vpmuludq ymm10, ymm9, [rsi + 256]
vpaddq ymm3, ymm3, ymm11
vpmuludq ymm7, ymm9, [rsi + 128]
vpaddq ymm4, ymm4, ymm12
vpaddq ymm5, ymm5, ymm13
vpaddq ymm6, ymm6, ymm10
vpand ymm11, ymm8, ymm14
vpsrlq ymm8, ymm8, 29
vpmuludq ymm12, ymm11, ymm15
vpmuludq ymm13, ymm11, [rax + 32]
vpaddq ymm0, ymm0, ymm8
vpsllq ymm10, ymm11, 9
vpaddq ymm7, ymm7, ymm12
vpsllq ymm11, ymm11, 18
vpaddq ymm6, ymm6, ymm13
vpaddq ymm2, ymm2, ymm10
vpaddq ymm5, ymm5, ymm11
vmovdqa ymm11, [rax + 352]
vpsubd ymm11, ymm11, [rdi + 0]
vpsrlq ymm12, ymm11, 32
vpand ymm11, ymm11, [rax + 128]
vpaddq ymm0, ymm0, ymm11
vpaddq ymm4, ymm4, ymm12
vmovdqa ymm13, [rax + 384]
vpsubd ymm13, ymm13, [rdi + 32]
vpsrlq ymm10, ymm13, 32
vpand ymm13, ymm13, [rax + 128]
vpaddq ymm1, ymm1, ymm13
vpaddq ymm5, ymm5, ymm10
vmovdqa ymm11, [rax + 416]
vpsubd ymm11, ymm11, [rdi + 64]
vpsrlq ymm12, ymm11, 32
vpand ymm11, ymm11, [rax + 128]
vpaddq ymm2, ymm2, ymm11
vpaddq ymm6, ymm6, ymm12
vmovdqa ymm13, [rax + 448]
vpsubd ymm13, ymm13, [rdi + 96]
vpsrlq ymm10, ymm13, 32
vpand ymm13, ymm13, [rax + 128]
vpaddq ymm3, ymm3, ymm13
vpaddq ymm7, ymm7, ymm10
vmovdqa ymm11, [rax + 480]
vpsubd ymm11, ymm11, [rdi + 128]
vpsllq ymm11, ymm11, 29
vpaddq ymm7, ymm7, ymm11
vpsrlq ymm12, ymm7, 53
vpand ymm7, ymm7, [rax + 96]
vpsllq ymm13, ymm12, 9
vpsubq ymm3, ymm3, ymm13
vpsllq ymm10, ymm12, 18
vpsubq ymm6, ymm6, ymm10
vpsllq ymm11, ymm12, 21
vpaddq ymm7, ymm7, ymm11
vpaddq ymm0, ymm0, ymm12
vpsrlq ymm12, ymm0, 29
vpaddq ymm1, ymm1, ymm12
vpsrlq ymm13, ymm1, 29
vpaddq ymm2, ymm2, ymm13
vpsrlq ymm10, ymm2, 29
vpaddq ymm3, ymm3, ymm10
vpsrlq ymm11, ymm3, 29
vpaddq ymm4, ymm4, ymm11
vpsrlq ymm12, ymm4, 29
vpaddq ymm5, ymm5, ymm12
vpsrlq ymm13, ymm5, 29
vpaddq ymm6, ymm6, ymm13
vpsrlq ymm10, ymm6, 29
vpaddq ymm7, ymm7, ymm10
vpsrlq ymm8, ymm7, 29
vpsllq ymm4, ymm4, 32
vpblendd ymm0, ymm0, ymm4, 170
vpand ymm0, ymm0, [rax + 160]
vmovdqa [rdi + 0], ymm0
vpsllq ymm5, ymm5, 32
vpblendd ymm1, ymm1, ymm5, 170
vpand ymm1, ymm1, [rax + 160]
vmovdqa [rdi + 32], ymm1
vpsllq ymm6, ymm6, 32
vpblendd ymm2, ymm2, ymm6, 170
vpand ymm2, ymm2, [rax + 160]
vmovdqa [rdi + 64], ymm2
vpsllq ymm7, ymm7, 32
vpblendd ymm3, ymm3, ymm7, 170
vpand ymm3, ymm3, [rax + 160]
vmovdqa [rdi + 96], ymm3
vmovdqa [rdi + 128], ymm8
ret
