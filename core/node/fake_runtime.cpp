#include "mznode/node/fake_runtime.hpp"

#include <stdexcept>

#include "mznode/node/envelope.hpp"

namespace mznode {

void FakeRuntime::attach(Process& process) {
  process_ = &process;
  timers_.clear();
}

void FakeRuntime::detach() {
  process_ = nullptr;
  timers_.clear();
}

void FakeRuntime::init(Process& process, std::string_view id, const std::vector<std::string>& node_ids) {
  attach(process);
  id_ = std::string(id);
  const std::size_t before = sent_.size();
  deliver("c0", R"({"type":"init","msg_id":1,"node_id":)" + Json(id).text() + R"(,"node_ids":)" +
                    to_json(node_ids).text() + "}");
  for (std::size_t i = before; i < sent_.size(); ++i) {
    if (sent_[i].type != "init_ok") continue;
    sent_.erase(sent_.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
  const std::string said = sent_.size() == before ? "" : ": " + sent_.back().body.text();
  throw std::logic_error("init was not answered with init_ok" + said);
}

Process& FakeRuntime::process() {
  if (process_ == nullptr) throw std::logic_error("attach() or init() a process first");
  return *process_;
}

void FakeRuntime::deliver(std::string_view src, std::string_view body) {
  deliver_line(envelope::around(src, id_, body));
}

void FakeRuntime::reply(const SentMessage& request, std::string_view type, const Json& fields) {
  if (!request.msg_id) throw std::logic_error("a message of type " + request.type + " wants no reply");
  std::string body = R"({"type":)" + Json(type).text() + R"(,"in_reply_to":)" + std::to_string(*request.msg_id);
  codec::decode_object(fields.text(), [&](std::string_view key, std::string_view value) {
    body.append(",").append(Json(key).text()).append(":").append(value);
  });
  deliver(request.dest, body + "}");
}

void FakeRuntime::reply_error(const SentMessage& request, ErrorCode code, std::string_view text) {
  const std::string fields =
      R"({"code":)" + std::to_string(static_cast<int>(code)) + R"(,"text":)" + Json(text).text() + "}";
  reply(request, "error", Json::from_valid(fields));
}

void FakeRuntime::deliver_line(std::string_view line) {
  // A copy of just this size, so that a memory checker sees who reads behind it or keeps a view of it.
  const std::string owned(line);
  process().receive(owned);
}

void FakeRuntime::close() {
  process().close();
}

void FakeRuntime::run_due_until(Time end) {
  for (auto next = timers_.next(); next && *next <= end; next = timers_.next()) {
    now_ = std::max(now_, *next);
    timers_.run_due(now_);
  }
}

void FakeRuntime::advance(Duration duration) {
  const Time end = now_ + duration;
  run_due_until(end);
  now_ = end;
}

bool FakeRuntime::run_until_idle(Duration limit) {
  run_due_until(time_after(now_, limit));
  return !has_timers();
}

SentMessage FakeRuntime::take() {
  if (sent_.size() != 1) {
    std::string all;
    for (const auto& message : sent_) all += "\n  to " + message.dest + ": " + message.body.text();
    throw std::logic_error("expected one sent message, found " + std::to_string(sent_.size()) + all);
  }
  return std::move(take_all().front());
}

bool FakeRuntime::logged(LogLevel at_least, std::string_view part) const {
  return std::any_of(logs_.begin(), logs_.end(), [&](const LogEntry& entry) {
    return entry.level >= at_least && entry.text.find(part) != std::string::npos;
  });
}

TextBuffer& FakeRuntime::begin_message(std::string_view src, std::string_view dest) {
  message_.clear();
  envelope::open(message_, src, dest);
  return message_;
}

void FakeRuntime::finish_message() {
  envelope::close(message_);
  const std::string line = message_.str();
  MessageView view;
  if (view.scan(line) == MessageView::Status::junk)
    throw std::logic_error("sent an invalid message: " + view.problem());
  if (line.find_first_of("\r\n") != std::string::npos) throw std::logic_error("sent a message of more than one line");
  std::optional<std::int64_t> msg_id;
  if (!view.msg_id().empty()) msg_id = Json::from_valid(std::string(view.msg_id())).as_int();
  sent_.push_back({view.own(), msg_id});
}

std::uint64_t FakeRuntime::random() {
  // SplitMix64 (Steele, Lea and Flood, 2014): the same numbers on every machine.
  random_state_ += 0x9E3779B97F4A7C15;
  std::uint64_t z = random_state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

std::unique_ptr<Storage> FakeRuntime::open_storage(const std::string& node, const std::vector<std::string>&) {
  if (open_storage_) return open_storage_(node);
  return std::make_unique<SimulatedStorage>(disks_[node]);
}

void FakeRuntime::offload(std::function<void()> work, std::function<void()> done) {
  work();
  done();
}

}  // namespace mznode
