#include "process_table.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace mznode::sim {
namespace {

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && stop == text.data() + text.size();
}

/// Cuts the next word off.
std::string_view next_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

bool parse_stat(std::string_view text, ProcessEntry& entry) {
  // The name of the program stands in parentheses and may contain any byte.
  const std::size_t behind_name = text.rfind(')');
  if (behind_name == std::string_view::npos || behind_name + 2 >= text.size()) return false;
  text.remove_prefix(behind_name + 2);
  entry.is_zombie = next_word(text) == "Z";
  if (!read_number(next_word(text), entry.parent)) return false;
  constexpr int before_times = 9;  // fields between the parent's number and the times
  for (int i = 0; i < before_times; ++i) next_word(text);
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  if (!read_number(next_word(text), user) || !read_number(next_word(text), system)) return false;
  entry.used = Duration(1s) * static_cast<std::int64_t>(user + system) / ::sysconf(_SC_CLK_TCK);
  constexpr int before_pages = 8;
  for (int i = 0; i < before_pages; ++i) next_word(text);
  std::uint64_t pages = 0;
  if (!read_number(next_word(text), pages)) return false;
  entry.resident_bytes = pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return true;
}

bool read_entry(int directory, std::string_view name, ProcessEntry& entry) {
  std::array<char, 64> path;
  constexpr std::string_view file = "/stat";
  if (name.size() + file.size() >= path.size() || !read_number(name, entry.pid)) return false;
  std::memcpy(path.data(), name.data(), name.size());
  std::memcpy(path.data() + name.size(), file.data(), file.size());
  path[name.size() + file.size()] = '\0';
  const Descriptor stat(::openat(directory, path.data(), O_RDONLY | O_CLOEXEC));
  std::array<char, 1024> text;
  const ssize_t size = stat.is_open() ? ::read(stat.get(), text.data(), text.size()) : -1;
  return size > 0 && parse_stat({text.data(), static_cast<std::size_t>(size)}, entry);
}

/// Its part of the pages that it shares with others included.
std::optional<std::uint64_t> proportional_bytes(pid_t pid) {
  std::ifstream rollup("/proc/" + std::to_string(pid) + "/smaps_rollup");
  for (std::string word; rollup >> word;) {
    std::uint64_t kib = 0;
    if (word == "Pss:" && rollup >> kib) return kib << 10;
  }
  return std::nullopt;
}

}  // namespace

ProcessTable::ProcessTable() : directory_(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {}

bool ProcessTable::read_more() {
  if (!directory_.is_open()) return false;
  const long size = ::syscall(SYS_getdents64, directory_.get(), buffer_.data(), buffer_.size());
  at_ = 0;
  end_ = size > 0 ? static_cast<std::size_t>(size) : 0;
  return end_ > 0;
}

bool ProcessTable::next(ProcessEntry& entry) {
  for (;;) {
    if (at_ == end_ && !read_more()) return false;
    const auto* found = reinterpret_cast<const dirent64*>(buffer_.data() + at_);
    at_ += found->d_reclen;
    if (read_entry(directory_.get(), found->d_name, entry)) return true;
  }
}

std::vector<ProcessEntry> list_processes() {
  std::vector<ProcessEntry> all;
  ProcessTable table;
  for (ProcessEntry entry; table.next(entry);) all.push_back(entry);
  return all;
}

bool has_ended(pid_t pid) {
  const Descriptor directory(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ProcessEntry entry;
  return directory.is_open() && (!read_entry(directory.get(), std::to_string(pid), entry) || entry.is_zombie);
}

std::vector<ProcessEntry> descendants(const std::vector<ProcessEntry>& processes, pid_t root) {
  std::vector<ProcessEntry> tree;
  const auto add_children = [&](pid_t parent) {
    for (const ProcessEntry& each : processes) {
      if (each.parent == parent && each.pid != root) tree.push_back(each);
    }
  };
  add_children(root);
  // A table that changes while it is read can show a cycle: nobody is the parent of more than there are.
  for (std::size_t i = 0; i < tree.size() && tree.size() <= processes.size(); ++i) add_children(tree[i].pid);
  return tree;
}

Duration processor_wait(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/schedstat");
  std::int64_t run_ns = 0;
  std::int64_t wait_ns = 0;
  return file >> run_ns >> wait_ns ? Duration(wait_ns) : Duration::zero();
}

std::uint64_t memory_of_tree(const std::vector<ProcessEntry>& processes, pid_t root, std::uint64_t enough) {
  const std::vector<ProcessEntry> tree = descendants(processes, root);
  std::uint64_t sum = 0;
  for (const ProcessEntry& each : tree) sum += each.resident_bytes;
  if (sum <= enough || tree.size() < 2) return sum;
  sum = 0;
  for (const ProcessEntry& each : tree) sum += proportional_bytes(each.pid).value_or(each.resident_bytes);
  return sum;
}

}  // namespace mznode::sim
