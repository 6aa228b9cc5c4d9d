#include "mznode/json/codec.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mznode::codec {
namespace {

/// Error texts travel in replies and logs; a payload of megabytes must not travel with them.
std::string shortened(std::string_view text) {
  constexpr std::size_t max_bytes = 80;
  const std::string_view shown = whole_characters(text, max_bytes);
  return std::string(shown) + (shown.size() < text.size() ? "…" : "");
}

}  // namespace

void fail(std::string_view expected, std::string_view text) {
  throw Error(ErrorCode::malformed_request, "expected " + std::string(expected) + ", got " + shortened(text));
}

void fail_in_field(std::string_view name, const Error& cause) {
  throw Error(ErrorCode::malformed_request, "field \"" + std::string(name) + "\": " + cause.what());
}

void fail_missing(std::string_view name) {
  throw Error(ErrorCode::malformed_request, "field \"" + std::string(name) + "\" is missing");
}

Json decode_json(std::string_view text) {
  std::string owned(text);
  // Only between the tokens of a container can there be one.
  const bool has_tokens = text.front() == '{' || text.front() == '[';
  if (has_tokens && text.find('\r') != std::string_view::npos) std::replace(owned.begin(), owned.end(), '\r', ' ');
  return Json::from_valid(std::move(owned));
}

bool decode_bool(std::string_view text) {
  if (text != "true" && text != "false") fail("true or false", text);
  return text == "true";
}

double decode_double(std::string_view text) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (!Scanner::is_number_start(text.front()) || error != std::errc{} || stop != text.data() + text.size()) {
    fail("a number in range", text);
  }
  return value;
}

std::string decode_string(std::string_view text) {
  if (text.front() != '"') fail("a string", text);
  std::string value;
  if (!unescape(text.substr(1, text.size() - 2), value)) fail("a string without unpaired surrogates", text);
  return value;
}

void encode_double(TextBuffer& out, double value) {
  if (!std::isfinite(value)) throw Error(ErrorCode::crash, "JSON has no infinity and no NaN");
  std::array<char, 32> digits;
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  const std::string_view text(digits.data(), static_cast<std::size_t>(result.ptr - digits.data()));
  out += text;
  // 3.0 must not come back as the integer 3.
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

}  // namespace mznode::codec
