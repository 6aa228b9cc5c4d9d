#include "mznode/json/suggestion.hpp"

#include <algorithm>
#include <utility>

namespace mznode {
namespace {

/// Levenshtein's distance.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

/// Beyond this it is another word and not a slip: a third of the letters, and two of a short word.
std::size_t most_slips(std::string_view word) {
  return std::max<std::size_t>(2, word.size() / 3);
}

/// The first letters of a name's parts: si of snapshot-isolation.
std::string initials(std::string_view name) {
  std::string letters;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (i == 0 || name[i - 1] == '-') letters += name[i];
  }
  return letters;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

/// The known word that the given one stands for: as its initials, by a slip, or as its beginning; empty for none. SI is
/// si.
std::string_view meant_by(std::string_view given, const std::vector<std::string_view>& known) {
  const std::string word = lower_case(given);
  for (const std::string_view each : known) {
    if (word.size() > 1 && lower_case(initials(each)) == word) return each;
  }
  const auto slips = [&](std::string_view each) { return distance(lower_case(each), word); };
  const std::string_view nearest =
      *std::min_element(known.begin(), known.end(), [&](auto a, auto b) { return slips(a) < slips(b); });
  if (slips(nearest) <= most_slips(word) && slips(nearest) < std::max(word.size(), nearest.size())) return nearest;
  for (const std::string_view each : known) {
    if (word.size() > 1 && lower_case(each).starts_with(word)) return each;
  }
  return {};
}

}  // namespace

std::string unknown_word(std::string_view what, std::string_view word, const std::vector<std::string_view>& known) {
  std::string text = "no " + std::string(what) + " is called " + std::string(word);
  if (known.empty()) return text + "; there is none";
  const std::string_view meant = meant_by(word, known);
  if (!meant.empty()) text += "; did you mean " + std::string(meant) + "?";
  // A list that nobody reads would hide what was meant.
  constexpr std::size_t most_beside_what_is_meant = 20;
  if (!meant.empty() && known.size() > most_beside_what_is_meant) return text;
  text += meant.empty() ? "; known are " : " Known are ";
  for (std::size_t i = 0; i < known.size(); ++i) text += (i == 0 ? "" : ", ") + std::string(known[i]);
  return text;
}

std::string_view word_in_any_case(std::string_view word, const std::vector<std::string_view>& known) {
  std::string_view found;
  for (const std::string_view each : known) {
    if (each == word) return each;
    if (lower_case(each) != lower_case(word)) continue;
    if (!found.empty()) return {};
    found = each;
  }
  return found;
}

}  // namespace mznode
