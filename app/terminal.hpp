#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What standard output can show: how wide it is, and whether in colours.
namespace mznode::app {

/// The columns of the terminal; 80 where the output goes elsewhere.
std::size_t output_width();

enum class Colour : unsigned char { red, green, yellow };

/// The text in a colour where the output is a terminal that has them and NO_COLOR (no-color.org) is not set; elsewhere
/// as it is.
std::string coloured(const std::string& text, Colour colour);

/// How many columns the text takes: its characters, without the sequences that colour it.
std::size_t shown_width(std::string_view text);

/// Words in lines of at most `width` columns: the first begins at column `at`, the others behind `indent` blanks. A
/// word that is wider than a line stands in one of its own. Without a line break at the end.
std::string wrapped(std::string_view words, std::size_t width, std::size_t indent, std::size_t at);
inline std::string wrapped(std::string_view words, std::size_t width, std::size_t indent = 0) {
  return wrapped(words, width, indent, indent);
}

/// Says on standard error what went wrong. Where that is a terminal, what is wider breaks between words; elsewhere it
/// stays in its lines, for programs to search.
void print_error(const std::string& text);

}  // namespace mznode::app
