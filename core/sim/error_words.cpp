#include "mznode/sim/error_words.hpp"

#include <vector>

#include "mznode/json/codec.hpp"
#include "mznode/json/error.hpp"
#include "mznode/sim/excerpt.hpp"

namespace mznode::sim {

std::string error_words(const Json& error) {
  if (error.kind() != Json::Kind::array) return {};
  const auto parts = from_json<std::vector<Json>>(error);
  if (parts.size() != 2 || !parts[0].as_string() || !parts[1].as_string()) return {};
  const std::string name = *parts[0].as_string();
  constexpr int last_code = 30;
  std::string number;
  for (int code = 0; code <= last_code && number.empty(); ++code) {
    if (error_name(static_cast<ErrorCode>(code)) == name) number = " " + std::to_string(code);
  }
  constexpr std::size_t longest_text = 120;
  const std::string text = *parts[1].as_string();
  return "error" + number + " (" + name + ")" + (text.empty() ? "" : ": " + excerpt(text, longest_text));
}

}  // namespace mznode::sim
