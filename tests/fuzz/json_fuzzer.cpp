// A libFuzzer target: build with clang and -DMZNODE_FUZZ=ON, run `json_fuzzer -max_len=4096
// -dict=tests/fuzz/json.dict`.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/oracle.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  mznode::fuzz::check_value(text);
  mznode::fuzz::check_line(text);
  return 0;
}
