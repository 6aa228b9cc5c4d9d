#include "history/parts.hpp"

#include "mznode/json/scanner.hpp"

namespace mznode::check {

std::optional<std::vector<std::string_view>> elements_of(std::string_view text) {
  Scanner scanner(text);
  if (!scanner.consume('[')) return std::nullopt;
  std::vector<std::string_view> elements;
  if (scanner.consume(']')) return elements;
  do {
    scanner.value(elements.emplace_back());
  } while (scanner.consume(','));
  return elements;
}

std::optional<std::pair<std::string_view, std::string_view>> pair_of(std::string_view text) {
  Scanner scanner(text);
  std::string_view first;
  std::string_view second;
  const bool is_pair = scanner.consume('[') && scanner.value(first) && scanner.consume(',') && scanner.value(second) &&
                       scanner.consume(']');
  if (!is_pair) return std::nullopt;
  return std::pair(first, second);
}

std::optional<std::vector<std::pair<std::string, std::string_view>>> members_of(std::string_view text) {
  Scanner scanner(text);
  if (!scanner.consume('{')) return std::nullopt;
  std::vector<std::pair<std::string, std::string_view>> members;
  if (scanner.consume('}')) return members;
  do {
    std::string_view key;
    std::string_view value;
    scanner.string(key);
    scanner.consume(':');
    scanner.value(value);
    auto& [name, shown] = members.emplace_back();
    unescape(key, name);
    shown = value;
  } while (scanner.consume(','));
  return members;
}

std::string shown(std::string_view text) {
  constexpr std::size_t most_bytes = 160;
  const std::string_view part = whole_characters(text, most_bytes);
  return std::string(part) + (part.size() < text.size() ? " …" : "");
}

std::string named(const Operation& operation) {
  return "the " + operation.f + " of process " + std::to_string(operation.process) + " (operation " +
         std::to_string(operation.index) + ")";
}

bool has_failed(const History& history, const Pairing& pairing, std::size_t invocation) {
  const std::size_t end = pairing.completion(invocation);
  return end != Pairing::none && history[end].type == Type::fail;
}

}  // namespace mznode::check
