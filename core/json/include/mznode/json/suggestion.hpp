#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mznode {

/// One line for a user who gave a word that is not known: "no strategy is called flod; did you mean flood? Known are
/// star, flood, tree". A word is suggested when few letters separate it from the given one (Levenshtein's distance).
std::string unknown_word(std::string_view what, std::string_view word, const std::vector<std::string_view>& known);

}  // namespace mznode
