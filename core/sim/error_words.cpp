#include "mznode/sim/error_words.hpp"

#include <vector>

#include "mznode/json/codec.hpp"
#include "mznode/json/error.hpp"
#include "mznode/sim/excerpt.hpp"

namespace mznode::sim {
namespace {

/// The history keeps the names of errors and not their codes: those that Maelstrom does not know have one together.
std::string code_words(const std::string& name) {
  constexpr int last_code = 30;
  if (name == error_name(static_cast<ErrorCode>(last_code + 1)))
    return "an error of a code that Maelstrom does not know";
  for (int code = 0; code <= last_code; ++code) {
    if (error_name(static_cast<ErrorCode>(code)) == name) return "error " + std::to_string(code) + " (" + name + ")";
  }
  return "error (" + name + ")";
}

}  // namespace

std::string error_words(const Json& error) {
  if (error.kind() != Json::Kind::array) return {};
  const auto parts = from_json<std::vector<Json>>(error);
  if (parts.size() != 2 || !parts[0].as_string() || !parts[1].as_string()) return {};
  constexpr std::size_t longest_text = 120;
  const std::string text = *parts[1].as_string();
  return code_words(*parts[0].as_string()) + (text.empty() ? "" : ": " + excerpt(text, longest_text));
}

}  // namespace mznode::sim
