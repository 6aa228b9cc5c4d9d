#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mznode {

/// One line for a user who gave a word that is not known: "no strategy is called flod; did you mean flood? Known are
/// star, flood, tree". A word is suggested when the given one has the initials of its parts (si: snapshot-isolation),
/// when few letters separate them (Levenshtein's distance), or when the given one begins it. Capitals count for
/// nothing.
std::string unknown_word(std::string_view what, std::string_view word, const std::vector<std::string_view>& known);

/// The known word that differs from the given one in capitals at most; empty where there is none, or are several.
std::string_view word_in_any_case(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace mznode
