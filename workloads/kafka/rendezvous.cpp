#include "kafka/rendezvous.hpp"

#include <algorithm>
#include <cstdint>

namespace mznode::kafka {
namespace {

/// FNV-1a over both names, and the finalizer of SplitMix64, since FNV's high bits hardly notice the last characters.
std::uint64_t weight(std::string_view node, std::string_view key) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto mix = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  };
  mix(node);
  mix(std::string_view("\0", 1));  // so that n1 and 2 are not n and 12
  mix(key);
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
