#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace mznode {

/// Text that grows at its end. It does what std::string does, with appending short pieces inlined: a reply is made of a
/// dozen of them, and their calls were a third of the time a message took.
class TextBuffer {
 public:
  TextBuffer() = default;
  TextBuffer(TextBuffer&& other) noexcept { swap(other); }
  TextBuffer& operator=(TextBuffer&& other) noexcept {
    swap(other);
    return *this;
  }
  ~TextBuffer() { std::free(data_); }

  TextBuffer& append(std::string_view text) {
    reserve_more(text.size());
    // NOLINTNEXTLINE(bugprone-not-null-terminated-result): a buffer, not a C string
    if (!text.empty()) std::memcpy(data_ + size_, text.data(), text.size());
    size_ += text.size();
    return *this;
  }
  TextBuffer& append(char c) {
    reserve_more(1);
    data_[size_++] = c;
    return *this;
  }
  TextBuffer& operator+=(std::string_view text) { return append(text); }
  TextBuffer& operator+=(char c) { return append(c); }

  /// Room for `bytes` more; what is written there counts once `advance` is called.
  char* room(std::size_t bytes) {
    reserve_more(bytes);
    return data_ + size_;
  }
  void advance(std::size_t bytes) { size_ += bytes; }

  /// Drops everything behind the first `size` bytes.
  void truncate(std::size_t size) { size_ = size; }
  void clear() { size_ = 0; }
  /// Drops the first `bytes`.
  void erase_front(std::size_t bytes) {
    std::memmove(data_, data_ + bytes, size_ - bytes);
    size_ -= bytes;
  }
  /// Gives the memory back; the text is dropped.
  void release() {
    std::free(std::exchange(data_, nullptr));
    size_ = capacity_ = 0;
  }

  const char* data() const { return data_; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  std::string_view view() const { return {data_, size_}; }
  std::string str() const { return std::string(view()); }

 private:
  void swap(TextBuffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }
  void reserve_more(std::size_t bytes) {
    if (capacity_ - size_ < bytes) grow(bytes);
  }
  [[gnu::noinline]] void grow(std::size_t bytes) {
    const std::size_t doubled = capacity_ == 0 ? 256 : capacity_ * 2;
    const std::size_t capacity = doubled < size_ + bytes ? size_ + bytes : doubled;
    void* larger = std::realloc(data_, capacity);
    if (larger == nullptr) throw std::bad_alloc();
    data_ = static_cast<char*>(larger);
    capacity_ = capacity;
  }

  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace mznode
