// Two predictors as plain loops over decoded columns, so that the TypeScript ones have something to be measured against in
// the same run. Usage: reference gshare|perceptron COLUMNS RECORDS; prints mispredictions and CPU seconds.
// COLUMNS: RECORDS low halves of addresses, as many high halves (int32), as many flags (bytes; 1 conditional, 16 taken).
#include <time.h>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

double cpuSeconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

struct Columns {
  std::vector<uint32_t> low, high;
  std::vector<uint8_t> flags;
};

uint64_t gshare(const Columns& trace) {
  std::vector<uint8_t> counters(1 << 17, 2);
  uint32_t history = 0;
  uint64_t misses = 0;
  for (size_t i = 0; i < trace.flags.size(); i++) {
    if (!(trace.flags[i] & 1)) continue;
    const bool taken = trace.flags[i] & 16;
    uint8_t& counter = counters[(trace.low[i] ^ history) & 0x1ffff];
    misses += (counter > 1) != taken;
    if (taken) counter += counter < 3;
    else counter -= counter > 0;
    history = history << 1 | taken;
  }
  return misses;
}

uint64_t perceptron(const Columns& trace) {
  constexpr int tables = 16, bits = 12, mask = (1 << bits) - 1, ring = 512;
  constexpr int lengths[tables] = {0, 4, 5, 7, 9, 13, 17, 23, 32, 43, 58, 78, 105, 141, 191, 257};
  std::vector<int8_t> weights(tables << bits, 0);
  uint32_t folds[tables] = {};
  uint8_t outcomes[ring] = {};
  uint32_t index[tables];
  int head = 0, theta = 10, balance = 0;
  uint64_t misses = 0;
  for (size_t i = 0; i < trace.flags.size(); i++) {
    const bool taken = trace.flags[i] & 16;
    if (trace.flags[i] & 1) {
      uint32_t address = 0;
      for (uint64_t rest = uint64_t(trace.high[i]) << 32 | trace.low[i]; rest; rest >>= bits) address ^= rest & mask;
      int sum = 0;
      for (int t = 0; t < tables; t++) {
        index[t] = t << bits | (address ^ folds[t]);
        sum += weights[index[t]];
      }
      const bool right = (sum > 0) == taken;
      misses += !right;
      if (!right || std::abs(sum) < theta) {
        for (uint32_t at : index) {
          if (taken) weights[at] += weights[at] < 127;
          else weights[at] -= weights[at] > -128;
        }
        balance += right ? -1 : 1;
        if (std::abs(balance) >= 18) {
          theta += balance > 0 ? 1 : -1;
          balance = 0;
        }
      }
    }
    head = (head + 1) % ring;
    outcomes[head] = taken;
    for (int t = 0; t < tables; t++) {
      const uint32_t out = outcomes[(head - lengths[t]) & (ring - 1)];
      const uint32_t turned = folds[t] << 1 ^ uint32_t(taken) ^ out << lengths[t] % bits;
      folds[t] = (turned ^ turned >> bits) & mask;
    }
  }
  return misses;
}

}  // namespace

int main(int, char** argv) {
  const size_t records = std::strtoull(argv[3], nullptr, 10);
  Columns trace{std::vector<uint32_t>(records), std::vector<uint32_t>(records), std::vector<uint8_t>(records)};
  FILE* file = std::fopen(argv[2], "rb");
  if (!file || std::fread(trace.low.data(), 4, records, file) != records ||
      std::fread(trace.high.data(), 4, records, file) != records ||
      std::fread(trace.flags.data(), 1, records, file) != records)
    return 1;
  const double before = cpuSeconds();
  const uint64_t misses = std::strcmp(argv[1], "gshare") == 0 ? gshare(trace) : perceptron(trace);
  std::printf("%llu %.6f\n", static_cast<unsigned long long>(misses), cpuSeconds() - before);
}
