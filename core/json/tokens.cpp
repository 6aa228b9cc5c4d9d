#include "mznode/json/tokens.hpp"

#include "mznode/json/fnv.hpp"

namespace mznode {
namespace {

/// Of a number, true, false or null. Long lists of numbers are gone through here, so it is no search in a string.
bool ends_literal(char c) {
  return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

std::string_view Tokens::take_string() {
  const std::size_t begin = at_++;
  while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
  ++at_;
  return text_.substr(begin, at_ - begin);
}

bool Tokens::next() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '{' || c == '[') {
      frames_.push_back({.is_object = c == '{'});
      expects_name_ = c == '{';
      path_.reset();
      ++at_;
    } else if (c == '}' || c == ']') {
      frames_.pop_back();
      expects_name_ = false;
      path_.reset();
      ++at_;
    } else if (c == ',') {
      if (!frames_.empty()) {
        ++frames_.back().place;
        expects_name_ = frames_.back().is_object;
      }
      ++at_;
    } else if (c == ':' || c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at_;
    } else if (c == '"') {
      const bool was_name = is_name_;
      token_ = take_string();
      is_name_ = expects_name_;
      expects_name_ = false;
      if (is_name_) frames_.back().name = token_;
      if (is_name_ || was_name) path_.reset();
      if (!is_name_ && is_in_list() && place() == 0) frames_.back().first = token_;
      return true;
    } else {
      const std::size_t begin = at_;
      while (at_ < text_.size() && !ends_literal(text_[at_])) ++at_;
      token_ = text_.substr(begin, at_ - begin);
      if (is_name_) path_.reset();
      is_name_ = false;
      if (is_in_list() && place() == 0) frames_.back().first = token_;
      return true;
    }
  }
  return false;
}

std::string_view Tokens::first() const {
  const std::size_t around = is_name_ ? 2 : 1;
  if (frames_.size() < around) return {};
  const Frame& frame = frames_[frames_.size() - around];
  return frame.is_object ? std::string_view() : frame.first;
}

std::string_view Tokens::under() const {
  std::size_t rest = frames_.size();
  if (is_name_) --rest;  // its own object's name, not itself
  while (rest > 0 && !frames_[rest - 1].is_object) --rest;
  return rest == 0 ? std::string_view() : frames_[rest - 1].name;
}

std::uint64_t Tokens::path() const {
  if (path_) return *path_;
  Fnv hash;
  const std::size_t count = frames_.size() - (is_name_ ? 1 : 0);
  for (std::size_t i = 0; i < count; ++i) {
    hash.add(frames_[i].is_object ? frames_[i].name : std::string_view("["));
    hash.add('.');
  }
  if (is_name_) hash.add('{');
  path_ = hash.value();
  return *path_;
}

}  // namespace mznode
