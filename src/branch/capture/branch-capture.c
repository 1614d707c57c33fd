/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Plugin of qemu-user that writes every branch of the guest's main thread to a file descriptor, as SBBT records. It is a
 * program of its own, compiled on the user's machine; QEMU's plugin interface is under the GPL, version 2 or later (COPYING).
 *
 *   cc -O2 -shared -fPIC -DPLUGIN_API=1 -o capture.so branch-capture.c
 *   qemu-x86_64 -plugin ./capture.so,fd=3,skip=0,max=1000 PROGRAM 3>trace
 *
 * PLUGIN_API: 1 for QEMU before 9.0, 2 for 9.0, 3 from 9.1 on (qemu_plugin_insn_data copies). No header is needed.
 *
 * A block of translated code ends with its branch, so the start of the next block tells where a branch went. After the
 * records stands one that no branch makes: its first word is ~0, its second the instructions that were executed.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef PLUGIN_API
#define PLUGIN_API 1
#endif

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
/* Only the first member of QEMU's own. */
typedef struct { const char *target_name; } qemu_info_t;

extern void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, struct qemu_plugin_tb *));
extern void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *, void (*)(unsigned, void *), int, void *);
extern void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void *), void *);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *, size_t);
extern size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *);
extern uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *);
#if PLUGIN_API >= 3
extern size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *, void *, size_t);
#else
extern const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *);
#endif

#define EXPORT __attribute__((visibility("default")))
EXPORT int qemu_plugin_version = PLUGIN_API;

/* Opcodes of SBBT. */
enum { CONDITIONAL = 1, INDIRECT = 2, RETURN = 4, CALL = 8, NO_BRANCH = 0xFF };

typedef struct {
  uint64_t start;       /* first instruction */
  uint64_t branch;      /* last instruction */
  uint64_t fallThrough; /* what stands behind it */
  uint64_t target;      /* of a direct branch */
  uint32_t instructions;
  uint8_t opcode;
} Block;

enum { RECORDS = 8192 };
static uint64_t records[2 * RECORDS];
static unsigned used;
static int out = -1;
static bool done;
static const Block *previous;
static uint64_t gap, instructions, seen, written, skip, most = UINT64_MAX;

static int64_t signExtended(uint64_t value, int bits) {
  return (int64_t)(value << (64 - bits)) >> (64 - bits);
}

/* Moves bits [from, from + count) of `word` to `to`. */
static uint32_t field(uint32_t word, int from, int count, int to) {
  return (word >> from & ((1u << count) - 1)) << to;
}

static uint32_t word32(const uint8_t *bytes) {
  uint32_t word;
  memcpy(&word, bytes, 4);
  return word;
}

static void direct(Block *b, uint8_t opcode, uint64_t target) {
  b->opcode = opcode;
  b->target = target;
}

/* Intel's manual, volume 2, appendix A: opcode maps. */
static void decodeX86(Block *b, const uint8_t *d, size_t size) {
  size_t i = 0;
  while (i < size && (d[i] == 0xF2 || d[i] == 0xF3 || d[i] == 0x2E || d[i] == 0x3E || d[i] == 0x64 || d[i] == 0x65 ||
                      d[i] == 0x66 || d[i] == 0x67 || (d[i] & 0xF0) == 0x40))
    i++;
  if (i >= size) return;
  uint8_t o = d[i];
  int64_t near8 = (int8_t)d[size - 1], near32 = size >= 5 ? (int32_t)word32(d + size - 4) : 0;
  if ((o >= 0x70 && o <= 0x7F) || (o >= 0xE0 && o <= 0xE3)) direct(b, CONDITIONAL, b->fallThrough + near8);
  else if (o == 0x0F && i + 1 < size && (d[i + 1] & 0xF0) == 0x80) direct(b, CONDITIONAL, b->fallThrough + near32);
  else if (o == 0xEB) direct(b, 0, b->fallThrough + near8);
  else if (o == 0xE9) direct(b, 0, b->fallThrough + near32);
  else if (o == 0xE8) direct(b, CALL, b->fallThrough + near32);
  else if (o == 0xC3 || o == 0xC2) b->opcode = RETURN | INDIRECT;
  else if (o == 0xFF && i + 1 < size) {
    int extension = d[i + 1] >> 3 & 7;
    if (extension == 2) b->opcode = CALL | INDIRECT;
    if (extension == 4) b->opcode = INDIRECT;
  }
}

/* Arm's architecture manual, C4.1: branches, exception generating and system instructions. */
static void decodeArm(Block *b, const uint8_t *d, size_t size) {
  if (size != 4) return;
  uint32_t w = word32(d);
  if (w >> 26 == 0x05) direct(b, 0, b->branch + signExtended(field(w, 0, 26, 2), 28));
  else if (w >> 26 == 0x25) direct(b, CALL, b->branch + signExtended(field(w, 0, 26, 2), 28));
  else if (w >> 24 == 0x54) /* B.cond; conditions 14 and 15 are "always" */
    direct(b, (w & 14) == 14 ? 0 : CONDITIONAL, b->branch + signExtended(field(w, 5, 19, 2), 21));
  else if ((w & 0x7E000000) == 0x34000000) direct(b, CONDITIONAL, b->branch + signExtended(field(w, 5, 19, 2), 21));
  else if ((w & 0x7E000000) == 0x36000000) direct(b, CONDITIONAL, b->branch + signExtended(field(w, 5, 14, 2), 16));
  else if ((w & 0xFE000000) == 0xD6000000) {
    uint32_t operation = w >> 21 & 7; /* bit 24 asks for pointer authentication */
    if (operation == 0) b->opcode = INDIRECT;
    if (operation == 1) b->opcode = CALL | INDIRECT;
    if (operation == 2) b->opcode = RETURN | INDIRECT;
  }
}

/* ra and t0 hold return addresses: RISC-V unprivileged manual, table 3 (return-address stack hints). */
static bool isLink(uint32_t reg) { return reg == 1 || reg == 5; }

static uint8_t jumpToRegister(uint32_t link, uint32_t target) {
  if (isLink(link)) return CALL | INDIRECT;
  return isLink(target) ? RETURN | INDIRECT : INDIRECT;
}

/* RISC-V unprivileged manual, chapters 2.5 (jumps, branches) and 26 (C extension, RV64). */
static void decodeRiscv(Block *b, const uint8_t *d, size_t size) {
  if (size == 2) {
    uint32_t w = d[0] | d[1] << 8, kind = (w & 3) << 3 | w >> 13;
    if (kind == (1 << 3 | 5))
      direct(b, 0, b->branch + signExtended(field(w, 12, 1, 11) | field(w, 11, 1, 4) | field(w, 9, 2, 8) | field(w, 8, 1, 10) |
                                            field(w, 7, 1, 6) | field(w, 6, 1, 7) | field(w, 3, 3, 1) | field(w, 2, 1, 5), 12));
    else if (kind == (1 << 3 | 6) || kind == (1 << 3 | 7))
      direct(b, CONDITIONAL, b->branch + signExtended(field(w, 12, 1, 8) | field(w, 10, 2, 3) | field(w, 5, 2, 6) |
                                                      field(w, 3, 2, 1) | field(w, 2, 1, 5), 9));
    else if (kind == (2 << 3 | 4) && field(w, 2, 5, 0) == 0 && field(w, 7, 5, 0) != 0)
      b->opcode = jumpToRegister(field(w, 12, 1, 0), field(w, 7, 5, 0)); /* c.jalr links in ra, which is register 1 */
    return;
  }
  if (size != 4) return;
  uint32_t w = word32(d), opcode = w & 0x7F, function = field(w, 12, 3, 0), link = field(w, 7, 5, 0);
  if (opcode == 0x63 && (function & 6) != 2)
    direct(b, CONDITIONAL, b->branch + signExtended(field(w, 31, 1, 12) | field(w, 25, 6, 5) | field(w, 8, 4, 1) |
                                                    field(w, 7, 1, 11), 13));
  else if (opcode == 0x6F)
    direct(b, isLink(link) ? CALL : 0, b->branch + signExtended(field(w, 31, 1, 20) | field(w, 21, 10, 1) |
                                                               field(w, 20, 1, 11) | field(w, 12, 8, 12), 21));
  else if (opcode == 0x67 && function == 0) b->opcode = jumpToRegister(link, field(w, 15, 5, 0));
}

static void (*decode)(Block *, const uint8_t *, size_t);

static void writeAll(const void *bytes, size_t left) {
  const char *at = bytes;
  while (left > 0 && out >= 0) {
    ssize_t n = write(out, at, left);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) _exit(0); /* the reader has gone: nothing is left to do */
    at += n;
    left -= (size_t)n;
  }
}

static void flush(void) {
  writeAll(records, 16 * (size_t)used);
  used = 0;
}

static void finish(void) {
  if (done) return;
  done = true;
  if (previous && seen >= skip) instructions += previous->instructions;
  flush();
  uint64_t last[2] = {UINT64_MAX, instructions};
  writeAll(last, sizeof last);
  close(out);
}

static void atExit(qemu_plugin_id_t id, void *data) {
  (void)id;
  (void)data;
  finish();
}

/* A child of fork is another program's run. */
static void inChild(void) {
  done = true;
  close(out);
  out = -1;
}

static void onExecuted(unsigned cpu, void *data) {
  if (cpu != 0 || done) return;
  const Block *next = data, *b = previous;
  previous = next;
  if (!b) return;
  bool isBranch = b->opcode != NO_BRANCH;
  if (seen < skip) {
    seen += isBranch;
    return;
  }
  gap += b->instructions;
  instructions += b->instructions;
  if (!isBranch) return;
  bool taken = true;
  uint64_t target = b->target;
  if (b->opcode & INDIRECT) target = next->start;
  else if (b->opcode & CONDITIONAL) {
    taken = next->start != b->fallThrough;
    /* A signal came between: where the branch would have gone is not known. */
    if (taken && next->start != target) return;
  }
  records[2 * used] = b->branch << 12 | (uint64_t)taken << 11 | b->opcode;
  records[2 * used + 1] = target << 12 | (gap > 4095 ? 4095 : gap);
  gap = 0;
  if (++used == RECORDS) flush();
  if (++written >= most) {
    previous = NULL;
    finish();
    _exit(0);
  }
}

static void onTranslated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb) {
  (void)id;
  size_t n = qemu_plugin_tb_n_insns(tb);
  const struct qemu_plugin_insn *last = qemu_plugin_tb_get_insn(tb, n - 1);
  size_t size = qemu_plugin_insn_size(last);
  uint64_t at = qemu_plugin_insn_vaddr(last);
#if PLUGIN_API >= 3
  uint8_t copy[16];
  size = qemu_plugin_insn_data(last, copy, size < sizeof copy ? size : sizeof copy);
  const uint8_t *bytes = copy;
#else
  const uint8_t *bytes = qemu_plugin_insn_data(last);
#endif
  Block *b = malloc(sizeof *b);
  if (!b) abort();
  *b = (Block){qemu_plugin_tb_vaddr(tb), at, at + size, 0, (uint32_t)n, NO_BRANCH};
  decode(b, bytes, size);
  qemu_plugin_register_vcpu_tb_exec_cb(tb, onExecuted, 0, b);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv) {
  int fd = -1;
  for (int i = 0; i < argc; i++) {
    if (!strncmp(argv[i], "fd=", 3)) fd = atoi(argv[i] + 3);
    if (!strncmp(argv[i], "skip=", 5)) skip = strtoull(argv[i] + 5, NULL, 10);
    if (!strncmp(argv[i], "max=", 4)) most = strtoull(argv[i] + 4, NULL, 10);
  }
  if (!strcmp(info->target_name, "x86_64")) decode = decodeX86;
  else if (!strcmp(info->target_name, "aarch64")) decode = decodeArm;
  else if (!strcmp(info->target_name, "riscv64")) decode = decodeRiscv;
  else {
    fprintf(stderr, "branch-capture: no decoder for %s\n", info->target_name);
    return -1;
  }
  /* Out of the guest's way, which shares the table of descriptors and expects number 3 to be free. */
  out = fcntl(fd, F_DUPFD_CLOEXEC, 500);
  if (out < 0) out = fcntl(fd, F_DUPFD_CLOEXEC, fd + 1);
  if (out < 0) return -1;
  close(fd);
  pthread_atfork(NULL, NULL, inChild);
  uint64_t header[3] = {0x0000010A54424253ULL, 0, 0}; /* "SBBT\n", version 1.0.0, counts unknown */
  writeAll(header, sizeof header);
  qemu_plugin_register_vcpu_tb_trans_cb(id, onTranslated);
  qemu_plugin_register_atexit_cb(id, atExit, NULL);
  return 0;
}
