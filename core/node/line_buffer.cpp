#include "mznode/node/line_buffer.hpp"

#include <cstring>

namespace mznode {

LineBuffer::LineBuffer(std::size_t limit) : limit_(limit) {
  grow(initial_capacity);
}

void LineBuffer::grow(std::size_t capacity) {
  std::unique_ptr<char[]> larger(new char[capacity + 1]);  // one more for the newline that last() appends
  if (end_ > begin_) std::memcpy(larger.get(), bytes_.get() + begin_, end_ - begin_);
  bytes_ = std::move(larger);
  capacity_ = capacity;
  searched_ -= begin_;
  end_ -= begin_;
  begin_ = 0;
}

std::span<char> LineBuffer::room() {
  if (begin_ == end_) {
    begin_ = searched_ = end_ = 0;
    if (capacity_ > 8 * initial_capacity) grow(initial_capacity);  // one huge line need not cost memory for ever
  }
  if (capacity_ - end_ < min_room) {
    const std::size_t held = end_ - begin_;
    if (capacity_ - held >= min_room && begin_ >= held) {
      std::memcpy(bytes_.get(), bytes_.get() + begin_, held);
      searched_ -= begin_;
      begin_ = 0;
      end_ = held;
    } else {
      grow(2 * (held + min_room));
    }
  }
  return {bytes_.get() + end_, capacity_ - end_};
}

void LineBuffer::filled(std::size_t bytes) {
  end_ += bytes;
  if (!skipping_ && end_ - begin_ <= limit_) return;
  // The held bytes may end with complete lines only when they are not one oversized line.
  const void* newline = std::memchr(bytes_.get() + searched_, '\n', end_ - searched_);
  if (newline == nullptr) {
    skipped_ += skipping_ ? 0 : 1;
    skipping_ = true;
    begin_ = searched_ = end_;
  } else if (skipping_) {
    skipping_ = false;
    begin_ = searched_ = static_cast<std::size_t>(static_cast<const char*>(newline) - bytes_.get()) + 1;
  }
}

bool LineBuffer::next(std::string_view& line) {
  const char* start = bytes_.get() + begin_;
  const void* found = std::memchr(bytes_.get() + searched_, '\n', end_ - searched_);
  if (found == nullptr) {
    searched_ = end_;
    return false;
  }
  const auto* newline = static_cast<const char*>(found);
  line = {start, static_cast<std::size_t>(newline - start)};
  begin_ = searched_ = static_cast<std::size_t>(newline - bytes_.get()) + 1;
  return true;
}

bool LineBuffer::last(std::string_view& line) {
  if (skipping_ || begin_ == end_) return false;
  bytes_[end_] = '\n';
  line = {bytes_.get() + begin_, end_ - begin_};
  begin_ = searched_ = end_;
  return true;
}

std::string_view LineBuffer::unfinished() const {
  const std::string_view held(bytes_.get() + begin_, end_ - begin_);
  const std::size_t newline = held.rfind('\n');
  return skipping_ ? std::string_view() : held.substr(newline == std::string_view::npos ? 0 : newline + 1);
}

}  // namespace mznode
