#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "command_line.hpp"
#include "mznode/check/options.hpp"

namespace mznode::app {

/// The flags of `mznode check` that say what the object of a history is: a bank, a group of keys, a model.
class ObjectFlags {
 public:
  void declare(CLI::App& app);
  /// Throws std::invalid_argument for a number that is none.
  void set(check::CheckOptions& options) const;

 private:
  check::BankOptions bank_;
  std::string total_amount_;
  std::size_t group_size_ = 0;
  std::string model_;
  std::int64_t permits_ = 1;
};

}  // namespace mznode::app
