#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "machine.hpp"

namespace mznode::trace {

/// The instructions of a program file that must not reach the machine.
struct FileLeaks {
  struct Place {
    std::uint64_t offset;
    /// Where the file says that it goes in memory.
    Address address;
    Leak leak;
  };
  std::vector<Place> places;
  /// Of its first instruction, as the file says.
  Address entry = 0;
};

/// Looks through the code of an ELF file, once for each file; nothing for what is none.
std::shared_ptr<const FileLeaks> leaks_of_file(const std::string& path);

}  // namespace mznode::trace
