#include "mznode/sim/client.hpp"

namespace mznode::sim {
namespace {

class ReadMix final : public Generator {
 public:
  explicit ReadMix(std::function<check::Operation(Random&)> write) : write_(std::move(write)) {}

  std::optional<check::Operation> next(std::size_t, Random& random) override {
    if (random.below(2) == 0) return operation("read");
    return write_(random);
  }

 private:
  std::function<check::Operation(Random&)> write_;
};

}  // namespace

Task<> Client::setup() {
  co_return;
}

check::Operation operation(const std::string& f, Json value) {
  check::Operation result;
  result.f = f;
  result.value = std::move(value);
  return result;
}

check::Operation final_read() {
  check::Operation read = operation("read");
  read.is_final = true;
  return read;
}

std::unique_ptr<Generator> mix_with_reads(std::function<check::Operation(Random&)> write) {
  return std::make_unique<ReadMix>(std::move(write));
}

std::unique_ptr<Generator> mix_with_reads(const std::string& f) {
  return mix_with_reads([f, next = std::int64_t{0}](Random&) mutable { return operation(f, Json(next++)); });
}

}  // namespace mznode::sim
