#include "kafka/rendezvous.hpp"

#include <algorithm>
#include <cstdint>

#include "mznode/json/fnv.hpp"

namespace mznode::kafka {
namespace {

/// FNV-1a over both names, and the finalizer of SplitMix64, since FNV's high bits hardly notice the last characters.
std::uint64_t weight(std::string_view node, std::string_view key) {
  Fnv both;
  both.add(node);
  both.add('\0');  // so that n1 and 2 are not n and 12
  both.add(key);
  std::uint64_t hash = both.value();
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

}  // namespace

const std::string& owner_of(std::string_view key, const std::vector<std::string>& nodes) {
  return *std::max_element(nodes.begin(), nodes.end(), [key](const std::string& a, const std::string& b) {
    return weight(a, key) < weight(b, key);
  });
}

}  // namespace mznode::kafka
