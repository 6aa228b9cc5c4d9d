#include "data_directory.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "mznode/json/codec.hpp"
#include "mznode/json/json.hpp"
#include "mznode/node/invariant.hpp"

namespace mznode {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view segment_suffix = ".log";
constexpr std::string_view identity_name = "identity";
constexpr std::string_view how_to_go_on =
    "; put back a copy of the whole directory, or delete it: this node then starts as one that has lost its memory";

/// The owner of a directory, with the format of the directory as one more thing that must match.
StorageOwner with_format(StorageOwner owner) {
  owner.insert(owner.begin(), {"format", "1"});
  return owner;
}

std::string json_of(const StorageOwner& owner) {
  std::string text;
  for (const auto& [name, value] : owner)
    text += (text.empty() ? "{" : ",") + Json(name).text() + ":" + Json(value).text();
  return text + "}";
}

/// An identity is a line of JSON, and its checksum on the next.
std::string identity_of(const StorageOwner& owner) {
  const std::string text = json_of(owner) + "\n";
  return text + std::to_string(crc32c(text)) + "\n";
}

/// Nothing when the text is damaged.
std::optional<StorageOwner> parse_identity(const std::string& text) {
  const std::size_t line_end = text.find('\n') + 1;
  if (line_end == 0 || text.substr(line_end) != std::to_string(crc32c(text.substr(0, line_end))) + "\n") {
    return std::nullopt;
  }
  StorageOwner owner;
  const Json line = Json::parse(std::string_view(text).substr(0, line_end - 1));
  codec::decode_object(line.text(), [&](std::string_view name, std::string_view value) {
    const Json json = Json::parse(value);
    owner.emplace_back(name, json.as_string().value_or(std::string(value)));
  });
  return owner;
}

std::string describe(const StorageOwner& owner) {
  std::string text;
  for (const auto& [name, value] : owner) text += (text.empty() ? "" : ", ") + name + " " + value;
  return text;
}

std::string value_in(const StorageOwner& owner, const std::string& name) {
  const auto found = std::find_if(owner.begin(), owner.end(), [&](const auto& each) { return each.first == name; });
  return found == owner.end() ? "none" : found->second;
}

}  // namespace

/// A segment that was read.
struct DataDirectory::Found {
  std::uint64_t number = 0;
  std::string bytes = {};
  segment::Contents contents = {};
  /// Newer segments of which not even the beginning was finished.
  std::vector<std::uint64_t> unfinished = {};
};

DataDirectory::DataDirectory(const std::string& directory, StorageOwner owner, std::shared_ptr<FileSystem> files,
                             OnWarning on_warning)
    : path_(fs::absolute(directory).string()),
      owner_(with_format(std::move(owner))),
      owner_checksum_(crc32c(json_of(owner_))),
      files_(std::move(files)),
      on_warning_(std::move(on_warning)) {
  fs::path ancestor;
  for (const fs::path& part : fs::path(path_)) {
    ancestor /= part;
    files_->make_directory(ancestor.string());
  }
  lock_ = files_->lock(path_of("lock"));
  if (!lock_) throw std::runtime_error("another process uses " + path_ + "; give every run a directory of its own");
}

std::string DataDirectory::path_of(std::uint64_t number) const {
  return path_of(std::to_string(number) + std::string(segment_suffix));
}

/// A node that forgot what it acknowledged would break what it promised, so it must not start.
void DataDirectory::refuse(const std::string& what) const {
  throw std::runtime_error(what + std::string(how_to_go_on));
}

// ---- Whose it is

bool DataDirectory::has_identity() const {
  const auto text = files_->read(path_of(std::string(identity_name)));
  if (!text) return false;
  const auto found = parse_identity(*text);
  if (!found) refuse(path_of(std::string(identity_name)) + " is damaged");
  if (*found != owner_) refuse_owner(*found);
  return true;
}

void DataDirectory::refuse_owner(const StorageOwner& owner) const {
  std::string differences;
  const auto compare = [&](const StorageOwner& names) {
    for (const auto& [name, value] : names) {
      const std::string here = value_in(owner_, name);
      const std::string there = value_in(owner, name);
      const std::string difference = name + " is " + here + ", not " + there;
      if (here == there || differences.find(difference) != std::string::npos) continue;
      differences += (differences.empty() ? "" : ", and ") + difference;
    }
  };
  compare(owner_);
  compare(owner);
  throw std::runtime_error(path_ + " belongs to another node (" + describe(owner) + "): here " + differences +
                           "; start the one that it belongs to, or give this one a directory of its own");
}

void DataDirectory::write_identity() {
  const std::string path = path_of(std::string(identity_name));
  const std::string fresh = path + ".new";
  const auto file = files_->open(fresh, true);
  file->write(0, identity_of(owner_));
  file->sync();
  files_->rename(fresh, path);
  files_->sync_directory(path_);
}

/// All directories on the way here, because those that an earlier start made may not be durable yet.
void DataDirectory::sync_ancestors() {
  fs::path directory = path_;
  while (directory.has_relative_path()) {
    files_->sync_directory(directory.string());
    directory = directory.parent_path();
  }
  files_->sync_directory(directory.string());
}

// ---- What is there

std::vector<std::uint64_t> DataDirectory::list() const {
  std::vector<std::uint64_t> numbers;
  for (const std::string& name : files_->list(path_)) {
    if (!name.ends_with(segment_suffix)) continue;
    const char* const end = name.data() + name.size() - segment_suffix.size();
    std::uint64_t number = 0;
    const auto [stop, error] = std::from_chars(name.data(), end, number);
    if (error == std::errc{} && stop == end) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

void DataDirectory::read_synced() {
  const auto bytes = files_->read(path_of("synced"));
  if (!bytes || bytes->empty()) return;
  const auto synced = segment::decode_synced(*bytes, owner_checksum_);
  if (synced) {
    synced_ = *synced;
  } else {
    on_warning_(path_of("synced") + " is damaged: whether the end of the records is missing can be told less surely");
  }
}

/// The newest segment that has begun; nothing when the directory is new. Going back to an older one is right only after
/// a replacement that was cut short: the old one stays until the newer one is durable.
std::optional<DataDirectory::Found> DataDirectory::find_newest(bool has_identity) {
  const std::vector<std::uint64_t> numbers = list();
  const std::uint64_t newest = numbers.empty() ? 0 : numbers.back();
  if (synced_.number > newest) refuse(path_of(synced_.number) + " is missing");
  if (numbers.empty() && has_identity) refuse(path_ + " has lost its records");
  Found found;
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    found.number = *number;
    const std::string path = path_of(found.number);
    auto bytes = files_->read(path);
    if (!bytes) throw std::runtime_error(path + " went while it was read");
    found.bytes = std::move(*bytes);
    const std::uint64_t synced = found.number == synced_.number ? synced_.size : 0;
    found.contents = segment::decode(found.bytes, place_of(found.number), synced);
    if (found.contents.end == segment::End::foreign) {
      throw std::runtime_error(path +
                               " is in a format that this version does not read; start the version that wrote it,"
                               " or give this one a new directory");
    }
    if (found.contents.end == segment::End::damaged) refuse(path + " " + found.contents.why);
    if (found.contents.frames > 0) return found;
    found.unfinished.push_back(found.number);
  }
  // The first start may have died before the directory was complete.
  if (has_identity || newest > 1) refuse(path_of(found.number) + " does not have the records that it began with");
  return std::nullopt;
}

std::vector<std::string> DataDirectory::open() {
  const bool is_complete = has_identity();
  read_synced();
  std::optional<Found> found = find_newest(is_complete);
  if (!is_complete && found && (found->number > 1 || !found->contents.records.empty())) {
    refuse(path_of(std::string(identity_name)) + " is missing beside " + path_of(found->number));
  }
  synced_file_ = files_->open(path_of("synced"), false);
  if (found) {
    keep_unfinished(*found);
    resume(*found);
  } else {
    begin();
  }
  if (!is_complete) {
    sync_ancestors();
    write_identity();
  }
  remove_others();
  return found ? std::move(found->contents.records) : std::vector<std::string>();
}

/// Keeps a copy of what will be cut off.
void DataDirectory::keep_unfinished(const Found& found) {
  for (const std::uint64_t number : found.unfinished) {
    const std::string kept = path_of(number) + ".cut-at-0";
    files_->rename(path_of(number), kept);
    on_warning_(path_of(number) + " was never finished, nor was anything in it acknowledged; it is kept as " + kept);
  }
  if (found.contents.end == segment::End::whole) return;
  const std::string path = path_of(found.number);
  const std::string kept = path + ".cut-at-" + std::to_string(found.contents.valid_bytes);
  const std::string tail = found.bytes.substr(found.contents.valid_bytes);
  const auto copy = files_->open(kept, true);
  copy->write(0, tail);
  copy->sync();
  files_->sync_directory(path_);
  on_warning_(path + " ends with " + std::to_string(tail.size()) + " bytes, behind byte " +
              std::to_string(found.contents.valid_bytes) +
              ", of a write that was never finished, nor acknowledged; they" + " are cut off and kept as " + kept);
}

/// Makes what was found durable, and goes on behind it.
void DataDirectory::resume(const Found& found) {
  const segment::Contents& contents = found.contents;
  number_ = found.number;
  frames_ = contents.frames;
  size_ = contents.valid_bytes;
  file_ = files_->open(path_of(number_), false);
  if (contents.end == segment::End::torn) file_->cut(size_);
  const bool is_known_to_be_durable = synced_.number == number_ && synced_.size >= size_;
  if (!is_known_to_be_durable) {
    // After a sync that failed the kernel shows what the disk does not have, and takes it for written: a further sync
    // would do nothing. All frames but the last were synced, or it would not have been written.
    const std::uint64_t last = contents.last_frame;
    file_->write(last, std::string_view(found.bytes).substr(last, size_ - last));
  }
  file_->sync();
  files_->sync_directory(path_);
  mark_synced();
}

// ---- Writing

void DataDirectory::begin() {
  segment::Frame nothing;
  number_ = 0;
  write(true, nothing);
}

void DataDirectory::write(bool replaces, segment::Frame& frame) {
  if (!replaces && frame.empty()) return;  // all that was given before is durable
  invariant(replaces || (synced_.number == number_ && synced_.size == size_), "a frame stands behind what is durable",
            {number_, size_, synced_.number, synced_.size});
  if (replaces) {
    file_ = files_->open(path_of(++number_), true);
    frames_ = size_ = 0;
  }
  const std::string bytes = frame.finish(place_of(number_), frames_, size_);
  file_->write(size_, bytes);
  file_->sync();
  if (replaces) files_->sync_directory(path_);
  ++frames_;
  size_ += bytes.size();
  mark_synced();
  if (replaces) remove_others();
}

void DataDirectory::mark_synced() {
  synced_ = {.number = number_, .size = size_};
  synced_file_->write(0, segment::encode_synced(synced_, owner_checksum_));
}

void DataDirectory::remove_others() {
  for (const std::uint64_t number : list()) {
    if (number != number_) files_->remove(path_of(number));
  }
}

}  // namespace mznode
