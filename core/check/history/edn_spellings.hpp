#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace mznode::check {

/// Keywords and strings of one name, `:a` and `"a"`, which are two values to Clojure and one text in JSON. Where a
/// history has both among its values, such strings become JSON strings that have their quotes in them, `"\"a\""`, so
/// that the usual histories, which have one of the two, look as usual. At the head of a list within a list, names of
/// micro-operations are functions however they are spelled.
class Spellings {
 public:
  using Names = std::set<std::string, std::less<>>;

  /// For the names that are to be told apart.
  explicit Spellings(Names names) : names_(std::move(names)) {}

  /// `heads_list` says that it is the first element of a list within a list.
  void see_keyword(std::string_view name, bool heads_list);
  /// Spells anew what stands in `out` from `start` on, a string as JSON.
  void see_string(std::string& out, std::size_t start, bool heads_list);

  /// Those of the names that were seen as both.
  Names seen() const;

 private:
  Names names_;
  Names keywords_;
  Names strings_;
};

/// What can be told cheaply of the words of a text while it is read: whether some name may be both.
class WordSketch {
 public:
  void add_keyword(const char* begin, const char* end) { keywords_[place_of(begin, end)] = true; }
  void add_string(const char* begin, const char* end) { strings_[place_of(begin, end)] = true; }
  bool may_have_both() const { return (keywords_ & strings_).any(); }

 private:
  static constexpr int place_bits = 12;

  static std::size_t place_of(const char* begin, const char* end) {
    if (begin == end) return 0;
    const auto first = static_cast<std::uint64_t>(static_cast<unsigned char>(*begin));
    const auto last = static_cast<std::uint64_t>(static_cast<unsigned char>(end[-1]));
    const std::uint64_t known = static_cast<std::uint64_t>(end - begin) << 16 | first << 8 | last;
    return static_cast<std::size_t>(known * 0x9E3779B97F4A7C15U >> (64 - place_bits));
  }

  std::bitset<std::size_t{1} << place_bits> keywords_;
  std::bitset<std::size_t{1} << place_bits> strings_;
};

/// The names that stand anywhere in a text as a keyword and as a string.
Spellings::Names names_spelled_both_ways(std::string_view edn);

/// A history that was read of a text: read again with Spellings, by `read`, where its values need them.
template <class History, class Read>
History told_apart(std::string_view text, History recorded, const Read& read) {
  if (text.find('"') == std::string_view::npos) return recorded;
  // What stands in the text is perhaps none of the values.
  for (Spellings::Names names = names_spelled_both_ways(text); !names.empty();) {
    Spellings spellings(names);
    History apart = read(spellings);
    if (spellings.seen() == names) return apart;
    names = spellings.seen();
  }
  return recorded;
}

}  // namespace mznode::check
