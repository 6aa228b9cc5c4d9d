#include "mznode/workloads/value_places.hpp"

#include <algorithm>
#include <initializer_list>

#include "mznode/json/codec.hpp"
#include "mznode/json/fnv.hpp"

namespace mznode {
namespace {

bool is_any_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

bool ValuePlaces::can_carry(const Tokens& token) {
  const bool is_head = !token.is_name() && token.depth() == 1 && codec::is_envelope_key(unquoted(token.under()));
  return !is_head && !(token.is_name() && token.depth() == 1);
}

void ValuePlaces::learn(std::uint64_t type, std::string_view body, const IsElement& is_element) {
  constexpr std::size_t most_bytes = 4'000'000;
  // Of a type that is well known, few are enough: nodes that tell each other all that they have repeat themselves.
  constexpr std::size_t known_bytes = 8'000;
  constexpr std::size_t every = 16;
  Known& known = types_[type];
  const bool is_spared = known.bytes >= known_bytes && known.messages++ % every != 0;
  if (is_spared || bytes_ >= most_bytes) return;
  bytes_ += body.size();
  known.bytes += body.size();
  std::uint64_t last_key = 0;
  Path* path = nullptr;  // most tokens stand where the one before them does
  Tokens tokens(body);
  while (tokens.next()) {
    if (!can_carry(tokens)) continue;
    if (const std::uint64_t at = key(type, tokens); path == nullptr || at != last_key) {
      last_key = at;
      path = &paths_[at];
      path->is_named = is_any_of(unquoted(tokens.under()), {"message", "element", "value", "delta", "id"});
      path->is_called_element = is_any_of(unquoted(tokens.under()), {"message", "element"});
      path->is_list = tokens.is_in_list() || tokens.is_name();
      path->type = type;
    }
    if (!path->is_varied) {
      const std::uint64_t hash = Fnv::of(tokens.text());
      if (path->tokens == 0) path->first = hash;
      path->is_varied = hash != path->first;
    }
    ++path->tokens;
    if (is_element(element(tokens))) ++path->elements;
  }
}

void ValuePlaces::conclude() {
  std::unordered_set<std::uint64_t> types_with_lists;
  bool is_any_called = false;
  bool is_any_varied = false;
  for (const auto& [hash, path] : paths_) {
    if (path.carries() && path.is_list) types_with_lists.insert(path.type);
    is_any_called = is_any_called || (path.carries() && path.is_called_element);
    is_any_varied = is_any_varied || (path.carries() && path.is_varied);
  }
  for (const auto& [hash, path] : paths_) {
    // A number that is always 0 is not the element 0, where elements that differ stand elsewhere.
    const bool is_constant = is_any_varied && !path.is_varied && path.tokens > 1;
    // Nor is a count of messages an element, where elements are called so.
    const bool may_be_one = path.is_named || !(is_any_called || types_with_lists.contains(path.type));
    const bool is_chosen = path.is_list || may_be_one;
    if (path.carries() && is_chosen && !is_constant) chosen_.insert(hash);
  }
}

}  // namespace mznode
