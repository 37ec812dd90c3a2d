# Made by `cargo xtask kernels` from limbs29/program.rs.
# rdi = x, rsi = across, rdx = slope, rcx = d
lea rax, [rip + {constants}]
vmovdqa ymm14, [rax + 0]
vmovdqa ymm15, [rax + 64]
vmovdqa ymm9, [rdx + 0]
vpmuludq ymm0, ymm9, ymm9
vpaddq ymm9, ymm9, ymm9
vpmuludq ymm1, ymm9, [rdx + 32]
vpmuludq ymm2, ymm9, [rdx + 64]
vpmuludq ymm3, ymm9, [rdx + 96]
vpmuludq ymm4, ymm9, [rdx + 160]
vpmuludq ymm5, ymm9, [rdx + 192]
vpmuludq ymm6, ymm9, [rdx + 224]
vpmuludq ymm7, ymm9, [rdx + 256]
vpmuludq ymm8, ymm9, [rdx + 128]
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
vpmuludq ymm11, ymm9, ymm9
vpaddq ymm2, ymm2, ymm11
vpaddq ymm9, ymm9, ymm9
vpmuludq ymm12, ymm9, [rdx + 64]
vpmuludq ymm13, ymm9, [rdx + 96]
vpmuludq ymm10, ymm9, [rdx + 160]
vpmuludq ymm11, ymm9, [rdx + 192]
vpaddq ymm3, ymm3, ymm12
vpmuludq ymm12, ymm9, [rdx + 224]
vpaddq ymm4, ymm4, ymm13
vpmuludq ymm13, ymm9, [rdx + 256]
vpaddq ymm5, ymm5, ymm10
vpmuludq ymm0, ymm9, [rdx + 128]
vpaddq ymm6, ymm6, ymm11
vpaddq ymm7, ymm7, ymm12
vpaddq ymm8, ymm8, ymm13
vpand ymm10, ymm1, ymm14
vpsrlq ymm1, ymm1, 29
vpmuludq ymm11, ymm10, ymm15
vpmuludq ymm12, ymm10, [rax + 32]
vpaddq ymm2, ymm2, ymm1
vpsllq ymm13, ymm10, 9
vpaddq ymm0, ymm0, ymm11
vpsllq ymm10, ymm10, 18
vpaddq ymm8, ymm8, ymm12
vpaddq ymm4, ymm4, ymm13
vpaddq ymm7, ymm7, ymm10
vmovdqa ymm9, [rdx + 64]
vpmuludq ymm10, ymm9, ymm9
vpaddq ymm4, ymm4, ymm10
vpaddq ymm9, ymm9, ymm9
vpmuludq ymm11, ymm9, [rdx + 96]
vpmuludq ymm12, ymm9, [rdx + 160]
vpmuludq ymm13, ymm9, [rdx + 192]
vpmuludq ymm10, ymm9, [rdx + 224]
vpaddq ymm5, ymm5, ymm11
vpmuludq ymm11, ymm9, [rdx + 256]
vpaddq ymm6, ymm6, ymm12
vpmuludq ymm1, ymm9, [rdx + 128]
vpaddq ymm7, ymm7, ymm13
vpaddq ymm8, ymm8, ymm10
vpaddq ymm0, ymm0, ymm11
vpand ymm12, ymm2, ymm14
vpsrlq ymm2, ymm2, 29
vpmuludq ymm13, ymm12, ymm15
vpmuludq ymm10, ymm12, [rax + 32]
vpaddq ymm3, ymm3, ymm2
vpsllq ymm11, ymm12, 9
vpaddq ymm1, ymm1, ymm13
vpsllq ymm12, ymm12, 18
vpaddq ymm0, ymm0, ymm10
vpaddq ymm5, ymm5, ymm11
vpaddq ymm8, ymm8, ymm12
vmovdqa ymm9, [rdx + 96]
vpmuludq ymm12, ymm9, ymm9
vpaddq ymm6, ymm6, ymm12
vpaddq ymm9, ymm9, ymm9
vpmuludq ymm13, ymm9, [rdx + 160]
vpmuludq ymm10, ymm9, [rdx + 192]
vpmuludq ymm11, ymm9, [rdx + 224]
vpmuludq ymm12, ymm9, [rdx + 256]
vpaddq ymm7, ymm7, ymm13
vpmuludq ymm2, ymm9, [rdx + 128]
vpaddq ymm8, ymm8, ymm10
vpaddq ymm0, ymm0, ymm11
vpaddq ymm1, ymm1, ymm12
vpand ymm13, ymm3, ymm14
vpsrlq ymm3, ymm3, 29
vpmuludq ymm10, ymm13, ymm15
vpmuludq ymm11, ymm13, [rax + 32]
vpaddq ymm4, ymm4, ymm3
vpsllq ymm12, ymm13, 9
vpaddq ymm2, ymm2, ymm10
vpsllq ymm13, ymm13, 18
vpaddq ymm1, ymm1, ymm11
vpaddq ymm6, ymm6, ymm12
vpaddq ymm0, ymm0, ymm13
vmovdqa ymm9, [rdx + 160]
vpmuludq ymm13, ymm9, ymm9
vpaddq ymm8, ymm8, ymm13
vpaddq ymm9, ymm9, ymm9
vpmuludq ymm10, ymm9, [rdx + 192]
vpmuludq ymm11, ymm9, [rdx + 224]
vpmuludq ymm12, ymm9, [rdx + 256]
vpmuludq ymm3, ymm9, [rdx + 128]
vpaddq ymm0, ymm0, ymm10
vpaddq ymm1, ymm1, ymm11
vpaddq ymm2, ymm2, ymm12
vpand ymm13, ymm4, ymm14
vpsrlq ymm4, ymm4, 29
vpmuludq ymm10, ymm13, ymm15
vpmuludq ymm11, ymm13, [rax + 32]
vpaddq ymm5, ymm5, ymm4
vpsllq ymm12, ymm13, 9
vpaddq ymm3, ymm3, ymm10
vpsllq ymm13, ymm13, 18
vpaddq ymm2, ymm2, ymm11
vpaddq ymm7, ymm7, ymm12
vpaddq ymm1, ymm1, ymm13
vmovdqa ymm9, [rdx + 192]
vpmuludq ymm13, ymm9, ymm9
vpaddq ymm1, ymm1, ymm13
vpaddq ymm9, ymm9, ymm9
vpmuludq ymm10, ymm9, [rdx + 224]
vpmuludq ymm11, ymm9, [rdx + 256]
vpmuludq ymm4, ymm9, [rdx + 128]
vpaddq ymm2, ymm2, ymm10
vpaddq ymm3, ymm3, ymm11
vpand ymm12, ymm5, ymm14
vpsrlq ymm5, ymm5, 29
vpmuludq ymm13, ymm12, ymm15
vpmuludq ymm10, ymm12, [rax + 32]
vpaddq ymm6, ymm6, ymm5
vpsllq ymm11, ymm12, 9
vpaddq ymm4, ymm4, ymm13
vpsllq ymm12, ymm12, 18
vpaddq ymm3, ymm3, ymm10
vpaddq ymm8, ymm8, ymm11
vpaddq ymm2, ymm2, ymm12
vmovdqa ymm9, [rdx + 224]
vpmuludq ymm12, ymm9, ymm9
vpaddq ymm3, ymm3, ymm12
vpaddq ymm9, ymm9, ymm9
vpmuludq ymm13, ymm9, [rdx + 256]
vpmuludq ymm5, ymm9, [rdx + 128]
vpaddq ymm4, ymm4, ymm13
vpand ymm10, ymm6, ymm14
vpsrlq ymm6, ymm6, 29
vpmuludq ymm11, ymm10, ymm15
vpmuludq ymm12, ymm10, [rax + 32]
vpaddq ymm7, ymm7, ymm6
vpsllq ymm13, ymm10, 9
vpaddq ymm5, ymm5, ymm11
vpsllq ymm10, ymm10, 18
vpaddq ymm4, ymm4, ymm12
vpaddq ymm0, ymm0, ymm13
vpaddq ymm3, ymm3, ymm10
vmovdqa ymm9, [rdx + 256]
vpmuludq ymm10, ymm9, ymm9
vpaddq ymm5, ymm5, ymm10
vpaddq ymm9, ymm9, ymm9
vpmuludq ymm6, ymm9, [rdx + 128]
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
vpmuludq ymm7, ymm9, ymm9
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
vmovdqa ymm11, [rax + 512]
vpsubd ymm11, ymm11, [rdi + 0]
vpsubd ymm11, ymm11, [rdi + 0]
vpsubd ymm11, ymm11, [rcx + 0]
vpsrlq ymm12, ymm11, 32
vpand ymm11, ymm11, [rax + 128]
vpaddq ymm0, ymm0, ymm11
vpaddq ymm4, ymm4, ymm12
vmovdqa ymm13, [rax + 544]
vpsubd ymm13, ymm13, [rdi + 32]
vpsubd ymm13, ymm13, [rdi + 32]
vpsubd ymm13, ymm13, [rcx + 32]
vpsrlq ymm10, ymm13, 32
vpand ymm13, ymm13, [rax + 128]
vpaddq ymm1, ymm1, ymm13
vpaddq ymm5, ymm5, ymm10
vmovdqa ymm11, [rax + 576]
vpsubd ymm11, ymm11, [rdi + 64]
vpsubd ymm11, ymm11, [rdi + 64]
vpsubd ymm11, ymm11, [rcx + 64]
vpsrlq ymm12, ymm11, 32
vpand ymm11, ymm11, [rax + 128]
vpaddq ymm2, ymm2, ymm11
vpaddq ymm6, ymm6, ymm12
vmovdqa ymm13, [rax + 608]
vpsubd ymm13, ymm13, [rdi + 96]
vpsubd ymm13, ymm13, [rdi + 96]
vpsubd ymm13, ymm13, [rcx + 96]
vpsrlq ymm10, ymm13, 32
vpand ymm13, ymm13, [rax + 128]
vpaddq ymm3, ymm3, ymm13
vpaddq ymm7, ymm7, ymm10
vmovdqa ymm11, [rax + 640]
vpsubd ymm11, ymm11, [rdi + 128]
vpsubd ymm11, ymm11, [rdi + 128]
vpsubd ymm11, ymm11, [rcx + 128]
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
vmovdqa ymm11, [rdi + 0]
vpaddd ymm11, ymm11, [rax + 192]
vpsubd ymm11, ymm11, ymm0
vmovdqa [rsi + 0], ymm11
vmovdqa [rdi + 0], ymm0
vpsllq ymm5, ymm5, 32
vpblendd ymm1, ymm1, ymm5, 170
vpand ymm1, ymm1, [rax + 160]
vmovdqa ymm12, [rdi + 32]
vpaddd ymm12, ymm12, [rax + 224]
vpsubd ymm12, ymm12, ymm1
vmovdqa [rsi + 32], ymm12
vmovdqa [rdi + 32], ymm1
vpsllq ymm6, ymm6, 32
vpblendd ymm2, ymm2, ymm6, 170
vpand ymm2, ymm2, [rax + 160]
vmovdqa ymm13, [rdi + 64]
vpaddd ymm13, ymm13, [rax + 256]
vpsubd ymm13, ymm13, ymm2
vmovdqa [rsi + 64], ymm13
vmovdqa [rdi + 64], ymm2
vpsllq ymm7, ymm7, 32
vpblendd ymm3, ymm3, ymm7, 170
vpand ymm3, ymm3, [rax + 160]
vmovdqa ymm10, [rdi + 96]
vpaddd ymm10, ymm10, [rax + 288]
vpsubd ymm10, ymm10, ymm3
vmovdqa [rsi + 96], ymm10
vmovdqa [rdi + 96], ymm3
vmovdqa ymm11, [rdi + 128]
vpaddd ymm11, ymm11, [rax + 320]
vpsubd ymm11, ymm11, ymm8
vmovdqa [rsi + 128], ymm11
vmovdqa [rdi + 128], ymm8
ret
